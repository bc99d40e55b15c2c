"""Hostile submissions in a row leave nothing behind: no memory, descriptor, process or folder."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from autograder.intake.submission import accept
from tests.sandbox.conftest import QUICK, grade_some
from tests.sandbox.threats import THREATS

BOMBS = ("fork_bomb", "disk_bomb", "sockets", "huge_text", "garbage_frame")
ROUNDS = 4


@pytest.mark.usefixtures("isolation")
def test_twenty_in_a_row_leave_nothing_behind(template: str, temporary_folder: Path) -> None:
    codes = [threat.code for threat in THREATS if threat.name in BOMBS]
    me = psutil.Process()

    def grade_each() -> tuple[int, int, int, int]:
        for code in codes:
            grade_some(accept("solution.py", f"{template}\n{code}".encode()), assignment=QUICK)
        gc.collect()
        return (
            me.memory_info().rss,
            len(os.listdir("/proc/self/fd")),  # noqa: PTH208
            len(me.children(recursive=True)),
            len(list(temporary_folder.iterdir())),
        )

    first = grade_each()
    for _ in range(ROUNDS - 1):
        last = grade_each()
    assert last[0] < first[0] + (16 << 20)
    assert last[1:] == first[1:]


@pytest.fixture
def temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for temporary files that no other test uses; a worker, who is another user, gets there."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)
