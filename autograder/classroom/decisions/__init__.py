"""What people decide of a graded class: points given back or taken, extensions, and what late days cost.

records.py reads decisions.toml; fitting.py finds whom a record fits; totals.py adds everything up.  What
the grader found is never edited: a Total stands beside it.
"""
