"""Check `forward`."""

from functools import partial

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import given, parametrize
from autograder.problems.mlp.strategies import (
    ACTIVATIONS,
    ANOTHER_BATCH_SIZE,
    ORDINARY,
    Case,
    cases,
    one_row,
    with_ordinary,
)


def forwarded(student, case, activation="tanh"):
    """Return the student's cache for a case; several checks look at the same one."""

    return student.once(
        ("forward", case, activation), lambda: case.student(student, activation).forward(case.x)
    )


def computed(cache):
    """Keep what `forward` computes; that Z0 is x is the check of the keys (R12)."""
    return {name: value for name, value in cache.items() if name != "Z0"}


@weight(0.6)
@tags("forward")
@with_ordinary
@given(case=cases())
def test_keys(student, expect, case):
    """forward: the cache holds Z0, A1, Z1, ..., Am, Zm, each in the right shape (R12)"""
    cache, want = forwarded(student, case), case.cache()
    expect.dictionary(cache, want, "cache")
    for name, value in want.items():
        expect.numbers(cache[name], value.shape, f'cache["{name}"]')
    expect.close(cache["Z0"], case.x, 'cache["Z0"], which should be x,')


@weight(0.9)
@tags("forward")
@parametrize("activation", ACTIVATIONS)
@with_ordinary
@given(case=cases())
def test_values(student, expect, activation, case):
    """forward: every A and Z is right with {activation} (R11)"""
    cache = forwarded(student, case, activation)
    reference = partial(case.reference, activation)
    expect.answer(cache, reference, lambda nn: nn.forward(case.x), "cache", only=computed)


@weight(0.5)
@tags("forward")
@with_ordinary
@given(case=cases())
def test_output_is_probabilities(student, expect, case):
    """forward: each row of the last Z holds probabilities, computed by softmax (R11)"""
    last = len(case.dims) - 1
    cache = forwarded(student, case)
    expect.dictionary(cache, [f"A{last}", f"Z{last}"], "cache")
    Z = expect.numbers(cache[f"Z{last}"], (case.n_rows, case.dims[-1]), f'cache["Z{last}"]')
    expect.close(np.sum(Z, axis=1), np.ones(case.n_rows), f'the sum of each row of cache["Z{last}"]')
    A = expect.numbers(cache[f"A{last}"], Z.shape, f'cache["A{last}"]')
    if case in ORDINARY:  # in a network that is drawn, all units of somebody's relu may be off for every row
        expect.true(bool(np.any(A[0] != A)), f'cache["A{last}"] is the same for every row, whatever x is.')
    expect.close(
        Z, case.reference().softmax(A), f'cache["Z{last}"], which should be softmax of cache["A{last}"],'
    )


@weight(0.15)
@tags("forward")
@parametrize("n_rows", (2, 7))
def test_any_number_of_rows(student, expect, n_rows):
    """forward: a batch of {n_rows} row(s) works when batch_size is different (R11, R16)"""
    case = Case((3, 4, 2), n_rows=n_rows)
    settings = {"batch_size": ANOTHER_BATCH_SIZE}
    name = f"cache, for {n_rows} rows when batch_size is {ANOTHER_BATCH_SIZE},"
    expect.agree(student, case, lambda nn: nn.forward(case.x), name, only=computed, **settings)


@weight(0.1)
@tags("forward")
@parametrize("depth", (1, 2, 3))
def test_one_row(student, expect, depth):
    """forward: a single row is a batch like any other, with {depth} hidden layer(s) (R11, R18)"""
    case = one_row(depth)
    cache = forwarded(student, case)
    expect.answer(
        cache, case.reference, lambda nn: nn.forward(case.x), "cache, for a single row (R18),", only=computed
    )


@weight(0.3)
@tags("forward")
@with_ordinary
@given(case=cases())
def test_rows_do_not_mix(student, expect, case):
    """forward: the result for a row depends on no other row (R11)"""
    last = f"Z{len(case.dims) - 1}"
    nn = case.student(student)

    def output(x):
        cache = nn.forward(x)
        expect.dictionary(cache, [last], "cache")
        return expect.numbers(cache[last], (case.n_rows, case.dims[-1]), f'cache["{last}"]')

    among_these, among_others, another = (
        output(x) for x in (case.x, np.concatenate([case.x[:1], -case.x[1:]]), -case.x)
    )
    name = f'The first row of cache["{last}"]'
    if case in ORDINARY:  # as above
        expect.true(
            bool(np.any(another[0] != among_these[0])), f"{name} is the same whatever the first row of x is."
        )
    expect.true(
        bool(np.all(expect.is_close(among_others[0], among_these[0]))),
        f"{name} changes when other rows of x do.",
        "Treat each row by itself: whatever you subtract or divide by must come from that row alone.",
    )


@weight(0.1)
@tags("forward")
@parametrize("activation", ACTIVATIONS)
def test_changes_no_argument(student, expect, activation):
    """forward: with {activation}, the cache is right, and x is unchanged (R11, R23)"""
    case = ORDINARY[1]
    nn = case.student(student, activation)
    cache = nn.forward(case.x)
    expect.unchanged(nn, "forward")
    reference = partial(case.reference, activation)
    expect.answer(cache, reference, lambda nn: nn.forward(case.x), "cache", only=computed)
