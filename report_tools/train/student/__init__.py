"""The student's own solution.py: looked at before anything runs, trained, its gradient checked."""
