"""Run a submission in a process of its own, and talk to it in plain data.

`student.py` is what checks use; `process.py` starts and ends the worker; `worker.py`
is what runs there, with `loading.py`; `wire.py` and `messages.py` are what both speak.
"""
