"""Offer one command per file; `python -m autograder` lists them (see __main__.py)."""
