"""The same mistake: who made it, what it is called, and in which order mistakes come."""

import msgspec

from autograder.classroom.pages import clusters
from autograder.gradescope.results import Explanation
from autograder.grading.verdict import Verdict
from tests.classroom.samples import check, failing, record


def found(*grades):
    return [
        (cluster.kind, cluster.title, cluster.numbers, [member.key[-3:] for member in cluster.members])
        for cluster in clusters.find(grades)
    ]


def test_who_passes_makes_no_mistake():
    assert found(record(1, check()), record(2)) == []


def test_a_recognised_mistake_is_one_however_many_checks_show_it():
    grades = [
        record(2, failing("1.2.1", mistake="relu/leaky"), failing("1.2.10", "Other.", mistake="relu/leaky")),
        record(1, failing("1.2.2", mistake="relu/leaky")),
    ]
    title = "Diagnosis of *relu/leaky*."
    assert found(*grades) == [("recognised", title, ("1.2.1", "1.2.2", "1.2.10"), ["001", "002"])]
    assert clusters.find(grades)[0].lost == 1.5


def test_a_mistake_without_a_sentence_goes_by_its_name():
    silent = msgspec.structs.replace(
        failing(), explanation=Explanation(verdict=Verdict.WRONG, mistake="relu/old")
    )
    assert clusters.find([record(1, silent)])[0].title == "relu/old"


def test_the_same_name_in_two_functions_is_two_mistakes():
    grades = [
        record(
            1,
            failing("1.2.1", mistake="in-place"),
            failing("1.2.6", mistake="in-place", function="softmax"),
        )
    ]
    assert len(found(*grades)) == 2


def test_recognised_comes_first_then_not_written_then_the_rest_and_the_most_frequent_before_others():
    blank = {"verdict": Verdict.NOT_WRITTEN, "output": "`relu` is not written yet."}
    grades = [
        *(record(n, failing("1.1.1", "Something.")) for n in range(4)),
        *(record(n, failing("1.1.2", "Else.")) for n in range(4, 9)),
        *(record(n, failing("1.2.1", **blank), failing("1.2.2", **blank)) for n in range(9, 11)),
        record(11, failing("1.2.1", mistake="relu/leaky")),
    ]
    assert [(kind, title) for kind, title, _, _ in found(*grades)] == [
        ("recognised", "Diagnosis of *relu/leaky*."),
        ("not written", "`relu` is not written yet."),
        ("other", "Else."),
        ("other", "Something."),
    ]


def test_numbers_do_not_keep_the_unrecognised_apart_but_names_and_checks_do():
    def wrong(number, shape, which="dW1", at="1.4.1"):
        return record(number, failing(at, f"{which} has shape {shape} (R15).", function="backward"))

    grades = [
        wrong(1, "(3, 2)"),
        wrong(2, "(4, -1.5e3)"),
        wrong(3, "(3, 2)", "dW2"),
        wrong(4, "(3, 2)", at="1.4.2"),
    ]
    assert found(*grades) == [
        ("other", "dW1 has shape (…, …) (R15).", ("1.4.1",), ["001", "002"]),
        ("other", "dW2 has shape (3, 2) (R15).", ("1.4.1",), ["003"]),
        ("other", "dW1 has shape (3, 2) (R15).", ("1.4.2",), ["004"]),
    ]


def test_verdicts_keep_the_unrecognised_apart():
    grades = [record(1, failing(verdict=Verdict.RAISED)), record(2, failing(verdict=Verdict.WRONG))]
    assert len(found(*grades)) == 2


def test_the_input_that_shows_it_is_no_part_of_the_mistake():
    outputs = [f"Wrong.\n\nThis shows it:\n\n```python\nx = {x}\n```\n" for x in ("[1]", "[[1, 2]]")]
    grades = [record(number, failing(output=output)) for number, output in enumerate(outputs)]
    assert found(*grades) == [("other", "Wrong.", ("1.2.1",), ["000", "001"])]


def test_what_the_same_people_read_in_several_checks_is_one_entry():
    grades = [record(n, failing("1.2.1"), failing("1.2.2")) for n in (1, 2)]
    assert found(*grades) == [("other", "Wrong.", ("1.2.1", "1.2.2"), ["001", "002"])]
    assert clusters.find(grades)[0].lost == 2


def test_a_symptom_stands_with_the_recognised_mistake_of_the_same_function():
    grades = [
        *(record(n, failing("1.2.1", mistake="relu/leaky"), failing("1.2.2", "Follows.")) for n in (1, 2)),
        record(3, failing("1.2.2", "Follows.")),
        record(4, failing("1.2.1", mistake="relu/leaky")),
        record(5, failing("1.2.1", mistake="relu/leaky"), failing("1.3.1", "Another.", function="tanh")),
    ]
    assert [(title, members) for _, title, _, members in found(*grades)] == [
        ("Diagnosis of *relu/leaky*.", ["001", "002", "004", "005"]),
        ("Follows.", ["003"]),
        ("Another.", ["005"]),
    ]
    recognised, follows, another = clusters.find(grades)
    assert recognised.symptoms == (clusters.Symptom("Follows.", "1.2.2", 2),)
    assert (recognised.numbers, recognised.lost) == (("1.2.1",), 1)
    assert (len(follows.elsewhere), len(another.elsewhere)) == (2, 0)


def test_a_symptom_stands_with_the_mistake_that_most_checks_show():
    checks = [
        failing("1.2.1", mistake="relu/leaky"),
        failing("1.2.2", mistake="relu/squared"),
        failing("1.2.3", mistake="relu/squared"),
        failing("1.2.4", "Follows."),
    ]
    assert {one.mistake: len(one.symptoms) for one in clusters.find([record(1, *checks)])} == {
        "relu/leaky": 0,
        "relu/squared": 1,
    }


def test_what_somebody_did_not_write_is_one_entry_with_those_who_did_not_write_the_same():
    def blank(number, *functions):
        return record(
            number,
            *(
                failing(f"1.2.{place}", function=function, verdict=Verdict.NOT_WRITTEN)
                for place, function in enumerate(functions, 1)
            ),
        )

    grades = [blank(1, "relu", "tanh"), blank(2, "relu", "tanh"), blank(3, "tanh"), blank(4, *"abcdefg")]
    assert [(title, members) for _, title, _, members in found(*grades)] == [
        ("`relu` and `tanh` are not written yet.", ["001", "002"]),
        ("`a`, `b`, `c` and 4 more are not written yet.", ["004"]),
        ("`tanh` is not written yet.", ["003"]),
    ]


def test_what_was_refused_and_what_the_grader_failed_in_is_left_out():
    grades = [
        record(1, failing("1.0.1", verdict=Verdict.NOT_LOADED), status="refused"),
        record(2, failing(verdict=Verdict.GRADER_FAULT)),
    ]
    assert found(*grades) == []
