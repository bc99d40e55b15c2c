"""What is graded: assignment.toml, the contract of the class, the template cut from the reference."""
