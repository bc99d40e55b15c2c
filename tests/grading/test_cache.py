"""What is kept of checks and inputs is what would be made anew; a file that is wrong costs time only."""

import os
import pickle
import shutil
import subprocess
import sys
import threading

import pytest

from autograder import ROOT
from autograder.assignment import config
from autograder.checking.inputs import Drawn
from autograder.grading import cache, collecting, suite
from tests.table import table

PATHS = (suite.FILE_CHECKS, *(problem.folder / "checks" for problem in config.load().contract.problems))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Keep what is kept in a folder of the test's own."""
    monkeypatch.setattr(cache, "FOLDER", tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def checks():
    """Return two checks with inputs: numbers, and an array that is the same in both."""
    seed = config.term_seed()
    return [(one.collected, one.inputs(seed)) for one in suite.collect_from(PATHS) if one.draws][:2]


def the_file(folder):
    (file,) = folder.iterdir()
    return file


def test_what_is_kept_is_what_would_be_made(folder):
    seed = config.term_seed()
    anew = [suite.BoundCheck(one) for one in collecting.collect(PATHS)]
    cache.write(PATHS, [(one.collected, one.inputs(seed)) for one in anew])
    read = cache.read(PATHS)
    assert len(read) == len(anew) > 50
    for (collected, drawn), check in zip(read, anew, strict=True):
        mine = check.collected
        assert (collected.file, collected.name) == (mine.file, mine.name)
        assert (collected.parameters, collected.indices) == (mine.parameters, mine.indices)
        assert collected.function.__doc__ == mine.function.__doc__
        assert repr(drawn) == repr(check.inputs(seed))


def test_grading_with_what_is_kept_imports_neither_pytest_nor_hypothesis():
    suite.collect(config.load())  # keeps it, if it is not kept yet
    code = (
        "import sys; from autograder.assignment import config; from autograder.grading import suite;"
        "checks = suite.collect(config.load()); drawn = [one.inputs(config.term_seed()) for one in checks];"
        "print(len(checks), sorted({'pytest', 'hypothesis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split(None, 1)[1].strip() == "[]"


def test_only_its_owner_can_open_the_file(folder, checks):
    cache.write(PATHS, checks)
    assert the_file(folder).stat().st_mode & 0o777 == 0o600


def test_nothing_is_read_where_nothing_is(folder):
    assert cache.read(PATHS) is None


def cut_short(file):
    file.write_bytes(file.read_bytes()[:-1])


def changed(file):
    content = bytearray(file.read_bytes())
    content[-20] ^= 1
    file.write_bytes(content)


def emptied(file):
    file.write_bytes(b"")


def open_to_others(file):
    file.chmod(0o644)


def of_another_user(file):
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(file, 12345, 12345)


def a_folder(file):
    file.unlink()
    file.mkdir()


def something_else(file):
    """A pickle that would run a program, with digests that are right."""

    class Evil:
        def __reduce__(self):
            return os.system, (f"touch {file.parent.parent}/ran",)

    body = pickle.dumps([Evil()])
    file.write_bytes(cache._key() + cache.DIGEST(body).digest() + body)


@table("spoil", [cut_short, changed, emptied, open_to_others, of_another_user, a_folder, something_else])
def test_a_file_that_cannot_be_trusted_is_not_read(folder, checks, spoil, tmp_path):
    cache.write(PATHS, checks)
    assert len(cache.read(PATHS)) == 2
    spoil(the_file(folder))
    assert cache.read(PATHS) is None
    shutil.rmtree(folder)  # for the next row
    assert not (tmp_path / "ran").exists()


def test_what_was_spoiled_is_made_anew(folder, checks):
    cache.write(PATHS, checks)
    changed(the_file(folder))
    cache.write(PATHS, checks)
    assert len(cache.read(PATHS)) == 2


def another_seed(monkeypatch):
    monkeypatch.setattr(config, "term_seed", lambda: 4)


def another_hypothesis(monkeypatch):
    monkeypatch.setattr(cache, "_versions", lambda: ["hypothesis-7.0.0.dist-info"])


def another_line_of_a_check(monkeypatch):
    really = cache._sources
    monkeypatch.setattr(cache, "_sources", lambda folder: [*really(folder), __file__])


@table("change", [another_seed, another_hypothesis, another_line_of_a_check])
def test_another_key_is_another_file(folder, checks, change):
    cache.write(PATHS, checks)
    with pytest.MonkeyPatch.context() as patch:
        change(patch)
        cache._key.cache_clear()
        assert cache.read(PATHS) is None
    cache._key.cache_clear()
    assert len(cache.read(PATHS)) == 2


def test_the_key_covers_checks_strategies_references_and_contracts():
    covered = {
        path for room in ("problems", "checking") for path in cache._sources(str(ROOT / "autograder" / room))
    }
    for problem in config.load().contract.problems:
        for file in (
            problem.folder / "strategies.py",
            problem.folder / "problem.toml",
            *problem.folder.glob("checks/*.py"),
        ):
            assert str(file) in covered
        assert str(problem.reference_path) in cache._sources(str(ROOT / "reference"))
    assert str(ROOT / "autograder" / "checking" / "inputs.py") in covered


def test_inputs_that_cannot_be_kept_are_drawn_each_time(folder, checks):
    collected, _ = checks[0]
    cache.write(PATHS, [(collected, [Drawn({"x": lambda: 0}, b"")])])
    assert cache.read(PATHS) is None
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_to_is_no_error(folder, checks):
    folder.write_text("a file")
    cache.write(PATHS, checks)
    assert cache.read(PATHS) is None


def test_whoever_reads_while_others_write_finds_all_of_it(folder, checks):
    cache.write(PATHS, checks)

    def write():
        for _ in range(20):
            cache.write(PATHS, checks)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    found = []
    while any(writer.is_alive() for writer in writers):
        found.append(cache.read(PATHS))
    assert all(one is not None and len(one) == 2 for one in found)
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("name", ["read_from", "inputs"])
def test_what_is_drawn_can_still_be_made_smaller(name):
    """Shrinking needs the bytes that Hypothesis read an input from: they are kept, too."""
    drawn = [one for check in suite.collect_from(PATHS) for one in check.inputs(config.term_seed())]
    assert drawn
    assert all(getattr(one, name) for one in drawn)
