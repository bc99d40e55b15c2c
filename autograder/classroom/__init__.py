"""A whole class: who handed in what, its grades, its pages, and what changed.

exports/ finds who handed in what; grade_all.py has each graded by task.py, in a process of this
machine or on a cluster, and keeps it where grades_folder.py says.  From these files alone gradebook.py
writes the table, upload.py what platforms take back, pages/ the pages, and changes.py compares two
gradings, whose students and checks pairing.py finds; decisions/ adds what people decided; counted.py and
concerns.py say what somebody must look at; similarity/ compares the submissions themselves.
"""
