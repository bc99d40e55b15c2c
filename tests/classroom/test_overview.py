"""The figures of a class: scores, success rates, and what somebody must look at."""

import msgspec
import pytest

from autograder.classroom import concerns
from autograder.classroom.pages import item_analysis, statistics
from autograder.grading.verdict import Verdict
from tests.classroom.samples import check, failing, record
from tests.table import table


@table(
    ("most", "bars", "width"),
    [(35, 18, 2), (20, 20, 1), (100, 20, 5), (1, 2, 0.5), (40, 20, 2), (5, 10, 0.5)],
)
def test_bars_have_a_round_width(most, bars, width):
    drawn = statistics.histogram([], most)
    assert (len(drawn), drawn[0].high) == (bars, width)
    assert drawn[-1].high == most


def test_every_score_is_in_one_bar():
    scores = [0, 1.99, 2, 33.9, 34, 35, 36]  # 36: points were lowered after the grading
    bars = statistics.histogram(scores, 35)
    assert sum(bar.count for bar in bars) == len(scores)
    assert (bars[0].count, bars[1].count, bars[-1].count) == (2, 1, 3)


def test_success_rates_count_those_who_were_graded():
    grades = [
        record(1, check("1.2.9"), check("1.2.10")),
        record(2, failing("1.2.9"), check("1.2.10")),
        record(3, failing("1.2.9"), status="refused"),
        record(4, status="missing"),
    ]
    rates = statistics.sum_up(grades, 35).rates
    assert [(rate.number, rate.passed, rate.graded, rate.percent) for rate in rates] == [
        ("1.2.9", 1, 2, 50),
        ("1.2.10", 2, 2, 100),
    ]


def test_median_and_mean_leave_out_what_was_not_graded():
    grades = [record(n, check(points=n, most=9)) for n in (1, 2, 6)] + [record(9, status="missing")]
    summary = statistics.sum_up(grades, 35)
    assert (summary.median, summary.mean) == (2, 3)
    assert summary.statuses == {"graded": 3, "missing": 1}
    assert statistics.sum_up([], 35).median == 0


def test_somebody_must_look_at_faults_attempts_and_what_was_not_isolated_in_this_order():
    grades = [
        record(1, check("1.2.1"), failing("1.2.2", verdict=Verdict.GRADER_FAULT)),
        record(2, status="grader fault", notes=("No worker came up.",)),
        record(3, check(), not_isolated="not isolated: x."),
        record(4, check(), not_isolated="not isolated: x."),
        record(5, failing()),
        record(6, check(), tried=("read secrets",)),
    ]
    assert [
        (concern.sentence, [grade.key for grade in concern.members]) for concern in concerns.find(grades)
    ] == [
        ("Not graded, through no fault of the student. No worker came up.", ["student-002"]),
        ("The grader itself failed in 1.2.2.", ["student-001"]),
        (
            "The submission tried, without success, to read secrets. It keeps the score that it earned.",
            ["student-006"],
        ),
        ("not isolated: x.", ["student-003", "student-004"]),
    ]


@table(
    ("grade", "sentence"),
    [
        (record(1, failing()), ""),
        (record(1, status="missing"), "No file was handed in."),
        (record(1, status="missing", notes=("Only a PDF was handed in.",)), "Only a PDF was handed in."),
        (
            record(1, failing(output="Your file is empty."), failing(), status="refused"),
            "Your file is empty.",
        ),
        (record(1, status="refused", notes=("The archive is broken.",)), "The archive is broken."),
        (record(1, status="grader fault", notes=("No worker came up.",)), "No worker came up."),
    ],
)
def test_why_a_file_was_not_graded(grade, sentence):
    assert statistics.why_not_graded(grade) == sentence


def scored(*scores, passing=lambda score: score > 0):
    """Return submissions with these scores, and one check that those pass whose score is so."""
    grades = [record(n, check(points=float(passing(score)))) for n, score in enumerate(scores)]
    return [msgspec.structs.replace(grade, score=score) for grade, score in zip(grades, scores, strict=True)]


@table(
    ("scores", "passing", "index"),
    [
        (range(9), lambda score: score > 5, 1),
        (range(9), lambda score: score < 3, -1),
        (range(9), lambda score: score > 7, 1 / 3),
        (range(9), lambda score: True, 0),
        ([5] * 9, lambda score: True, 0),
        # The upper third is 9 and two of the four who have 8, of whom each counts one half.
        ([0, 0, 0, 1, 8, 8, 8, 8, 9], lambda score: score > 8, 1 / 3),
        (range(10), lambda score: score > 5, 1),
    ],
)
def test_discrimination_is_the_best_third_less_the_weakest(scores, passing, index):
    grades = scored(*map(float, scores), passing=passing)
    assert item_analysis.discrimination(grades)["1.2.1"] == pytest.approx(index)
    assert item_analysis.discrimination(grades[::-1])["1.2.1"] == pytest.approx(index)


def test_a_small_class_has_no_discrimination():
    assert item_analysis.discrimination(scored(*range(item_analysis.FEWEST - 1))) == {}
    assert statistics.sum_up(scored(1, 2), 35).rates[0].discrimination is None


def test_ties_at_the_edge_count_in_part_whoever_they_are():
    scores = [0, 0, 0, 1, 8, 8, 8, 8, 9]
    grades = scored(*scores)
    for lucky in range(4, 8):
        checks = [check(points=float(n == lucky)) for n in range(9)]
        tried = [msgspec.structs.replace(g, tests=(c,)) for g, c in zip(grades, checks, strict=True)]
        assert item_analysis.discrimination(tried)["1.2.1"] == pytest.approx(1 / 6)


def test_only_written_code_can_have_a_recognised_mistake():
    blank = failing("1.2.1", verdict=Verdict.NOT_WRITTEN)
    grades = [record(1, blank), record(2, failing("1.2.1", mistake="a")), record(3, failing("1.2.1"))]
    (rate,) = statistics.sum_up(grades, 35).rates
    assert (rate.failed, rate.written, rate.recognised) == (3, 2, 1)


def test_notes_come_with_everybody_who_got_them_the_most_frequent_first():
    grades = [
        record(1, notes=("Rare.", "Common.")),
        record(2, notes=("Common.", "Common.")),
        record(3, status="refused", notes=("Common.",)),
    ]
    assert [(note, len(members)) for note, members in statistics.notes(grades)] == [
        ("Common.", 2),
        ("Rare.", 1),
    ]
