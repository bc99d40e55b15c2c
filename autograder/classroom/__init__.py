"""A whole class: who handed in what, its grades, its pages, and what changed.

exports/ finds who handed in what; grade_all.py has each graded by task.py, in a process of this
machine or on a cluster; record.py is what is kept of each.  From these files alone gradebook.py
writes the table, pages/ the pages, and changes.py compares two gradings; similarity/ compares the
submissions themselves.
"""
