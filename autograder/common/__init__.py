"""What every room may import; errors, TOML, cores and the cluster also go into the students' kit."""
