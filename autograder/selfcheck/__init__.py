"""The grader, graded: submissions whose points are known, mutants, and what became of them."""
