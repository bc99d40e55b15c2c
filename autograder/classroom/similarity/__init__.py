"""Submissions with long stretches in common."""
