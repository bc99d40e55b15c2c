"""Grade a whole class: many submissions in, a gradebook out.

`exports` finds who handed in what; `queue.py` grades it with all cores; `record.py` is
what is kept of each submission, one JSON file that `pages.py`, `gradebook.py`, `changes.py`
and `similarity.py` read.
"""
