"""Check `initialize_weights`: its law is graded, never the exact draws (R2)."""

import math

import numpy as np
from gradescope_utils.autograder_utils.decorators import tags, weight

from autograder.checking.inputs import given
from autograder.problems.mlp.strategies import Case, cases, with_ordinary
from autograder.problems.mlp.weights import weights_of

# W1 and W3 have the same shape, and no W is square: fan-in alone gives another law.
WIDE = Case((100, 160, 100, 160, 10), n_rows=1)


def initialized(student, case, **keywords):
    """Make the student's network for a case, with the fresh weights that it gives itself."""
    nn = student.NN(hidden_dims=case.dims[1:-1], **{**case.keywords, **keywords})
    nn.initialize_weights([case.dims[0], case.dims[-1]])
    return nn


def fresh_weights(student, case):
    """Return the student's fresh weights; several checks look at the same ones."""
    return student.once(("weights", case), lambda: initialized(student, case).weights)


def fresh_matrices(student, expect):
    """Return the student's W1, W2, W3 of the wide network; shapes are judged elsewhere."""
    weights = fresh_weights(student, WIDE)
    expect.dictionary(weights, ("W1", "W2", "W3"), "weights")
    return {name: expect.matrix(weights[name], f'weights["{name}"]') for name in ("W1", "W2", "W3")}


def same_law(weights, others):
    """Tell whether two draws of every W can come from one law (two-sample Kolmogorov-Smirnov)."""
    for name, W in weights.items():
        one, other = np.sort(W, axis=None), np.sort(others[name], axis=None)
        both = np.concatenate([one, other])
        ranks = np.searchsorted(one, both, "right") - np.searchsorted(other, both, "right")
        # Two draws of one law differ by more once in 10^9 tries.
        if np.max(np.abs(ranks)) / W.size > 3.3 * np.sqrt(2 / W.size):
            return False
    return True


def distinct(W):
    """Count the different numbers of a W.  (np.unique imports masked arrays, which takes its time.)"""
    return 1 + np.count_nonzero(np.diff(np.sort(W, axis=None)))


def bound(W):
    """Compute Glorot's d = sqrt(6 / (fan-in + fan-out)) for one W."""
    return np.sqrt(6 / sum(W.shape))


@weight(0.75)
@tags("initialize_weights")
@with_ordinary
@given(case=cases())
def test_shapes(student, expect, case):
    """initialize_weights: every W and b is there, in the right shape (R3)"""
    weights_of(expect, fresh_weights(student, case), case.dims)


@weight(0.25)
@tags("initialize_weights")
def test_hidden_dims_may_be_a_list(student, expect):
    """initialize_weights: hidden_dims may be a list as well as a tuple (R3)"""
    case = Case((3, 4, 2, 5), n_rows=1)
    nn = student.NN(hidden_dims=case.dims[1:-1], **case.keywords)
    nn.hidden_dims = list(case.dims[1:-1])
    nn.initialize_weights([case.dims[0], case.dims[-1]])
    weights_of(expect, nn.weights, case.dims, only="W")


@weight(0.25)
@tags("initialize_weights")
def test_biases_are_zero(student, expect):
    """initialize_weights: every bias is zero (R1)"""
    weights = fresh_weights(student, WIDE)
    expect.dictionary(weights, ("W1", "b1"), "weights")
    there = [f"b{layer}" for layer in range(1, len(WIDE.dims)) if f"b{layer}" in weights]
    for name in there:
        bias = expect.numbers(weights[name], np.shape(weights[name]), f'weights["{name}"]')
        expect.true(not np.any(bias), f"{name} is not zero.")
        W = f"W{name[1:]}"  # where there is nothing to add it to, a bias of zero proves nothing
        expect.dictionary(weights, (W,), "weights")
        expect.true(bool(np.any(weights[W])), f"{name} is zero, but so is every entry of {W}.")


@weight(0.75)
@tags("initialize_weights")
def test_bounds(student, expect):
    """initialize_weights: every W comes close to Glorot's bound and never exceeds it (R1)"""
    for name, W in fresh_matrices(student, expect).items():
        largest = np.max(np.abs(W)) / bound(W)
        where = f"the largest entry of {name} {W.shape} is {largest:.3g} d, d = sqrt(6 / (fan-in + fan-out))"
        expect.true(largest <= 1 + 1e-6, f"The bound is exceeded: {where}.")
        # 1,600 uniform draws all stay below 0.97 of the bound once in 10^21 tries.
        expect.true(largest > 0.97, f"The bound is not reached: {where}.")


@weight(1)
@tags("initialize_weights")
def test_uniform_law(student, expect):
    """initialize_weights: every W is uniformly distributed between its bounds (R1)"""
    weights = fresh_matrices(student, expect)

    def question(nn):
        nn.initialize_weights([WIDE.dims[0], WIDE.dims[-1]])
        return nn.weights

    expect.recognise(weights, WIDE.reference, question, same_law)
    for name, W in weights.items():
        position = (np.sort(W, axis=None) / bound(W) + 1) / 2  # (n,), uniform in [0, 1] if all is well
        n = position.size
        expected = (np.arange(n) + 0.5) / n  # (n,)
        # Kolmogorov-Smirnov: uniform draws exceed 3.3 / sqrt(n) once in 10^9 tries.
        distance = np.max(np.abs(position - expected))
        expect.true(
            distance < 3.3 / np.sqrt(n),
            f"{name} {W.shape} is not uniform in [-d, d] with d = sqrt(6 / (fan-in + fan-out)): its mean is "
            f"{np.mean(W) / bound(W):.2f} d (should be near 0) and its spread {np.std(W) / bound(W):.2f} d "
            "(should be near 0.58).",
        )


@weight(0.25)
@tags("initialize_weights")
def test_layers_are_independent(student, expect):
    """initialize_weights: every weight of every layer is drawn independently (R1)"""
    weights = fresh_matrices(student, expect)
    for name, W in weights.items():
        expect.true(distinct(W) > 0.99 * W.size, f"{name} contains the same numbers more than once.")
    for one, other in (("W1", "W3"), ("W1", "W2"), ("W2", "W3")):
        a, b = weights[one].ravel(), weights[other].ravel()
        # The correlation of 16,000 independent pairs exceeds 0.05 once in 10^9 tries.
        correlated = abs(np.corrcoef(a, b)[0, 1]) > 0.05
        expect.true(
            not correlated,
            f"{one} and {other} are made of the same random numbers.",
            "Seed once, before the first layer.",
        )


@weight(0.5)
@tags("initialize_weights")
def test_seed(student, expect):
    """initialize_weights: the same seed gives the same weights, no seed gives different ones (R2)"""
    case = Case((5, 4, 6, 3), n_rows=1)

    def drawn(seed):
        weights = initialized(student, case, seed=seed).weights
        expect.dictionary(weights, ("W1",), "weights")
        return expect.matrix(weights["W1"], 'weights["W1"]')

    one, again, other, none, none_again = (drawn(seed) for seed in (7, 7, 8, None, None))
    expect.true(
        np.array_equal(one, again),
        "The same seed gives different weights.",
        "Call np.random.seed(self.seed).",
    )
    expect.true(not np.array_equal(one, other), "Different seeds give the same weights.")
    expect.true(
        not np.array_equal(none, none_again),
        "With seed=None the weights are the same every time.",
        "Seed only when self.seed is not None.",
    )


@weight(0.1)
@tags("initialize_weights")
def test_default_network_size(student, expect):
    """initialize_weights: the default network has between 0.5 and 1.0 million parameters (R4)"""
    network = expect.assignment.network
    nn = student.NN(seed=1)
    nn.initialize_weights([network.n_features, network.n_classes])
    shapes = nn.shapes_of("weights")
    expect.dictionary(shapes, ("W1", "b1"), "weights")
    count = sum(map(math.prod, shapes.values()))
    expect.true(
        0.5e6 <= count <= 1e6,
        f"The default network has {count:,} parameters; it should have between 500,000 and 1,000,000.",
    )


@weight(0.15)
@tags("initialize_weights")
def test_changes_no_argument(student, expect):
    """initialize_weights: weights are drawn, and dims is unchanged (R1, R23)"""
    case = Case((3, 4, 2, 5), n_rows=1)
    nn = initialized(student, case)
    expect.unchanged(nn, "initialize_weights")
    weights = nn.weights
    expect.dictionary(weights, ("W1",), "weights")
    W = expect.matrix(weights["W1"], 'weights["W1"]')
    expect.true(distinct(W) > 1, "No weights are drawn: all entries of W1 are equal.")
