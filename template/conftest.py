"""Make pytest say less, and say it kindly.  Nothing here needs to be changed."""

import pytest


def pytest_report_header():
    """Say first what a newcomer needs to know."""
    return "Tests of functions that are not written yet fail: at the beginning that is right."


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Show a blank as one line, and each test under the title that the grader uses."""
    outcome = yield
    report = outcome.get_result()
    if call.excinfo is not None and call.excinfo.errisinstance(NotImplementedError):
        report.longrepr = f"{title(item)}\nnot written yet: {call.excinfo.value}"


def title(item):
    """Return the first line of a test's docstring, with its parameters filled in."""
    line = item.function.__doc__.splitlines()[0]
    return line.format(**item.callspec.params) if hasattr(item, "callspec") else line
