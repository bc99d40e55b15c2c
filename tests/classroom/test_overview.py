"""The figures of a class: scores, success rates, and what somebody must look at."""

from autograder.classroom import concerns
from autograder.classroom.pages import statistics
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


def test_somebody_must_look_at_faults_and_at_what_was_not_isolated():
    grades = [
        record(1, check("1.2.1"), failing("1.2.2", verdict=Verdict.GRADER_FAULT)),
        record(2, status="grader fault", notes=("No worker came up.",)),
        record(3, check(), not_isolated="not isolated: x."),
        record(4, check(), not_isolated="not isolated: x."),
        record(5, failing()),
    ]
    assert [
        (concern.sentence, [grade.key for grade in concern.members]) for concern in concerns.find(grades)
    ] == [
        ("Not graded, which is not the student's mistake. No worker came up.", ["student-002"]),
        ("The grader itself failed in 1.2.2.", ["student-001"]),
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
