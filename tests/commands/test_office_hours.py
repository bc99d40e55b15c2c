"""One submission, or a few, looked at while the student waits: parts alone, what failed alone, the page."""

import io
import json
import tempfile
import webbrowser

import pytest
from click.testing import CliRunner
from rich.console import Console

from autograder import ROOT
from autograder.__main__ import commands
from autograder.assignment import config
from autograder.classroom.pages import failures
from autograder.commands import lost_points, report_table
from autograder.common.errors import UserError
from autograder.gradescope.from_report import results_of
from autograder.grading import points, suite, zoo
from autograder.grading.grade import grade
from autograder.grading.report import Report
from autograder.intake.submission import accept
from tests.classroom.samples import failing
from tests.conftest import grade_source
from tests.table import table

KIT = config.load()
SUMMED = "backward/gradient-summed"
PRICED = points.price(suite.collect(KIT), KIT)


def number_of(function):
    return KIT.functions[KIT.contract.key(function)].number


def run(*arguments):
    done = CliRunner().invoke(commands, ["grade", *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def printed(show, *arguments, width=160):
    console = Console(width=width, record=True, file=io.StringIO(), force_terminal=False)
    show(*arguments, console)
    return console.export_text()


@pytest.fixture
def summed(tmp_path):
    file = tmp_path / "summed.py"
    file.write_bytes(zoo.by_name(SUMMED).source)
    return file


# --only


@table(
    ("source", "only"),
    [
        (SUMMED, ("backward",)),
        (SUMMED, (number_of("backward"), number_of("loss"))),
        ("relu/leaky", (number_of("backward") + ".2",)),
    ],
)
def test_what_is_chosen_ends_as_it_does_with_all_others(source, only):
    bytes_ = zoo.by_name(source).source
    alone, whole = grade(accept("solution.py", bytes_), only=only), grade_source(bytes_)
    ended = {outcome.check: (outcome.verdict, outcome.reason, outcome.mistake) for outcome in whole.outcomes}
    assert {
        outcome.check: (outcome.verdict, outcome.reason, outcome.mistake) for outcome in alone.outcomes
    }.items() <= ended.items()
    assert 0 < alone.max_points < whole.max_points
    assert alone.points == pytest.approx(sum(outcome.points for outcome in alone.outcomes), abs=0.01)


def test_what_nobody_asked_for_and_nothing_rests_on_is_not_run():
    last = number_of("train_loop")
    run_for, numbers = points.choose(PRICED, (number_of("loss"),), KIT)
    assert not any(one.check.part == last for one in run_for)
    assert {one.check.part for one in PRICED if one.check.number in numbers} == {
        KIT.file_number,
        number_of("loss"),
    }
    run_for, _ = points.choose(PRICED, ("train_loop",), KIT)
    assert len(run_for) == len(PRICED), "it rests on everything"
    assert points.choose(PRICED, (), KIT)[0] == PRICED


def test_a_number_means_what_it_means_on_the_page():
    part = number_of("backward")
    of_part = {one.check.number for one in PRICED if one.check.part == part}
    _, numbers = points.choose(PRICED, (part,), KIT)
    assert of_part < numbers
    one = sorted(of_part)[0]
    assert one in points.choose(PRICED, (one,), KIT)[1]
    for name in ("9.9", part[:-1], "nothing", f"{one}1"):
        with pytest.raises(UserError, match=f"there is no part, check or function {name}; the parts are"):
            points.choose(PRICED, (name,), KIT)


# --verbose


def test_the_staff_see_what_failed_alone_with_the_answer_beside_the_one_that_was_due():
    report = grade_source(zoo.by_name(SUMMED).source)
    said = printed(lambda *a: report_table.show(*a, verbose=True), report)
    causes = failures.causes(results_of(report, for_staff=True).tests)
    lines = [line for line in said.splitlines() if line.startswith("−")]
    assert len(lines) == len(causes) < sum(not outcome.passed for outcome in report.outcomes)
    assert zoo.by_name(SUMMED).says in lines[0]
    assert "yours" in said
    assert "expected" in said
    assert "nn.backward(" in said
    assert "initialize_weights" not in said
    assert said.splitlines()[-1] == f"{report.points:g} of {report.max_points:g} points"


def test_answers_stand_one_above_the_other_where_the_terminal_is_narrow():
    tests = results_of(grade_source(zoo.by_name(SUMMED).source), for_staff=True).tests
    for width, rows in ((200, 1), (80, 2)):
        said = printed(lost_points.show, tests, width=width)
        headings = [line for line in said.splitlines() if "yours" in line or "expected" in line]
        assert len(headings) == rows
        assert not any(len(line) > width for line in headings)


def test_what_is_not_written_is_one_line_and_what_somebody_wrote_is_text():
    said = printed(lost_points.show, results_of(grade_source(template()), for_staff=True).tests)
    (line,) = [line for line in said.splitlines() if line]
    assert line.startswith(f"−{KIT.totals.programming:g} not written yet: initialize_weights, ")
    said = printed(
        lost_points.show, [failing("1.2.1", output="Got [red]x[/red].\n\nMore."), failing("1.2.2")]
    )
    assert said == "−1 relu (1.2.1): Got [red]x[/red]. More.\n−1 relu (1.2.2): Wrong.\n"


def template():
    return (ROOT / "template" / "solution.py").read_bytes()


def test_a_check_that_failed_itself_is_shown_with_what_the_developers_need():
    report = grade_source(zoo.by_name(SUMMED).source)
    first = report.outcomes[0]
    broken = Report(KIT, "x.py", "", (type(first)(first.check, first.verdict, detail="Traceback ..."),))
    assert "Traceback ..." in printed(lambda *a: report_table.show(*a, verbose=True), broken)


# The command.


def test_several_files_are_shown_one_after_the_other_and_summed_up(summed):
    blank, only = ROOT / "template" / "solution.py", number_of("loss")
    code, said = run(summed, blank, "--only", only)
    most = next(part.points for part in KIT.parts if part.number == only)
    assert code == 0
    assert said.splitlines()[-2:] == [
        f"{most:g} of {most:g} points in {only} {summed}",
        f"0 of {most:g} points in {only} {blank}",
    ]
    contents = json.loads(run(blank, blank, "--json")[1])
    assert [content["score"] for content in contents] == [0, 0]


@table(
    ("options", "says"),
    [
        (["FILE", "none.py"], "none.py does not exist"),
        (["FILE", "FILE", "--results", "r.json"], "--results is for one submission; name one file."),
        (["FILE", "FILE", "--html", "x.html"], "--html is for one submission; name one file."),
        (["FILE", "FILE", "--open"], "--open is for one submission; name one file."),
        (["FILE", "--only", "1.1", "--json"], "--only shows a part, and --json the whole"),
        (["FILE", "--only", "1.1", "--html", "x.html"], "--only shows a part, and --html the whole"),
        (["FILE", "--only", "9.9"], "there is no part, check or function 9.9"),
    ],
)
def test_what_does_not_go_together_is_one_sentence_and_nothing_is_written(summed, tmp_path, options, says):
    options = [summed if word == "FILE" else word for word in options]
    before = sorted(tmp_path.iterdir())
    code, said = run(*options)
    assert code == 2
    assert says in said
    assert len(said.strip().splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_the_page_of_one_file_is_written_and_opened(summed, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    page = tmp_path / "pages" / "one.html"
    code, said = run(summed, "--html", page, "--open")
    assert (code, opened) == (0, [page.as_uri()])
    assert f"For the staff: {page}" in said
    html = page.read_text(encoding="utf-8")
    assert "summed.py" in html
    assert "Staff only" in html
    assert "def backward" in html


def test_without_a_name_the_page_lies_where_only_its_owner_reads_it(summed, tmp_path, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert "open that file by hand" in run(summed, "--open")[1]
    (page,) = tmp_path.glob("autograder-*/submission.html")
    assert page.parent.stat().st_mode & 0o777 == 0o700
