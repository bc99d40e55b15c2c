"""What is graded: assignment.toml, the contracts of its problems, the template cut from the references."""
