"""Processes that are prepared once and then grade many submissions."""
