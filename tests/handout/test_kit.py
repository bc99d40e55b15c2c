"""The zip holds what a student needs, and nothing that a student must not have."""

import ast
import json
import re
import shutil
import stat
import subprocess
import zipfile

import pytest

from autograder import ROOT
from autograder.assignment import config, template
from autograder.common import toml_file
from autograder.common.errors import UserError
from handout import kit
from tests.handout.conftest import REFERENCE_PATH

TOMLS = ("pyproject.toml", "setup.sh")


@pytest.fixture(scope="module")
def root(this_term, tmp_path_factory):
    """A small copy of the project, with what Python and editors leave behind."""
    folder = tmp_path_factory.mktemp("project")
    for name in TOMLS:
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "reference", folder / "reference")
    (folder / "template" / "__pycache__").mkdir(parents=True)
    (folder / "template" / "__pycache__" / "solution.pyc").write_bytes(b"x")
    (folder / "template" / ".notes").write_text("x")
    (folder / "template" / "test_mlp.py").write_text("def test_nothing():\n    pass\n")
    for name in ("common", "public_tests"):
        shutil.copytree(ROOT / "autograder" / name, folder / "autograder" / name)
    shutil.copy(ROOT / "autograder" / "__init__.py", folder / "autograder")
    template.write(this_term, folder / "template" / "solution.py")
    (folder / "report_tools").mkdir()
    (folder / "report_tools" / "__init__.py").write_text('"""Draw."""\n')
    recipes = f"report_tools/recipes/{this_term.report.edition}"
    shutil.copytree(ROOT / recipes, folder / recipes)
    return folder


@pytest.fixture(scope="module")
def packed(this_term, root, tmp_path_factory):
    return kit.write(this_term, tmp_path_factory.mktemp("dist"), root)


@pytest.fixture(scope="module")
def files(packed):
    """What is in the kit, recipes apart."""
    with zipfile.ZipFile(packed) as archive:
        names = [name for name in archive.namelist() if "/recipes/" not in name]
        return {name.removeprefix("student-kit/"): archive.read(name) for name in names}


def test_it_holds_just_these_files(files):
    assert sorted(files) == [
        ".gitattributes",
        ".gitignore",
        ".vscode/settings.json",
        "AGENTS.md",
        "README.md",
        "assignment.toml",
        "autograder/__init__.py",
        "autograder/common/__init__.py",
        "autograder/common/cluster.py",
        "autograder/common/cores.py",
        "autograder/common/discrepancy.py",
        "autograder/common/errors.py",
        "autograder/common/import_stubs.py",
        "autograder/common/keys.py",
        "autograder/common/terminal.py",
        "autograder/common/text_file.py",
        "autograder/common/time_limit.py",
        "autograder/common/toml_file.py",
        "autograder/common/whole_file.py",
        "autograder/public_tests/__init__.py",
        "autograder/public_tests/assertions.py",
        "autograder/public_tests/explain.py",
        "autograder/public_tests/plugin.py",
        "autograder/public_tests/run.py",
        "autograder/public_tests/solution.py",
        "autograder/public_tests/summary.py",
        "handout.html",
        "handout.pdf",
        "pyproject.toml",
        "report_tools/__init__.py",
        "setup.sh",
        "template/bundle.py",
        "template/check.py",
        "template/solution.py",
        "template/test_mlp.py",
        "template/worked_example_mlp.py",
    ]


def test_no_answer_is_in_it(files):
    """Search every file for every telling line between the answer marks, however it is indented."""
    reference = REFERENCE_PATH.read_text(encoding="utf-8")
    answers = [match[0] for match in template.ANSWER.finditer(reference)]
    lines = {line.split("  #")[0].strip() for answer in answers for line in answer.splitlines()[1:-1]}
    telling = {
        line for line in lines if len(line) > 18 and line not in template.cut(reference, config.load())
    }
    assert len(telling) > 25
    for name, content in files.items():
        text = content.decode("utf-8", errors="ignore")
        assert [line for line in telling if line in text] == [], name


def test_nothing_for_staff_is_in_it(files):
    for name, content in files.items():
        assert not {"reference", "for-staff", "marking-guide"} & set(name.split("/"))
        assert "autograder" not in name or name in kit.SHARED
        for secret in (b"marking-guide", b"criterion", b"term_seed", b"# <answer"):
            assert secret not in content, name


def test_every_blank_is_still_a_blank(files, this_term):
    source = files["template/solution.py"].decode()
    assert source.count("raise NotImplementedError(") == len(this_term.functions)


def test_it_is_the_same_bytes_every_time(this_term, root, packed, tmp_path):
    (root / "template" / "solution.py").touch()
    assert kit.write(this_term, tmp_path, root).read_bytes() == packed.read_bytes()


def test_setup_can_be_run_and_names_only_what_is_there(packed, files):
    with zipfile.ZipFile(packed) as archive:
        assert archive.getinfo("student-kit/setup.sh").external_attr >> 16 & stat.S_IXUSR
    for word in (b"autograder", b"--dev", b"--class"):
        assert word not in files["setup.sh"]
    assert b"# ./setup.sh [--report] [--cluster] [COMMAND...]" in files["setup.sh"]
    assert b"\r" not in files["setup.sh"]


def test_the_packages_are_those_of_the_project(files):
    groups = toml_file.parse(files["pyproject.toml"].decode(), "pyproject.toml")["dependency-groups"]
    assert list(groups) == ["grade", "figures", "report", "cluster"]
    assert any(line.startswith("numpy") for line in groups["grade"])
    assert {"include-group": "grade"} in groups["figures"]
    assert {"include-group": "figures"} in groups["report"]
    assert not any(str(line).startswith(kit.GRADER_ONLY) for line in groups["grade"])


def test_the_programs_of_the_kit_know_the_assignment(files, this_term):
    tables = toml_file.parse(files["assignment.toml"].decode(), "assignment.toml")
    assert tables == {
        **{key: getattr(this_term, key) for key in ("course", "title", "term")},
        "dates": {"due": this_term.dates.due},
        "report": {"edition": this_term.report.edition, "questions": this_term.report.questions},
        "parts": [
            {
                "number": part.number,
                "problem": "mlp",
                "functions": {name: f"NN.{name}" for name in part.functions},
            }
            for part in this_term.parts
        ],
        "template": {"defines": ["NN"]},
    }


def test_the_worked_example_runs_beside_a_solution(files, tmp_path):
    (tmp_path / "worked_example_mlp.py").write_bytes(files["template/worked_example_mlp.py"])
    shutil.copy(REFERENCE_PATH, tmp_path / "solution.py")
    run = ["python", str(tmp_path / "worked_example_mlp.py")]
    result = subprocess.run(run, capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert result.stdout.startswith("# forward, with relu\n  Z0 = [[")


def test_setup_survives_git_on_windows(files, tmp_path):
    """There git is set to change the ends of lines, with which bash cannot run setup.sh."""
    for name in ("setup.sh", "handout.pdf", ".gitattributes", ".gitignore"):
        (tmp_path / name).write_bytes(files[name])
    for name in (".venv/lib.py", "upload/solution.py", "results/loss.png", "template/__pycache__/a.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("made here")

    def git(*arguments):
        settings = ("-c", "core.autocrlf=true", "-c", "user.name=S", "-c", "user.email=s@example.org")
        done = subprocess.run(
            ["git", *settings, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "begin")
    assert git("ls-files") == [".gitattributes", ".gitignore", "handout.pdf", "setup.sh"]
    for name in ("setup.sh", "handout.pdf"):
        (tmp_path / name).unlink()
    git("checkout", "--", ".")
    for name in ("setup.sh", "handout.pdf"):
        assert (tmp_path / name).read_bytes() == files[name]


def test_an_editor_finds_the_public_tests(files):
    settings = json.loads(files[".vscode/settings.json"])
    assert settings["python.testing.pytestEnabled"]
    assert "template/test_mlp.py" in files
    assert settings["python.testing.pytestArgs"] == settings["python.analysis.extraPaths"] == ["template"]


def test_no_line_needs_setup_to_be_executable(files):
    """Some programs that unpack a zip forget that a file may be executed."""
    for name in ("README.md", "handout.html", "template/check.py", "template/bundle.py"):
        assert not re.search(rb"(?<!\.)\./setup\.sh", files[name]), name


def test_python_files_are_python(files):
    for name, content in files.items():
        if name.endswith(".py"):
            ast.parse(content)


def test_a_filled_in_template_is_refused(this_term, root, tmp_path, monkeypatch):
    monkeypatch.setattr(kit.pages, "pdf", lambda *_: b"")  # saves a second
    shutil.copytree(root, tmp_path / "project")
    shutil.copy(root / "reference" / "solution.py", tmp_path / "project" / "template" / "solution.py")
    with pytest.raises(UserError, match=r"template/solution\.py holds a line of the answer, so no kit"):
        kit.write(this_term, tmp_path, tmp_path / "project")
    assert not list(tmp_path.glob("*.zip"))


def test_an_old_template_is_refused(this_term, root, tmp_path, monkeypatch):
    monkeypatch.setattr(kit.pages, "pdf", lambda *_: b"")
    shutil.copytree(root, tmp_path / "project")
    blank = tmp_path / "project" / "template" / "solution.py"
    blank.write_text(blank.read_text().replace("A multilayer", "Another multilayer"))
    with pytest.raises(UserError, match="is not cut from this reference; first run"):
        kit.write(this_term, tmp_path, tmp_path / "project")


def test_an_edition_without_recipes_is_refused(files):
    with pytest.raises(
        UserError, match="the edition moon has a text but no recipes; copy report_tools/recip"
    ):
        kit._require_recipes("moon", files)


def test_without_a_template_there_is_no_kit(this_term, tmp_path):
    with pytest.raises(UserError, match=r"template/solution\.py does not exist"):
        kit.write(this_term, tmp_path, tmp_path)


def test_a_setup_that_changed_is_noticed(tmp_path):
    (tmp_path / "setup.sh").write_text("exec true\n")
    with pytest.raises(UserError, match=r"setup\.sh no longer contains"):
        kit._setup(tmp_path / "setup.sh")


@pytest.mark.parametrize(
    ("ai_help", "said"),
    [("explain", "Explain. Do not solve."), ("none", "are not allowed"), ("free", "The course allows AI")],
)
def test_agents_follow_the_switch(values, ai_help, said):
    text = kit.fill("AGENTS.md", {**values, "ai_help": ai_help}, kit.STUDENT)
    assert said in text
    assert text.count("**") % 2 == 0
    assert "\n\n\n" not in text
