"""What Gradescope shows: the image is built from the zip and fed with submissions of every kind."""

import io
import itertools
import json
import os
import re
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from autograder.assignment import config
from autograder.gradescope import package
from autograder.gradescope.from_report import NOT_FINISHED
from tests.sentences import (
    NO_CLASS,
    NO_PYTHON_FILE,
    NOT_WRITTEN,
    NOT_YOURS,
    NOTHING_GRADED,
    SEVERAL_FILES,
    STOPPED_AT,
    TIMED_OUT,
)

pytestmark = pytest.mark.image
root_only = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only root can put on the conditions of a container, and see what a worker takes",
)
KIT = config.load()
ALL = KIT.totals.programming
FILL_MEMORY = """
HELD = []
def fill(size=1 << 26):
    while size > 1 << 12:
        try:
            HELD.append(np.ones(size, dtype=np.uint8))
        except MemoryError:
            size //= 2
fill()
"""
OVERWRITE = """
import glob, os
def attack():
    for path in glob.glob("ROOT/*") + glob.glob("ROOT/*/*") + ["ROOT/results/results.json"]:
        try:
            open(path, "w").write('{"score": 35}')
        except OSError:
            pass
attack()
"""


def reasons(content):
    return [test["output"] for test in content["tests"]]


def hang_in(function, source):
    """Put an endless loop at the start of a function of the template or the reference."""
    hanging, count = re.subn(rf"(    def {function}\(.*\):\n)", r"\1        while True: pass\n", source)
    assert count == 1
    return hanging


def test_the_reference_gets_everything_and_the_staff_read_about_the_attempt(image, reference_source):
    image.hand_in({"solution.py": reference_source})
    metadata = image.root / "submission_metadata.json"
    metadata.write_text(json.dumps({"id": 77, "previous_submissions": [{}, {}], "users": None}))
    status, printed = image.run()
    assert (status, printed.splitlines()[0]) == (0, "submission 77, attempt 3")
    content = image.read_results()
    assert content["score"] == ALL
    assert content["extra_data"]["not_isolated"] == ""
    assert {test["status"] for test in content["tests"]} == {"passed"}
    assert NOT_FINISHED not in content["output"]
    assert metadata.stat().st_mode & 0o077 == 0


def test_the_template_gets_nothing_even_without_landlock(image, template_source):
    image.hand_in({"solution.py": template_source})
    status, printed = image.run(condition="old-container")
    assert status == 0, printed
    content = image.read_results()
    assert content["score"] == 0
    assert any(reason.startswith(NOT_WRITTEN.format("relu")) for reason in reasons(content))


def test_nothing_in_the_container_can_be_overwritten(image, template_source):
    attack = OVERWRITE.replace("ROOT", str(image.root))
    attacking = hang_in("relu", template_source).replace("while True: pass", "attack()") + attack
    before = contents(image)
    content = image.grade({"solution.py": attacking})
    assert content["score"] == 0
    assert len(content["tests"]) > 80
    assert contents(image) == before


def contents(image):
    files = [image.root / "run_autograder", *(image.root / "source").rglob("*.*")]
    return {file: file.read_bytes() for file in files if file.is_file() and file.suffix != ".pyc"}


def test_an_endless_loop_or_an_exit_costs_only_itself(image, reference_source):
    hanging = hang_in("loss", reference_source) + "\nimport os\nos._exit(0)\n"
    with image.limits(call_seconds=2, function_seconds=2):
        content = image.grade({"solution.py": hanging})
    lost = KIT.functions["NN.loss"].functions["loss"]
    assert content["score"] == pytest.approx(ALL - lost, abs=0.01)
    assert f"`loss` {TIMED_OUT}." in reasons(content)


def test_an_endless_loop_at_import_is_a_sentence(image):
    with image.limits(import_seconds=2):
        content = image.grade({"solution.py": "class NN:\n    while True:\n        pass\n"})
    assert content["score"] == 0
    assert STOPPED_AT in content["tests"][0]["output"]


def archive_with(name, text):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, f"holds {NO_PYTHON_FILE}; hand in solution.py"),
        ({"report.pdf": b"%PDF"}, f"holds {NO_PYTHON_FILE}; hand in solution.py"),
        ({"a.py": "x = 1\n", "b.py": "x = 1\n"}, f"{SEVERAL_FILES}: `a.py`, `b.py`"),
        ({"hw.zip": archive_with("deep/solution.py", "x = 1\n")}, NO_CLASS),
    ],
    ids=["nothing", "only a report", "two files", "a zip"],
)
def test_what_is_handed_in_by_mistake_gets_a_reason(image, files, says):
    content = image.grade(files)
    assert content["score"] == 0
    assert says in content["tests"][0]["output"]
    assert NOT_FINISHED not in content["output"]


def test_what_was_graded_counts_when_the_grader_is_killed(image, reference_source):
    """As when memory runs out: nothing that the grader could do about it is done."""
    image.hand_in({"solution.py": hang_in("backward", reference_source)})
    before = itertools.takewhile(lambda part: "backward" not in part.functions, KIT.parts)
    earned = sum(part.points for part in before)
    with image.limits(call_seconds=600, function_seconds=600):
        process = image.start()
        while not (partial := read_if_there(image.results)) or partial["score"] < earned - 0.01:
            assert process.poll() is None
            time.sleep(0.01)
        family = psutil.Process(process.pid).children(recursive=True)
        (watchdog,) = psutil.Process(process.pid).children()
        (grader,) = watchdog.children()
        grader.kill()
        printed, _ = process.communicate(timeout=60)
    assert "ended with status 137" in printed
    content = image.read_results()
    assert content["score"] == pytest.approx(earned, abs=0.01)
    assert NOT_FINISHED in content["output"]
    assert reasons(content)[-1] == "This check has not been run."
    assert psutil.wait_procs(family, timeout=60)[1] == []


def read_if_there(results: Path):
    try:
        return json.loads(results.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def test_the_watchdog_ends_a_grader_that_does_not_end(image):
    script = (image.root / "run_autograder").read_text()
    impatient = image.root / "impatient"
    impatient.write_text(re.sub(r"(?m)^WATCHDOG_SECONDS=\d+$", "WATCHDOG_SECONDS=1", script))
    impatient.chmod(0o755)
    image.hand_in({"solution.py": "class NN:\n    while True:\n        pass\n"})
    status, printed = image.run(impatient)
    assert status == 0
    assert "ended with status 124" in printed
    content = image.read_results()
    assert content["score"] == 0
    assert NOT_FINISHED in content["output"]


def test_a_fault_of_the_grader_is_not_the_students(image, template_source):
    seed = image.root / "source" / "term_seed.txt"
    kept = seed.read_text()
    seed.write_text("no number")
    try:
        image.hand_in({"solution.py": template_source})
        status, printed = image.run()
    finally:
        seed.write_text(kept)
    assert status == 0
    assert "term_seed.txt must hold one whole number" in printed  # for the staff
    content = image.read_results()
    assert {content["output"].strip(), *reasons(content)} == {NOT_FINISHED}
    assert content["stdout_visibility"] == "hidden"


@root_only
def test_a_memory_bomb_takes_no_more_than_the_container_has(image, template_source):
    image.hand_in({"solution.py": template_source + FILL_MEMORY})
    process, peak = image.start(), 0
    while process.poll() is None:
        peak = max(peak, memory_mb(process.pid))
        time.sleep(0.05)
    process.communicate()
    assert image.read_results()["score"] == 0
    assert KIT.limits.memory_mb / 2 < peak < KIT.limits.memory_mb + package.GRADER_MB


def memory_mb(pid: int) -> int:
    """Add up what all processes of a run take, shared pages once."""
    total = 0
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for process in family:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:  # it has just ended
            continue
    return total >> 20


@root_only
def test_an_image_that_cannot_isolate_is_not_built_and_grades_nobody(image, reference_source):
    """As in a kernel without Landlock, had setup.sh forgotten to close the files."""
    source = image.root / "source"
    modes = {file: file.stat().st_mode for file in (source, *source.rglob("*"))}
    for file in modes:
        file.chmod(0o755)
    image.hand_in({"solution.py": reference_source})
    try:
        _, graded = image.run(condition="old-container")
        status, printed = image.run(
            "env",
            f"PYTHONPATH={source}",
            image.python,
            "-m",
            "autograder.gradescope.smoke_test",
            condition="old-container",
        )
    finally:
        for file, mode in modes.items():
            file.chmod(mode)
    assert status == 1
    assert "[FAIL] isolation: a submission cannot read the reference and the checks" in printed
    assert NOTHING_GRADED in graded
    content = image.read_results()
    assert content["score"] == 0
    assert (
        f"Not graded. This is {NOT_YOURS}: please tell the course staff. The reason: not isolated"
        in content["output"]
    )


def test_the_image_has_the_inputs_of_the_checks_for_root_alone(image):
    """Its smoke test keeps them, so that no submission waits for pytest and Hypothesis."""
    (kept,) = (image.root / "source" / "autograder" / "problems" / ".kept").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
