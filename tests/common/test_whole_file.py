import errno
import os
import subprocess
import sys

import pytest

from autograder.common import whole_file
from autograder.common.errors import UserError


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_at_once_and_its_folder_made(file, tmp_path):
    with whole_file.replacing(file) as part:
        part.write_text("new")
        assert (file.read_text(), part.suffix, part.parent) == ("old", ".csv", tmp_path)
    assert (file.read_text(), names(tmp_path)) == ("new", ["table.csv"])
    whole_file.write_text(tmp_path / "a" / "b.md", "×\n")
    assert (tmp_path / "a" / "b.md").read_bytes() == "×\n".encode()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full; free some space"),
        (OSError(errno.EACCES, "Permission denied"), "cannot be written: Permission denied"),
    ],
)
def test_what_cannot_be_written_is_one_sentence_and_leaves_no_half(file, tmp_path, error, says):
    with pytest.raises(UserError, match=f"table.csv.*{says}"), whole_file.replacing(file) as part:
        part.write_text("ha")
        raise error
    assert (file.read_text(), names(tmp_path)) == ("old", ["table.csv"])


def test_an_interrupt_leaves_no_half(file, tmp_path):
    with pytest.raises(KeyboardInterrupt), whole_file.replacing(file) as part:
        part.write_text("ha")
        raise KeyboardInterrupt
    assert (file.read_text(), names(tmp_path)) == ("old", ["table.csv"])


def test_what_a_kill_leaves_is_swept_away_and_what_is_being_written_is_not(file, tmp_path):
    code = "import os, sys, pathlib; from autograder.common import whole_file\n"
    code += "with whole_file.replacing(pathlib.Path(sys.argv[1])) as part: part.write_text('ha'); os._exit(9)"
    subprocess.run([sys.executable, "-c", code, file], check=False)
    assert len(names(tmp_path)) == 2
    assert file.read_text() == "old"
    whole_file.sweep(tmp_path)
    assert len(names(tmp_path)) == 2  # it may be that of another process
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    whole_file.sweep(tmp_path)
    assert names(tmp_path) == ["table.csv"]
    whole_file.sweep(tmp_path / "none")
