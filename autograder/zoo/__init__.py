"""Right and wrong submissions, each with the points it must get; see entries.py."""
