"""The leaderboard: for who has all points, from the sandbox alone, and nothing is ever lost by it."""

import dataclasses
import json
import re

import numpy as np
import pytest

from autograder.assignment import config
from autograder.common.errors import UserError
from autograder.gradescope import container, package, smoke_test
from autograder.gradescope.from_report import results_of
from autograder.gradescope.results import to_json
from autograder.grading import leaderboard
from autograder.intake.submission import accept
from autograder.problems.mlp import leaderboard as mlp
from handout import building, vocabulary
from tests.conftest import grade_source
from tests.table import table

TABLE = """
[leaderboard]
problem = "mlp"
by = ["accuracy", "seconds"]
n_epochs = 1
seconds = 20
"""
WITHOUT = re.sub(r"(?m)^\[leaderboard\]\n(.+\n)*", "", config.TOML_PATH.read_text(encoding="utf-8"))


def with_board(**changed):
    text = TABLE
    for key, value in changed.items():
        text = re.sub(rf"(?m)^{key} = .*", f"{key} = {value}", text)
    return config.parse(WITHOUT + text)


@pytest.fixture(scope="module")
def graded(reference_source):
    return grade_source(reference_source.encode())


def entered(graded, source, **changed):
    """Say what the leaderboard makes of a source that has got all points."""
    report = dataclasses.replace(graded, assignment=with_board(**changed))
    return leaderboard.entered(report, accept("solution.py", source.encode()))


def test_it_is_off_unless_the_assignment_asks_for_it(graded):
    if config.load().leaderboard is None:
        assert leaderboard.entered(graded, accept("solution.py", b"")) is graded
    assert "leaderboard" not in json.loads(to_json(results_of(graded)))


def test_who_has_all_points_is_on_it_with_the_same_accuracy_each_time(graded, reference_source):
    one, other = (entered(graded, reference_source, n_epochs=2) for _ in range(2))
    accuracy, seconds = json.loads(to_json(results_of(one)))["leaderboard"]
    assert (accuracy["name"], accuracy["order"]) == ("Accuracy", "desc")
    assert (seconds["name"], seconds["order"]) == ("Seconds to train", "asc")
    assert 1 / mlp.N_CLASSES / 2 < accuracy["value"] < 1
    assert seconds["value"] > 0
    assert other.leaderboard[0] == one.leaderboard[0]
    assert (one.points, one.notes) == (graded.points, graded.notes)
    assert [entry.name for entry in entered(graded, reference_source, by='["seconds"]').leaderboard] == [
        "Seconds to train"
    ]


@pytest.mark.leaderboard
def test_a_better_network_is_higher_up(graded, reference_source):
    better = re.sub(r"\blr=[^,]*,", "lr=0.2,", reference_source)
    assert better != reference_source
    first, second = (
        entered(graded, source, n_epochs=4).leaderboard[0].value for source in (better, reference_source)
    )
    assert first > second


TRAIN = "    def train_loop(self, n_epochs):\n"


@table(
    ("old", "new", "says"),
    [
        (TRAIN, TRAIN + "        raise ValueError('tired')\n", "`train_loop` raises ValueError (`tired`)"),
        (TRAIN, TRAIN + "        while True:\n            pass\n", "`train_loop`"),
        (TRAIN, TRAIN + "        import os\n        os._exit(0)\n", "`train_loop`"),
        (
            "        return cache\n",
            "        return [1] if len(x) == 100 else cache\n",
            "`forward` returned no Z",
        ),
        (
            "        return cache\n",
            "        return {'Z1': x * np.nan} if len(x) == 100 else cache\n",
            "does not return a finite number",
        ),
        (
            "        return cache\n",
            "        return {'Z12': 'x'} if len(x) == 100 else cache\n",
            "does not return a finite number",
        ),
    ],
)
def test_what_cannot_be_trained_is_not_on_it_and_loses_nothing(graded, reference_source, old, new, says):
    assert reference_source.count(old) == 1
    seconds = 0.5 if "while True" in new else 20
    one = entered(graded, reference_source.replace(old, new), seconds=seconds)
    assert one.leaderboard == ()
    assert one.points == graded.points
    assert one.notes[-1].startswith("This submission is not on the leaderboard, which costs no points: ")
    assert says in one.notes[-1]


@pytest.mark.leaderboard
@table(
    ("old", "new", "says"),
    [
        (
            "for _ in range(n_epochs):",
            "for _ in range(n_epochs if len(self.train[0]) < 99 else 0):",
            "not those",
        ),
        ("np.sum(dA, axis=0, keepdims=True)", "np.sum(dA, axis=0, keepdims=True) * 0.9", "not those"),
        (TRAIN, TRAIN + "        self.weights = {'W1': 3}\n        return self.train_logs\n", "right shape"),
    ],
)
def test_who_trains_less_is_not_faster(graded, reference_source, old, new, says):
    assert reference_source.count(old) == 1
    one = entered(graded, reference_source.replace(old, new), by='["seconds"]', n_epochs=2)
    assert one.leaderboard == ()
    assert says in one.notes[-1]


@pytest.mark.leaderboard
def test_time_is_for_float32_too(graded, reference_source):
    old = '            self.weights[f"W{layer}"] = W  #'
    assert reference_source.count(old) == 1
    source = reference_source.replace(old, old.replace("W  #", "W.astype(np.float32)  #"))
    assert len(entered(graded, source, by='["seconds"]', n_epochs=10).leaderboard) == 1


def test_a_fault_of_the_grader_costs_nothing_either(graded, reference_source, monkeypatch):
    monkeypatch.setattr(mlp, "accuracy", lambda *_: 1 / 0)
    one = entered(graded, reference_source)
    assert (one.points, one.leaderboard) == (graded.points, ())
    assert one.notes[-1].endswith("the grader itself failed here; please tell the course staff.")


def test_who_lacks_points_is_told_and_not_trained(graded, monkeypatch):
    monkeypatch.setattr(leaderboard, "Connection", None)
    report = dataclasses.replace(graded, assignment=with_board(), outcomes=graded.outcomes[:-1])
    assert leaderboard.entered(report, accept("solution.py", b"x = 1")).notes[-1] == leaderboard.ALL_POINTS


def test_labels_that_are_held_out_never_leave_the_grader():
    met = []

    class Student:
        def NN(self, *, data, seed):  # noqa: N802
            met.extend(array for split in data for array in split)
            return self

        def train_loop(self, n_epochs):
            assert n_epochs == 3

        def forward(self, x):
            met.append(x)
            return {
                "Z1": np.zeros((len(x), mlp.N_CLASSES)),
                "Z2": np.eye(mlp.N_CLASSES)[np.zeros(len(x), int)],
            }

    training, _, (x, labels) = mlp.splits(7)
    accuracy = mlp.accuracy(Student(), 3, 7)
    assert accuracy == np.mean(labels[:, 0])
    assert np.array_equal(np.concatenate(met[6:]), x)
    assert not any(array.shape == labels.shape and np.array_equal(array, labels) for array in met)
    seen = {tuple(row) for row in np.concatenate([met[0], met[2]])}
    assert not [row for row in x if tuple(row) in seen]
    assert not np.array_equal(mlp.splits(8)[0][0], training[0]), "another seed, other rows"


@table(
    ("changed", "says"),
    [
        ({"problem": '"sizes"'}, "[leaderboard] cannot train the problem 'sizes'; mlp can."),
        ({"by": "[]"}, '[leaderboard] has no columns; write by = ["accuracy"], ["seconds"], or both.'),
        ({"by": '["speed"]'}, "assignment.toml: "),
        ({"n_epochs": "0"}, "assignment.toml: "),
        ({"seconds": "0"}, "assignment.toml: "),
    ],
)
def test_slips_are_one_sentence(changed, says):
    with pytest.raises(UserError) as error:
        with_board(**changed)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_students_read_what_it_is_where_there_is_one():
    there, without = (
        building.handout(assignment, vocabulary.values(assignment))
        for assignment in (with_board(n_epochs=7), config.parse(WITHOUT))
    )
    assert "is trained for 7 epochs on data that nobody has seen" in there
    assert "leaderboard" not in without


def test_gradescope_waits_for_it():
    without = package.watchdog_seconds(config.parse(WITHOUT))
    longer = package.watchdog_seconds(with_board(seconds=60)) - without
    assert longer == 60 + config.load().limits.import_seconds


def test_what_is_graded_is_published_before_it_and_stays(tmp_path, graded, reference_source, monkeypatch):
    board = with_board()
    file = tmp_path / "results.json"
    submission = accept("solution.py", reference_source.encode())
    monkeypatch.setattr(container, "grade", lambda *_, **__: dataclasses.replace(graded, assignment=board))

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(leaderboard, "entered", killed)
        container.grade_and_publish(submission, board, file)
    assert json.loads(file.read_text())["score"] == graded.points
    monkeypatch.setattr(
        leaderboard,
        "entered",
        lambda report, *_, **__: dataclasses.replace(
            report, leaderboard=(leaderboard.Entry(name="Accuracy", value=0.5, order="desc"),)
        ),
    )
    container.grade_and_publish(submission, board, file)
    assert json.loads(file.read_text())["leaderboard"] == [
        {"name": "Accuracy", "value": 0.5, "order": "desc"}
    ]


def test_no_zip_is_made_if_the_reference_is_not_on_it(graded, reference_source, monkeypatch):
    board = dataclasses.replace(graded, assignment=with_board(seconds=0.001))
    monkeypatch.setattr(smoke_test, "_graded", lambda *_: board)
    with pytest.raises(smoke_test.SmokeTestFailed, match="the reference is not on the leaderboard: "):
        smoke_test.run(reference_source.encode(), b"")
