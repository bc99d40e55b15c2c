"""Pack what a student downloads into one zip, the same bytes every time."""

import json
from pathlib import Path

from autograder import ROOT
from autograder.assignment import template
from autograder.assignment.config import Assignment
from autograder.assignment.contract import PROBLEMS, contract_of
from autograder.assignment.template import ANSWER
from autograder.common import reproducible_zip, toml_file
from autograder.common.errors import UserError
from handout import STUDENT, building, example, pages, vocabulary
from handout.text import fill

NAME = "student-kit"
SCRIPTS = (STUDENT / "check.py", STUDENT / "bundle.py")
# Of the grader, what the public tests and report_tools import: no check, no answer.
OF_COMMON = (
    "__init__", "cluster", "cores", "discrepancy", "errors", "import_stubs", "keys", "terminal",
    "text_file", "time_limit", "toml_file", "whole_file",
)  # fmt: skip
PUBLIC_TESTS = ROOT / "autograder" / "public_tests"
SHARED = (
    "autograder/__init__.py",
    *(f"autograder/common/{name}.py" for name in OF_COMMON),
    *(f"autograder/public_tests/{path.name}" for path in sorted(PUBLIC_TESTS.glob("*.py"))),
)
GRADER_ONLY = ("gradescope-utils", "psutil")  # of the group `grade`, what no student needs
STAFF_OPTIONS = ("--class", "--dev")  # of setup.sh: the kit has no such groups of packages
DOCTOR = "python -m autograder doctor"  # what setup.sh runs when it is given nothing to run


def write(assignment: Assignment, out: Path, root: Path = ROOT) -> Path:
    """Write the zip, named with the version of the handout, from the files below `root`; return its path.

    Raises UserError when a file is missing, when a line of the reference's answers stands
    in any file that a student would get, and when the template is an old one.
    """
    files = collect(assignment, root)
    reference = template.reference(assignment)
    refuse_answers(files, reference)
    if files["template/solution.py"].decode() != template.cut(reference, assignment):
        raise UserError(
            f"{template.path_of().relative_to(ROOT)} is not cut from this reference; "
            "first run ./setup.sh python -m autograder template."
        )
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{NAME}-{assignment.handout.version}.zip"
    inside = {f"{NAME}/{name}": content for name, content in files.items()}
    reproducible_zip.write(path, inside, assignment.dates.released)
    return path


def collect(assignment: Assignment, root: Path = ROOT) -> dict[str, bytes]:
    """Return the content of every file of the kit, by its path inside the kit."""
    values = vocabulary.values(assignment)
    folders = _template(assignment, root)
    if assignment.report.questions:
        folders |= _folder(root, "report_tools")
    values["has_report_tools"] = any(name.startswith("report_tools/") for name in folders)
    if values["has_report_tools"]:
        _require_recipes(assignment.report.edition, folders)
    text = building.handout(assignment, values)
    metadata = building.metadata(assignment, assignment.title)
    return {
        **folders,
        **{f"template/{path.name}": path.read_bytes() for path in SCRIPTS},
        **{
            f"template/{each.name_in_kit}": each.path.read_bytes()
            for each in example.scripts(assignment).values()
        },
        **{name: (root / name).read_bytes() for name in SHARED},
        "handout.html": pages.html(text, metadata),
        "handout.pdf": pages.pdf(text, metadata, assignment.dates.released),
        "README.md": fill("README.md", values, STUDENT).encode(),
        "assignment.toml": _toml(assignment).encode(),
        "AGENTS.md": fill("AGENTS.md", values, STUDENT).encode(),
        "pyproject.toml": _pyproject(root / "pyproject.toml", assignment.handout.version).encode(),
        "setup.sh": _setup(root / "setup.sh").encode(),
        ".vscode/settings.json": (STUDENT / "vscode-settings.json").read_bytes(),
        ".gitattributes": (STUDENT / "gitattributes").read_bytes(),
        ".gitignore": (STUDENT / "gitignore").read_bytes(),
    }


def _template(assignment: Assignment, root: Path) -> dict[str, bytes]:
    """Return the template, with the public tests of the assignment's problems and what they need."""
    blank = root / template.path_of().relative_to(ROOT)
    if not blank.exists():
        raise UserError(
            f"{blank.relative_to(root)} does not exist; the kit is built around it, so first run "
            "./setup.sh python -m autograder template."
        )
    others = {f"test_{file.parent.name}.py" for file in PROBLEMS.glob("*/problem.toml")}
    others -= {f"test_{problem.name}.py" for problem in assignment.contract.problems}
    beside = {
        name: content
        for name, content in _folder(root, "template").items()
        if name.count("/") == 1 and name.removeprefix("template/") not in others
    }
    return {**beside, "template/solution.py": blank.read_bytes()}


def _require_recipes(edition: str, files: dict[str, bytes]) -> None:
    """Raise UserError if report_tools cannot make the figures of the edition that students read about."""
    folder = f"report_tools/recipes/{edition}"
    if f"{folder}/edition.toml" not in files:
        raise UserError(
            f"the edition {edition} has a text but no recipes; copy report_tools/recipes/mnist to {folder}."
        )


def refuse_answers(files: dict[str, bytes], reference: str) -> None:
    """Raise UserError if a telling line of an answer stands in one of the files."""
    answers = {line for answer in ANSWER.finditer(reference) for line in _lines(answer["text"])}
    # Shorter lines stand in many files by chance; so may what the template shows as well.
    telling = {line for line in answers if len(line) > 25} - _lines(ANSWER.sub("", reference))
    for name, content in files.items():
        if name.endswith(".pdf"):
            continue  # the same text as the HTML
        found = telling & _lines(content.decode("utf-8", errors="replace"))
        if found:
            raise UserError(f"{name} holds a line of the answer, so no kit was written: {min(found)}")


def _lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines()}


def _folder(root: Path, name: str) -> dict[str, bytes]:
    """Return the files below root/name, without what Python and editors leave there."""
    paths = sorted(path for path in (root / name).rglob("*") if path.is_file() and path.suffix != ".pyc")
    inside = [path.relative_to(root) for path in paths]
    return {path.as_posix(): (root / path).read_bytes() for path in inside if not _is_hidden(path)}


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _pyproject(path: Path, version: str) -> str:
    """Return a pyproject.toml with the groups of packages that a student needs."""
    # Only names and versions: the comments say what staff need each package for.
    groups = toml_file.read(path)["dependency-groups"]
    lines = ["[project]", f'name = "{NAME}"', f'version = "{version}"', 'requires-python = ">=3.10"', ""]
    lines += ["# Installed by setup.sh into .venv, group by group.", "[dependency-groups]"]
    for name in ("grade", "figures", "report", "cluster"):
        lines += [f"{name} = [", *(f"    {_item(each)}," for each in groups[name] if _is_needed(each)), "]"]
    return "\n".join(
        [*lines, "", "[tool.pytest.ini_options]", 'addopts = "-ra"', 'testpaths = ["template"]', ""]
    )


def _is_needed(requirement: str | dict[str, str]) -> bool:
    return not (isinstance(requirement, str) and requirement.startswith(GRADER_ONLY))


def _item(requirement: str | dict[str, str]) -> str:
    """Write one entry of a dependency group as TOML."""
    if isinstance(requirement, dict):
        return f'{{ include-group = "{requirement["include-group"]}" }}'
    return '"' + requirement.replace('"', "'") + '"'


def _toml(assignment: Assignment) -> str:
    """Return as much of assignment.toml as the kit's own programs read."""
    report = assignment.report
    names = {"course": assignment.course, "title": assignment.title, "term": assignment.term}
    # By hand, since Python reads TOML but does not write it; JSON's strings and lists are TOML's, too.
    head = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in names.items()]
    points = ", ".join(f"{name} = {worth:g}" for name, worth in report.questions.items())
    tail = ["[report]", f'edition = "{report.edition}"', f"questions = {{ {points} }}"]
    for part in assignment.parts:
        names = contract_of((part.problem,)).shown  # as the titles of the public tests have them
        tail += [
            "",
            "[[parts]]",
            f'number = "{part.number}"',
            f'problem = "{part.problem}"',
            "[parts.functions]",
        ]
        tail += [f"{json.dumps(names[key])} = {json.dumps(key)}" for key in part.keys]
    classes = [name for name in assignment.contract.owners if name]
    plain = assignment.contract.owners.get("")
    tail += ["", "[template]", f"defines = {json.dumps([*classes, *(plain.graded if plain else ())])}"]
    first = "# What the programs of this kit know about the assignment."
    return "\n".join([first, *head, "", "[dates]", f"due = {assignment.dates.due}", "", *tail, ""])


def _setup(path: Path) -> str:
    """Return setup.sh without the options of staff; with nothing to run, it runs the public tests."""
    text = path.read_text(encoding="utf-8")
    if DOCTOR not in text:
        raise UserError(
            f"{path.name} no longer contains `{DOCTOR}`; say in handout/kit.py what it runs instead."
        )
    for option in STAFF_OPTIONS:
        text = text.replace(f" [{option}]", "")
    lines = [line for line in text.splitlines() if not line.lstrip("# ").startswith(STAFF_OPTIONS)]
    return "\n".join([*lines, ""]).replace(DOCTOR, "python -m pytest template")
