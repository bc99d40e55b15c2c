"""What students write: one folder for each problem, with its contract, checks, inputs and zoo."""
