"""Make every figure and table of the written report, from the student's own network."""
