"""Write a new problem and an assignment for it: small, and green from the first minute.

Every file of skeleton/ is written where it lies there, without its ".txt".  NAME stands for the name of
the problem, and its rulings R101, R102, ... become the next that no problem has.  The assignment is the
one that is served, for other parts and without a report.
"""

import contextlib
import keyword
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from autograder import ROOT
from autograder.assignment import config, template
from autograder.common.errors import UserError

SKELETON = Path(__file__).resolve().parent / "skeleton"
SUFFIX, NAME = ".txt", "NAME"
FIRST_RULING = 101  # of the skeleton
# What the new assignment does not take over: it is about the parts of the one that is served.
LEFT_OUT = ("[network]", "[leaderboard]", "[feedback.checks]", "[report.questions]")
HEADER = re.compile(r"^(?:(?:#.*)?\n)*\[{1,2}[\w.]+\]{1,2}.*\n", re.MULTILINE)
# Commented examples that name checks, functions and problems of the parts that are served.
EXAMPLE = re.compile(r"^# \[feedback\.checks\]\n(# .* = .*\n)*", re.MULTILINE)
BOARD = re.compile(r"^#.+\n(?:#.*\n)*?# \[leaderboard\]\n(?:# .*\n)*\n?", re.MULTILINE)
PROBLEM_NAME = re.compile(r"[a-z][a-z0-9_]*")


def write(name: str) -> list[Path]:
    """Write every file of a new problem and return them, the template too.

    Raises UserError, with nothing written, if the name cannot be one or anything of it is there already.
    """
    if not PROBLEM_NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UserError(
            f"{name!r} cannot be the name of a problem; use lower-case letters, digits and _, "
            "such as line_fit."
        )
    taken = [place for place in _places(name) if place.exists() or place.is_symlink()]
    if taken:
        raise UserError(f"{taken[0].relative_to(ROOT)} already exists; choose another name.")
    config.load(config.TOML_PATH)  # says what is wrong with it, if something is
    files = dict(_files(name))
    parts = ROOT / "assignments" / f"{name}.toml"
    files[parts] = assignment(config.TOML_PATH.read_text(encoding="utf-8"), files[parts])
    try:
        for file, text in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        blank = template.write(config.load(parts), template.path_of(parts))
    except BaseException as error:
        _take_back(name)
        if isinstance(error, OSError):
            raise UserError(f"nothing was written: {error.strerror} ({error.filename}).") from None
        raise
    return [*files, blank]


def assignment(served: str, parts: str) -> str:
    """Return the text of the assignment that is served, with these parts and no report."""
    heads = list(HEADER.finditer(served))
    starts = [head.start() for head in heads]
    blocks = [served[start:end] for start, end in zip(starts, [*starts[1:], len(served)], strict=True)]
    kept, written = [served[: starts[0]]], False
    title = re.search(r"^# title: (.*)\n+", parts)
    assert title, "the skeleton's assignment begins with a title"
    for head, block in zip(heads, blocks, strict=True):
        table = head[0].strip().rsplit("\n", 1)[-1].split("#")[0].strip()
        if table == "[[parts]]":
            if not written:  # the comment above the first one is about all of them
                above = block[: block.index("[[parts]]")]
                kept.append(f"{above}{parts[title.end() :].rstrip()}\n")
            written = True
        elif table not in LEFT_OUT:
            kept.append(block)
    text = "".join(kept)
    if not re.search(r"^questions = ", text, re.MULTILINE):  # they were a table of their own
        text = text.replace("[report]\n", "[report]\nquestions = {}\n", 1)
    points = sum(map(float, re.findall(r"^points = (.*)", parts, re.MULTILINE)))
    for key, value in (
        ("title", title[1]),
        ("programming", f"{points:g}"),
        ("questions", "{}"),
        ("report", "0"),
    ):
        text = re.sub(rf"^{key} = .*", f"{key} = {value}", text, count=1, flags=re.MULTILINE)
    text = BOARD.sub("", text)
    return EXAMPLE.sub('# [feedback.checks]\n# "1.1.1" = "after_due_date"\n# mean = "hidden"\n', text)


def _files(name: str) -> Iterator[tuple[Path, str]]:
    """Yield where each file of the skeleton belongs, and its text."""
    first = _next_ruling()

    def ruling(found: re.Match[str]) -> str:
        return f"R{int(found[1]) - FIRST_RULING + first}"

    for file in sorted(SKELETON.rglob(f"*{SUFFIX}")):
        place = str(file.relative_to(SKELETON)).removesuffix(SUFFIX).replace(NAME, name)
        text = file.read_text(encoding="utf-8").replace(NAME, name)
        yield ROOT / place, re.sub(r"\bR(1\d\d)\b", ruling, text)


def _next_ruling() -> int:
    """Return the first number that no ruling has: feedback quotes them, so that each means one thing."""
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "handout").rglob("rulings.md")]
    return 1 + max(int(number) for text in texts for number in re.findall(r"\{#R(\d+)\}", text))


def _places(name: str) -> list[Path]:
    """Return the files and folders that are the new problem's alone."""
    return [
        ROOT / "autograder" / "problems" / name,
        ROOT / "reference" / f"{name}.py",
        ROOT / "handout" / "problems" / name,
        ROOT / "template" / f"test_{name}.py",
        ROOT / "template" / name,
        ROOT / "assignments" / f"{name}.toml",
    ]


def _take_back(name: str) -> None:
    for place in _places(name):
        with contextlib.suppress(OSError):
            shutil.rmtree(place) if place.is_dir() else place.unlink()
