"""Run a submission in a process of its own, and talk to it in plain data.

`student.py`, `network.py` and `budget.py` are what checks use; `process.py` talks to the worker, which
`starting.py` starts and `ending.py` ends; `worker.py` is what runs there, with `forks.py`,
`loading.py`, and what makes missing packages (`absent.py`) and files (`nowhere.py`) harmless;
`wire.py`, `inbox.py` and `messages.py` are what both speak.
"""
