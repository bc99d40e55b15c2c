"""The reference answers honest questions as itself, and refuses the others before it computes anything."""

from typing import Any

import numpy as np

from autograder.assignment import config
from autograder.grading.stand_ins import StandIns
from autograder.sandbox.protocol.messages import Answer, Ask, Refuse
from tests.table import table

STATE: dict[str, Any] = {"hidden_dims": [3], "activation_str": "relu", "epsilon": 1e-6, "seed": 1}


def large(shape: int | tuple[int, ...]) -> Any:
    """Make an array of ones that takes no memory, however large it is."""
    return np.broadcast_to(1.0, shape)


def ask(method: str, *arguments: Any, state: dict[str, Any] | None = None, **keywords: Any) -> Any:
    return StandIns(config.load().contract).respond(
        Ask(
            owner="NN",
            method=method,
            arguments=list(arguments),
            keywords=keywords,
            attributes={**STATE, **(state or {})},
        )
    )


@table(
    ("method", "arguments"),
    [
        ("relu", [np.ones((2, 3, 4))]),
        ("relu", [[[1.0, -1.0]]]),
        ("softmax", [np.ones(5)]),
        ("initialize_weights", [[4, 2]]),
        ("initialize_weights", [np.array([4, 2])]),
        ("initialize_weights", [[np.asarray(4), np.asarray(2)]]),
        ("loss", [np.full((2, 2), 0.5), np.eye(2)]),
    ],
)
def test_honest_questions(method: str, arguments: list[Any]) -> None:
    assert isinstance(ask(method, *arguments), Answer)


def test_full_size_is_no_bomb() -> None:
    weights = ask("initialize_weights", [784, 10], state={"hidden_dims": [784, 256]}).attributes["weights"]
    answer = ask("forward", np.zeros((400, 784)), state={"hidden_dims": [784, 256], "weights": weights})
    assert isinstance(answer, Answer)


@table(
    ("method", "arguments", "state"),
    [
        ("train_loop", [10**9], {}),
        ("__init__", [], {}),
        ("__class__", [], {}),
        ("__setattr__", ["weights", 1], {}),
        ("initialize_weights", [[10**9, 10]], {}),
        ("initialize_weights", [[10, 10]], {"hidden_dims": [4000] * 20}),
        ("initialize_weights", [[10, 10]], {"hidden_dims": "3" * 1000}),
        ("initialize_weights", [], {}),
        ("loss", [large((60_000, 1)), large((1, 60_000))], {}),
        ("loss", [[[1.0]] * 60_000, [[1.0] * 60_000]], {}),
        ("loss", [np.ones((2, 2)), np.ones((2, 2))], {"epsilon": large((5000, 1, 1))}),
        (
            "forward",
            [large((4000, 1))],
            {"weights": {"W1": large((1, 1_000_000)), "b1": large((1, 1))}},
        ),
        ("forward", [large((4000, 4000))], {"weights": {"W1": large((4000, 4000))}}),
        ("update", [{"dW1": large((4000, 1, 1))}], {"weights": {"W1": large((1, 4000, 4000))}}),
        ("relu", [large(5_000_000)], {}),
        ("relu", ["text"], {}),
        ("relu", [], {}),
    ],
)
def test_hostile_questions(method: str, arguments: list[Any], state: dict[str, Any]) -> None:
    assert isinstance(ask(method, *arguments, state=state), Refuse)


def test_a_question_leaves_the_graders_random_numbers_alone() -> None:
    before = np.random.get_state()
    ask("initialize_weights", [4, 2], state={"seed": 5})
    assert np.array_equal(before[1], np.random.get_state()[1])
