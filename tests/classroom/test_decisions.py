"""What people decide of a class: decided once, applied to whom it fits, shown apart, never an edit."""

import csv
import dataclasses
import datetime
import html
import json

import msgspec
import pytest

from autograder.assignment import config
from autograder.assignment.late import Late
from autograder.classroom import changes, concerns, gradebook, upload
from autograder.classroom.decisions import fitting, records, totals, totals_file
from autograder.classroom.pages import clusters, render
from autograder.common.errors import UserError
from autograder.gradescope import results
from autograder.grading.verdict import Verdict
from autograder.intake.handin import Person
from tests.classroom.samples import check, failing, record
from tests.table import table

KIT = config.load()
WHO = 'reason = "Because."\nby = "Ada"\nwhen = 2027-02-15\n'


def decided(*named):
    """Read decisions, each of these lines one, by Ada."""
    return records.parse("".join(f"[[decisions]]\n{lines}\n{WHO}" for lines in named))


def settled(grades, *named, late=None):
    return totals.settle(grades, decided(*named), msgspec.structs.replace(KIT, late=late))


def points(grades, *named, late=None):
    """Return the total of each submission in the order given."""
    found = settled(grades, *named, late=late)
    assert found.misfits == ()
    return [found.total(grade).points for grade in grades]


def worth(earned, number=1, **about):
    """Return a submission with so many points of the assignment, lost in checks 1.2.1 and 1.2.2."""
    most = KIT.totals.programming
    lost = round((most - earned) / 2, 2)
    own = [check("1.1.1", points=earned, most=earned)] if earned else []
    grade = record(number, *own, failing("1.2.1", most=lost), failing("1.2.2", most=lost, output="Other."))
    parts = tuple(
        msgspec.structs.replace(part, max_points=most if n == 0 else 0, points=earned if n == 0 else 0)
        for n, part in enumerate(grade.about.parts)
    )
    return grade.with_about(parts=parts, **about)


def late_by(days, earned, number=1, **handin):
    grade = worth(earned, number)
    changed = msgspec.structs.replace(grade.handin, days_late=days, late=bool(days), **handin)
    return grade.with_about(handin=changed)


MOST = KIT.totals.programming


# Whom it fits.


def test_a_mistake_is_decided_once_for_everybody_who_made_it():
    grades = [
        record(1, failing("1.2.1", mistake="relu/leaky"), failing("1.2.2", mistake="relu/leaky")),
        record(2, failing("1.2.1", mistake="relu/leaky"), check("1.2.2")),
        record(3, failing("1.2.1"), check("1.2.2")),
    ]
    assert points(grades, 'mistake = "relu/leaky"\npoints = 0.5') == [0.5, 1.5, 1]
    assert points(grades, 'mistake = "Diagnosis of relu/leaky."\npoints = 0.5') == [0.5, 1.5, 1]
    assert points(grades, 'mistake = "relu/leaky"\npoints = -0.75') == [0, 0.25, 1]
    assert [grade.score for grade in grades] == [0, 1, 1], "the grader's points are never edited"


def test_nobody_is_given_back_more_than_it_cost_however_many_decisions_there_are():
    grades = [record(1, failing("1.2.1", mistake="a"), failing("1.2.2", mistake="a", most=0.5))]
    assert points(grades, 'mistake = "a"\npoints = 20') == [1.5]
    assert points(grades, 'check = "1.2.1"\npoints = 0.75', 'mistake = "a"\npoints = 1') == [1.5]
    again = settled(grades, 'check = "1.2"\npoints = "all"', 'mistake = "a"\npoints = 1')
    assert again.total(grades[0]).points == 1.5
    assert "earlier decisions have already given back everything it cost" in again.misfits[0]


def test_all_is_what_it_cost_exactly_also_where_points_of_checks_are_rounded():
    thirds = [failing(f"1.2.{n}", most=0.33) for n in (1, 2, 3)]
    grade = record(1, *thirds)
    parts = [
        msgspec.structs.replace(part, max_points=1.0 if part.number == "1.2" else 0.0)
        for part in grade.about.parts
    ]
    assert points([grade.with_about(parts=tuple(parts))], 'check = "1.2"\npoints = "all"') == [1.0]


@table(
    ("written", "fits"),
    [
        ("1.2", [1, 2]),
        ("1.2.1", [1, 2]),
        ("1.2.10", [2]),
        ('["1.2.2", "1.2.10"]', [2]),
    ],
)
def test_a_check_is_named_as_it_is_shown_with_all_that_it_stands_for(written, fits):
    grades = [
        record(1, failing("1.2.1"), check("1.2.2")),
        record(2, failing("1.2.1"), failing("1.2.10")),
        record(3, check("1.2.1"), check("1.2.2")),
    ]
    written = written if written.startswith("[") else f'"{written}"'
    (ruling,) = settled(grades, f"check = {written}\npoints = 0.5").rulings
    assert [grade.key for grade, _ in ruling.members] == [f"student-{number:03}" for number in fits]


def test_a_mistake_that_is_not_recognised_is_called_as_the_page_words_it():
    grades = [
        record(1, failing("1.2.1", output="Got 0.3, not 0.5; see `x`.")),
        record(2, failing("1.2.1", output="Got 0.7, not 0.1; see `x`.")),
        record(3, failing("1.2.1", output="Raised.")),
        record(4, failing("1.2.1", verdict=Verdict.NOT_WRITTEN, output="Write it.")),
        record(5, failing("1.2.1", verdict=Verdict.GRADER_FAULT, output="Raised.")),
    ]
    for title in ("Got …, not …; see `x`.", "Got 0.3, not 0.5;  see x."):
        assert points(grades, f'mistake = "{title}"\npoints = "all"') == [1, 1, 0, 0, 0]
    assert points(grades, 'mistake = "`relu` is not written yet."\npoints = "all"') == [0, 0, 0, 1, 0]
    assert points(grades, 'mistake = "Raised."\npoints = "all"') == [0, 0, 1, 0, 0]
    assert points(grades, 'check = "1.2.1"\npoints = "all"') == [1, 1, 1, 1, 1]


def test_two_mistakes_that_differ_in_a_digit_are_two():
    grades = [record(n, failing(mistake=f"softmax/axis-{n}")) for n in (0, 1)]
    assert points(grades, 'mistake = "softmax/axis-1"\npoints = 0.5') == [0, 0.5]


@table(
    "written",
    ["id001", "S001@Example.org", "student-001", "Zoë  o'brien", "Zoe\N{COMBINING DIAERESIS} O'Brien"],
)
def test_a_person_is_known_by_number_address_key_or_name(written):
    grades = [record(1, failing(), name="Zoë O'Brien"), record(2, failing())]
    assert points(grades, f'person = "{written}"\npoints = 2') == [2, 0]


def test_a_name_that_several_have_decides_nothing():
    grades = [record(1, failing(), name="Li Wei"), record(2, failing(), name="Li Wei")]
    found = settled(grades, 'person = "li wei"\npoints = 2')
    assert [found.total(grade).points for grade in grades] == [0, 0]
    assert "several people are called li wei; give a number or an e-mail address." in found.misfits[0]


def test_what_one_person_is_decided_in_a_check():
    grades = [record(1, check("1.2.1"), failing("1.2.2")), record(2, failing("1.2.1"))]
    taken = 'person = "id001"\ncheck = "1.2.1"\npoints = -1'
    assert points(grades, taken) == [0, 0], "taken where it passed"
    given = settled(grades, 'person = "id001"\ncheck = "1.2.1"\npoints = 1')
    assert given.total(grades[0]).points == 1
    assert "nobody whom it names loses points there" in given.misfits[0]


def test_a_file_that_could_not_be_read_makes_no_mistake_but_a_person_can_be_given_points():
    grades = [record(1, failing(), status="refused"), record(2, failing())]
    assert points(grades, 'check = "1.2"\npoints = "all"') == [0, 1]
    assert points(grades, 'person = "id001"\npoints = 12.25') == [12.25, 0]


@table(
    ("named", "why"),
    [
        ('mistake = "relu/leeky"', "nobody makes this mistake; did you mean “relu/leaky”?"),
        ('mistake = "something else"', "nobody makes this mistake."),
        ('check = "1.9"', "there is no check 1.9."),
        ('check = "1.2.2"', "nobody whom it names loses points there."),
        ('person = "id01"', "nobody here is called id01; did you mean id001?"),
        ('mistake = "relu/leaky"\nperson = "id002"', "nobody whom it names makes this mistake there."),
    ],
)
def test_what_fits_nobody_is_named_with_the_line_and_stops_nothing(named, why):
    grades = [record(1, failing("1.2.1", mistake="relu/leaky"), check("1.2.2")), record(2, check("1.2.2"))]
    found = settled(grades, 'check = "1.2.1"\npoints = 0.5', f"{named}\npoints = 1")
    (sentence,) = found.misfits
    assert sentence.startswith("decisions.toml, line 7: the decision about ")
    assert " (Ada, 2027-02-15) applies to nobody: " in sentence
    assert sentence.endswith(why)
    assert found.total(grades[0]).points == 1.5
    assert sentence in [concern.sentence for concern in concerns.find(grades, totals=found)]


# What it adds up to.


def test_the_total_lies_between_nothing_and_the_maximum_whatever_the_order():
    high, low = worth(MOST - 1, 1), worth(1, 2)
    up, down = 'person = "id001"\npoints = 5', 'person = "id001"\npoints = -2'
    assert points([high], up) == [MOST]
    assert points([high], up, down) == points([high], down, up) == [MOST]
    assert points([low], 'person = "id002"\npoints = -3') == [0]
    total = settled([high], up).total(high)
    assert (total.grader, total.decided, total.beyond) == (MOST - 1, 5, -4)


def test_points_are_added_as_people_write_them():
    grades = [worth(0.1)]
    assert points(grades, *['person = "id001"\npoints = 0.1'] * 2) == [0.3]
    assert points(grades, *['person = "id001"\npoints = 0.01'] * 7) == [0.17]


@table(
    ("rule", "days", "earned", "left"),
    [
        ({"points_per_day": 2}, 0, 20, 20),
        ({"points_per_day": 2}, 3, 20, 14),
        ({"points_per_day": 2, "grace_days": 1}, 3, 20, 16),
        ({"points_per_day": 2, "grace_days": 5}, 3, 20, 20),
        ({"points_per_day": 30}, 1, 20, 0),
        ({"points_per_day": 0.1}, 3, 0.6, 0.3),
        ({"percent_per_day": 10}, 1, 20, 20 - MOST / 10),
        ({"percent_per_day": 100}, 1, 20, 0),
        ({"points_per_day": 2}, None, 20, 20),
    ],
)
def test_late_days_cost_what_the_assignment_says(rule, days, earned, left):
    assert points([late_by(days, earned)], late=Late(**rule)) == [pytest.approx(left, abs=1e-12)]


def test_late_days_are_rounded_for_the_student():
    rule = Late(percent_per_day=1 / 3)
    cost = 20 - points([late_by(1, 20)], late=rule)[0]
    assert MOST / 300 - 0.01 < cost <= MOST / 300


def test_decisions_come_first_then_late_days():
    late = [late_by(1, MOST - 1)]
    assert points(late, 'person = "id001"\npoints = 5', late=Late(points_per_day=3)) == [MOST - 3]
    low = [late_by(1, 1)]
    assert points(low, 'person = "id001"\npoints = -5', late=Late(points_per_day=3)) == [0]


def extended(grades, text, late):
    return totals.settle(grades, records.parse(text), msgspec.structs.replace(KIT, late=late))


def test_an_extension_moves_the_days_of_one_person_and_of_the_group():
    ada, ben = Person(name="Ada", id="a"), Person(name="Ben", id="b")
    grades = [late_by(3, 20, 1, people=(ada, ben)), late_by(3, 20, 2)]
    text = '[[extensions]]\nperson = "b"\ndays = 1\n[[extensions]]\nperson = "b"\ndays = 2\n'
    found = extended(grades, text, Late(points_per_day=2))
    assert [found.total(grade).points for grade in grades] == [18, 14]
    late = found.total(grades[0]).late
    assert late.words == "3 days late, less 2 of extension: 1 day at 2 points"
    assert extended(grades, text, None).total(grades[0]).points == 20


def test_an_extension_also_moves_the_last_day_and_a_stranger_is_named():
    noon = datetime.datetime.combine(KIT.dates.late_due, datetime.time(12))
    after = KIT.dates.in_zone(noon + datetime.timedelta(days=1, hours=13))
    grade = late_by(4, 20, submitted=after)
    (sentence,) = concerns.of(grade, KIT.dates)
    assert "too late to be accepted" in sentence
    found = extended([grade], '[[extensions]]\nperson = "id001"\ndays = 2\n', None)
    assert concerns.of(grade, KIT.dates, found) == []
    found = extended([grade], '[[extensions]]\nperson = "Nobody"\ndays = 2\n', None)
    assert found.misfits == (
        "decisions.toml, line 1: the extension of Nobody applies to nobody: nobody here is called Nobody.",
    )


def test_who_is_late_by_nobody_knows_how_much_is_named_and_loses_nothing():
    grade = late_by(None, 20)
    grade = grade.with_about(handin=msgspec.structs.replace(grade.handin, late=True))
    found = settled([grade], late=Late(points_per_day=2))
    assert found.total(grade).points == 20
    (sentence,) = concerns.of(grade, KIT.dates, found)
    assert "does not say by how many days" in sentence
    assert concerns.of(grade, KIT.dates) == []
    assert concerns.of(grade.with_about(status="missing"), KIT.dates, found) == []
    tried = concerns.of(grade.with_about(tried=("read secrets",)), KIT.dates, found)
    assert tried[1:] == [sentence], "the most urgent is said first, whatever it begins with"


# The file.


A_DECISION = "[[decisions]]\npoints = {}\n{}\n" + WHO


@table(
    ("text", "says"),
    [
        ("[[decisions]]\npoints = ", "is not valid TOML: Invalid value (at line 2"),
        (f"\n[[decisions]]\npionts = 1\n{WHO}", "line 2: the table contains unknown field `pionts`; did you"),
        (A_DECISION.format("1", ""), "line 1: the decision names no mistake, check or person"),
        (
            A_DECISION.format('"all"', 'person = "x"'),
            'line 1: "all" gives back what a mistake or a check cost',
        ),
        (A_DECISION.format('"half"', 'check = "1"'), "line 1: Invalid enum value 'half' - at `points`"),
        (A_DECISION.format("0", 'check = "1"'), "line 1: points = 0 is not possible"),
        (A_DECISION.format("nan", 'check = "1"'), "line 1: points = nan is not possible"),
        (A_DECISION.format("0.125", 'check = "1"'), "at most two decimals"),
        (A_DECISION.format("true", 'check = "1"'), "line 1: Expected `int | float | str`, got `bool`"),
        (A_DECISION.format("1", "check = 1.2"), "got `float` - at `check`; put it in quotes."),
        (A_DECISION.format("1", "person = 123"), "got `int` - at `person`; put it in quotes."),
        (
            A_DECISION.format("1", 'person = "x"').replace("Because.", " "),
            "`reason` is empty; say why",
        ),
        (A_DECISION.format("1", 'person = "x"').replace("Ada", ""), "line 1: `by` is empty; say who decides"),
        (A_DECISION.format("1", 'person = "x"').replace("by =", "# by"), "missing required field `by`"),
        ("# one\n[[decision]]\npoints = 1", "line 2: there is no `decision`; each record begins with"),
        ("[decisions]\npoints = 1", "line 1: write [[decisions]] with two brackets"),
        (
            '[[extensions]]\nperson = "x"\ndays = 0',
            "line 1: an extension needs a person, and a number of days, 1 or",
        ),
        (A_DECISION.format("1", 'check = "1"') + "[[extensions]]\nday = 1", "line 7: the table"),
        ("decisions = [{ points = 1 }]", "number 1 of decisions: the table"),
    ],
)
def test_a_broken_file_is_one_sentence_with_the_line(text, says):
    with pytest.raises(UserError) as caught:
        records.parse(text)
    assert says in str(caught.value)
    assert str(caught.value).startswith("decisions.toml")
    assert "\n" not in str(caught.value)


def test_what_is_not_utf8_is_told_with_the_line_and_what_editors_put_before_is_read(tmp_path):
    file = tmp_path / "decisions.toml"
    file.write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(UserError, match=r"line 2 is not UTF-8; save the file as UTF-8"):
        records.read(file)
    file.write_bytes('\N{BOM}[[extensions]]\r\nperson = "x"\r\ndays = 2\r\n'.encode())
    assert records.read(file).extensions[0].says.days == 2


def test_the_file_lies_beside_what_was_handed_in_or_is_named(tmp_path):
    submissions, grades = tmp_path / "in", tmp_path / "grades"
    for folder in (submissions, grades / "for-staff"):
        folder.mkdir(parents=True)
    assert records.of_class(submissions, grades, None).extensions == ()
    text = '[[extensions]]\nperson = "x"\ndays = 2\n'
    (tmp_path / "decisions.toml").write_text(text)
    assert len(records.of_class(submissions, grades, None).extensions) == 1
    with pytest.raises(UserError, match=r"other\.toml cannot be read"):
        records.of_class(submissions, grades, tmp_path / "other.toml")
    for folder in (submissions, grades / "for-staff"):
        unread = folder / "decisions.toml"
        unread.write_text(text)
        with pytest.raises(
            UserError, match=r"is not read from there; move it to .*decisions\.toml, or name it"
        ):
            records.of_class(submissions, grades, None)
        assert len(records.of_class(submissions, grades, unread).extensions) == 1
        unread.unlink()


@table(
    "mistake",
    ["relu/leaky", 'He said "no" \\ `x`', "two\nlines \N{DELETE}\t", "Zoë 中文 ]] [[decisions]]"],
)
def test_what_is_copied_from_a_page_is_the_mistake_again(mistake):
    text = records.snippet(mistake=mistake, checks=("1.2.1", "1.2.2"))
    filled = (
        text.replace("points =  ", "points = 1")
        .replace('""', '"x"')
        .replace("when =   ", "when = 2027-02-15")
    )
    (one,) = records.parse(filled).decisions
    assert (one.says.mistake, one.says.checks) == (mistake, ("1.2.1", "1.2.2"))
    with pytest.raises(UserError, match=r"line \d"):
        records.parse(text)


# What is written.


def test_the_gradebook_and_the_platforms_get_the_total_and_the_grader_stands_apart(tmp_path):
    grades = [late_by(2, 20, 1), late_by(0, 20, 2), worth(0, 3, status="grader fault", grader_sha256="")]
    late = Late(points_per_day=1.5)
    found = settled(grades, 'person = "id001"\npoints = -0.5', 'person = "id002"\npoints = 1', late=late)
    gradebook.write(grades, tmp_path / "grades.csv", KIT.dates, found)
    upload.write_tables(grades, KIT, "plain", tmp_path, found)

    def read(name):
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    columns = ("total", "score", "decisions", "late_points")
    assert [tuple(row[name] for name in columns) for row in read("grades.csv")] == [
        ("16.5", "20", "-0.5", "-3"),
        ("21", "20", "1", "0"),
        ("0", "0", "0", "0"),
    ]
    assert [row["Grade"] for row in read("moodle.csv")] == ["16.5", "21", ""]
    assert [row[KIT.title] for row in read("canvas.csv")] == ["16.5", "21", ""]
    by_hand = settled(grades, 'person = "id003"\npoints = 12')
    upload.write_tables(grades, KIT, "plain", tmp_path, by_hand)
    assert [row["Grade"] for row in read("moodle.csv")] == ["20", "20", "12"]


def test_a_student_reads_what_was_decided_and_why_but_not_by_whom():
    grades = [late_by(2, 20, 1), late_by(0, 20, 2)]
    late = Late(points_per_day=1.5)
    text = decided('person = "id001"\npoints = 2.25')
    (one,) = text.decisions
    said = msgspec.structs.replace(one.says, reason="<b>Half</b> of it & `x`.")
    text = dataclasses.replace(text, decisions=(records.Placed(one.where, said),))
    found = totals.settle(grades, text, msgspec.structs.replace(KIT, late=late))
    page = render.feedback(grades[0], KIT, found)
    assert "<strong>19.25</strong>" in page
    for words in (
        "&lt;b&gt;Half&lt;/b&gt; of it &amp; `x`.",
        "+2.25",
        "−3",
        "2 days late: 2 days at 1.5 points",
    ):
        assert words in page
    assert "Ada" not in page
    other = render.feedback(grades[1], KIT, found)
    assert "<strong>20</strong>" in other
    assert "course staff:" not in other


def test_the_index_shows_decisions_with_who_when_and_for_whom_and_the_lines_for_new_ones():
    grades = [
        record(1, failing("1.2.1", mistake="relu/leaky")),
        record(2, failing("1.2.1", output='Said "<b>" 3.')),
        record(3, failing("1.2.1", verdict=Verdict.NOT_WRITTEN)),
    ]
    plain = render.index(grades, KIT)
    assert 'id="decisions"' not in plain
    assert "mistake = &#34;relu/leaky&#34;" in plain
    assert r"mistake = &#34;Said \&#34;&lt;b&gt;\&#34; 3.&#34;" in plain
    assert plain.count("[[decisions]]") == 2, "what is not written is nothing to decide"
    text = f'[[decisions]]\nmistake = "relu/leaky"\npoints = 0.5\n{WHO}'
    text += '[[extensions]]\nperson = "id002"\ndays = 2\n'
    found = totals.settle(grades, records.parse(text), KIT)
    page = render.index(grades, KIT, totals=found)
    section = page.split('id="decisions"')[1].split("</section>")[0]
    for words in ("1 submission, +0.5:", "Because.", "Ada", "2027-02-15", "decisions.toml, line 1", "2 days"):
        assert words in section
    assert 'data-kind="number">Total</th>' in page


def test_the_page_of_a_student_has_the_lines_to_decide_about_them():
    grades = [record(1, failing("1.2.1")), record(2, failing("1.2.1"))]
    page = render.staff_page(grades[0], None, KIT)
    lines = html.unescape(page.split('<pre class="paste">')[1].split("</pre>")[0])
    filled = lines.replace("points =  ", "points = 2").replace("when =   ", "when = 2027-02-15")
    decision = records.parse(filled.replace('""', '"x"')).decisions[0].says
    assert [fit.grade for fit in fitting.find(decision, grades)] == grades[:1]


def a_folder(path, grades, found):
    (path / "for-staff" / "results").mkdir(parents=True)
    for grade in grades:
        results.write(grade, path / "for-staff" / "results" / f"{grade.key}.json")
    if found:
        totals_file.write(found, path)
    return path


def test_diff_shows_the_grader_decisions_and_late_days_apart(tmp_path):
    before = [record(1, failing("1.2.1")), record(2, failing("1.2.1")), record(3, check()), late_by(1, 20, 4)]
    after = [
        record(1, failing("1.2.1")),
        record(2, check("1.2.1"), grader_sha256="g2"),
        record(3, check()),
        before[3],
    ]
    new = totals.settle(
        after,
        decided('person = "id001"\npoints = 2', 'person = "id002"\npoints = 0.5'),
        msgspec.structs.replace(KIT, late=Late(points_per_day=3)),
    )
    found = changes.between(a_folder(tmp_path / "old", before, None), a_folder(tmp_path / "new", after, new))
    assert [(m.new.key, m.by, m.by_grader, m.by_people, m.cause) for m in found.moves] == [
        ("student-004", -3, 0, {"late days": -3}, "late days changed"),
        ("student-001", 2, 0, {"decisions": 2}, "decisions changed"),
        ("student-002", 1.5, 1, {"decisions": 0.5}, "the grader changed; decisions changed"),
    ]
    assert found.fault == ""
    assert found.summary == "3 of 4 scores change: 2 up, 1 down; in late days (1), decisions (2), 1.2.1 (1)."
    one = changes.content(found)["moves"][1]
    assert one["old"] == {"score": 0, "decisions": 0, "late_points": 0, "total": 0, "status": "graded"}
    assert one["new"] == {"score": 0, "decisions": 2, "late_points": 0, "total": 2, "status": "graded"}


def test_totals_that_are_older_than_the_results_are_not_compared(tmp_path):
    old = a_folder(tmp_path / "old", [record(1, check())], settled([record(1, failing())]))
    with pytest.raises(UserError, match="older than the results beside it; let `class` finish"):
        changes.between(old, old)
    (old / "for-staff" / "totals.json").write_text("{")
    with pytest.raises(UserError, match="holds no totals of this grader"):
        changes.between(old, old)


def test_totals_are_plain_json_and_read_back_as_they_were(tmp_path):
    grades = [late_by(2, 20)]
    found = settled(grades, 'person = "id001"\npoints = 1', late=Late(points_per_day=1))
    folder = a_folder(tmp_path / "one", grades, found)
    content = json.loads((folder / "for-staff" / "totals.json").read_text(encoding="utf-8"))
    assert (content["student-001"]["grader"], content["student-001"]["points"]) == (20, 19)
    assert totals_file.read(folder, grades).of == found.of


def test_every_cluster_of_a_page_can_be_named():
    """What `called` says must be what the pages show: the two are apart."""
    grades = [
        record(1, failing("1.2.1", mistake="relu/leaky"), failing("1.2.2", output="Got 3.")),
        record(2, failing("1.2.1", verdict=Verdict.NOT_WRITTEN), failing("1.2.2", output="Got 4.")),
    ]
    for cluster in clusters.find(grades):
        decision = decided(f"mistake = {json.dumps(cluster.title)}\npoints = 1").decisions[0].says
        members = {one.key for one in cluster.members} | cluster.elsewhere
        assert {fit.grade.key for fit in fitting.find(decision, grades)} == members
