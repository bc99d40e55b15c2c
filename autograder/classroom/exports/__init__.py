"""Who handed in what, from whatever a learning platform lets one download."""
