"""The worker's side: the only process in which student code exists."""
