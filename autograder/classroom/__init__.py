"""Grade a whole class: many submissions in, a gradebook out.

`exports` finds who handed in what; `queue.py` has each graded by `work.py`, in a process of this
machine or on a cluster; `record.py` is what is kept of each, one JSON file.  From these files
alone `gradebook.py` writes the table, `pages.py` the pages (with `overview.py`, `clusters.py` and
`markup.py`), `changes.py` compares two gradings; `similarity.py` compares the submissions.
"""
