"""Where a submission runs, and how the grader talks to it.

Checks hold a student (student.py), which keeps a connection to a worker (connection.py).  process/
starts and ends workers, protocol/ is what both sides speak, worker/ is the only code beside which
student code runs, and lockdown/ is what that process does to itself first.  guarantees.py says
what all of it guarantees.
"""
