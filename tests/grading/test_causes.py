"""Each cause is told once, with the checks that it costs; the others point to it."""

import dataclasses

from autograder.grading import causes
from autograder.grading.report import Check, Outcome
from autograder.grading.verdict import Verdict


def outcome(number, reason, *, visibility="visible", verdict=Verdict.WRONG, **more):
    check = Check(
        number=number,
        part="1.4",
        title="",
        function="NN.backward",
        shown="backward",
        max_points=1.0,
        visibility=visibility,
    )
    return Outcome(check, verdict, reason, **more)


def causes_of(*outcomes):
    return [one.cause for one in causes.tell_once(list(outcomes))]


def told(*outcomes):
    return [one.words for one in causes.tell_once(list(outcomes))]


def test_the_first_tells_it_and_names_the_others():
    same = "`backward` raises ValueError."
    assert told(outcome("1.4.1", same), outcome("1.4.2", same), outcome("1.4.3", "Another.")) == [
        f"{same} Failing for the same reason: 1.4.2.",
        "See 1.4.1.",
        "Another.",
    ]


def test_a_recognised_mistake_keeps_what_each_check_saw():
    one, other = (
        outcome(number, f"{saw} You sum (R15).", mistake="backward/gradient-summed", symptom=saw)
        for number, saw in (("1.4.1", "dW1 is off."), ("1.4.2", "dW2 is off."))
    )
    assert told(one, other) == [
        "dW1 is off. You sum (R15). Failing for the same reason: 1.4.2.",
        "dW2 is off. The cause is the same as in 1.4.1.",
    ]


def test_numbers_and_places_do_not_make_another_cause():
    one = outcome(
        "1.4.1",
        'grads["dW2"] has shape (2, 2, 4), but should have shape (2, 4). All other entries are right. '
        "`backward` was called with `labels` of shape (2, 4).",
    )
    other = outcome(
        "1.4.8",
        'grads["dW3"], for 32 rows, has shape (32, 256, 10), but should have shape (256, 10). '
        "Also wrong: dW2, dW1. `backward` was called with `labels` of shape (32, 10).",
    )
    assert told(one, other)[1] == (
        'grads["dW3"], for 32 rows, has shape (32, 256, 10), but should have shape (256, 10). See 1.4.1.'
    )


def test_nobody_is_pointed_to_what_they_may_not_read():
    same = "`backward` raises ValueError."
    assert told(outcome("1.4.1", same, visibility="hidden"), outcome("1.4.2", same)) == [same, same]


def test_what_points_elsewhere_already_stays_as_it_is():
    unread = outcome("1.4.1", "Not graded: see 1.0.1.", verdict=Verdict.NOT_LOADED)
    again = dataclasses.replace(unread, check=dataclasses.replace(unread.check, number="1.4.2"))
    assert told(unread, again) == ["Not graded: see 1.0.1."] * 2


def test_who_points_says_to_which_check():
    same = "`backward` raises ValueError."
    outcomes = outcome("1.4.1", same), outcome("1.4.2", same), outcome("1.4.3", "Another.")
    assert causes_of(*outcomes) == ["", "1.4.1", ""]
