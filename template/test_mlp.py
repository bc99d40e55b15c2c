"""The public tests: fewer than those that grade, under the same titles, in the same order.

Run them with    bash setup.sh python -m pytest template

They know no right answers.  They use laws that every right solution obeys, the numbers of
the handout's worked example, and finite differences of your own loss.  Read them: each
shows how a function is called and what must come out.
"""

import contextlib

import numpy as np
import pytest
from solution import NN

from autograder.public_tests.assertions import (
    assert_close,
    assert_shape,
    assert_unchanged,
    entry,
    slope,
    step_for,
)  # fmt: skip

ACTIVATIONS = ("relu", "sigmoid", "tanh")

# Whose answers the tests of a function rely on: fix what is on the right first.
RESTS_ON = {
    "activation": ACTIVATIONS,
    "forward": (*ACTIVATIONS, "activation", "softmax"),
    "backward": (*ACTIVATIONS, "activation", "softmax", "forward", "loss"),
    "train_loop": (
        "initialize_weights", *ACTIVATIONS, "activation", "softmax", "forward", "backward", "loss", "update",
    ),
}  # fmt: skip

SHAPES = [(2, 3), (3,), (2, 1, 3)]

# Every test makes its own arrays, so that no function is blamed for what another did to them.


def numbers(*shape):
    """Make an array of this shape, with numbers above and below 0 but none near it."""
    return np.resize([-2.0, 0.5, 1.0, 0.75, -1.25, -0.25], shape)


def example():
    """Make the batch of the handout's worked example: x (2, 2) and labels (2, 2)."""
    return np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([[1, 0], [0, 1]])


def example_weights():
    """Make the weights of the worked example, a 2-3-2 network."""
    return {
        "W1": np.array([[0.5, -1.0, 1.0], [0.5, 0.5, -1.0]]),  # (2, 3)
        "b1": np.array([[0.0, 0.5, 0.5]]),  # (1, 3)
        "W2": np.array([[1.0, -0.5], [0.5, 1.0], [-1.0, 0.5]]),  # (3, 2)
        "b2": np.array([[0.0, 0.5]]),  # (1, 2)
    }


def small_network(activation="tanh"):
    """Make the network of the worked example."""
    nn = NN(hidden_dims=(3,), lr=0.5, batch_size=5, seed=1, activation=activation, data=(example(),) * 3)
    with contextlib.suppress(NotImplementedError):  # its own tests report it if it is missing
        nn.initialize_weights([2, 2])  # some solutions need it first
    nn.weights = example_weights()
    return nn


def random_network(*dims, n_rows, activation="tanh"):
    """Make a network D-h_1-...-C with random weights and biases, and a batch (x, y) for it."""
    generator = np.random.default_rng([*dims, n_rows])
    x = generator.uniform(-1.5, 1.5, (n_rows, dims[0]))  # (N, D)
    y = np.eye(dims[-1])[generator.integers(dims[-1], size=n_rows)]  # (N, C)
    nn = NN(hidden_dims=dims[1:-1], lr=0.3, batch_size=4, seed=1, activation=activation, data=((x, y),) * 3)
    with contextlib.suppress(NotImplementedError):
        nn.initialize_weights([dims[0], dims[-1]])
    for layer in range(1, len(dims)):
        nn.weights[f"W{layer}"] = generator.uniform(-1.5, 1.5, (dims[layer - 1], dims[layer]))
        nn.weights[f"b{layer}"] = generator.uniform(-1.5, 1.5, (1, dims[layer]))
    return nn, x, y


def fresh(*dims, **settings):
    """Make a network with the weights that `initialize_weights` gives it."""
    data = ((np.zeros((1, dims[0])), np.eye(dims[-1])[:1]),) * 3
    nn = NN(hidden_dims=dims[1:-1], data=data, **{"seed": 1, **settings})
    nn.initialize_weights([dims[0], dims[-1]])
    return nn


def weight(nn, name):
    """Return a W or b of a network."""
    return entry(nn.weights, name, "weights")


# 1.1 initialize_weights


def test_initialize_weights_changes_nothing():
    """initialize_weights: weights are drawn, and dims is unchanged (R1, R23)"""
    dims = [2, 2]
    NN(hidden_dims=(3,), data=(example(),) * 3).initialize_weights(dims)
    assert dims == [2, 2], f"dims was [2, 2] before the call, but is {dims} after it"


@pytest.mark.parametrize("dims", [(3, 2, 4), (2, 3, 4, 2), (3, 4, 2, 5, 3), (2, 1, 2)])
def test_initialize_weights_shapes(dims):
    """initialize_weights: every W and b is there, in the right shape (R3)"""
    nn = fresh(*dims)
    for layer in range(1, len(dims)):
        assert_shape(weight(nn, f"W{layer}"), (dims[layer - 1], dims[layer]), f"W{layer}")
        assert_shape(weight(nn, f"b{layer}"), (1, dims[layer]), f"b{layer}")


def test_initialize_weights_takes_a_list():
    """initialize_weights: hidden_dims may be a list as well as a tuple (R3)"""
    nn = NN(hidden_dims=[4, 2], seed=1, data=((np.zeros((1, 3)), np.eye(5)[:1]),) * 3)
    nn.initialize_weights([3, 5])
    assert_shape(weight(nn, "W2"), (4, 2), "W2")


def test_initialize_weights_zero_biases():
    """initialize_weights: every bias is zero (R1)"""
    weights = fresh(3, 4, 2, 5).weights
    for layer in (1, 2, 3):
        assert not np.any(weights[f"b{layer}"]), f"b{layer} is not zero"


def test_initialize_weights_bounds():
    """initialize_weights: every W comes close to Glorot's bound and never exceeds it (R1)"""
    weights = fresh(100, 160, 100, 10).weights
    for name in ("W1", "W2", "W3"):
        d = np.sqrt(6 / sum(weights[name].shape))
        largest = np.max(np.abs(weights[name])) / d
        assert largest <= 1 + 1e-6, f"{name} exceeds Glorot's bound d: its largest entry is {largest:.3f} d"
        assert largest > 0.97, f"{name} stays below Glorot's bound d: its largest entry is {largest:.3f} d"


def test_initialize_weights_uniform_law():
    """initialize_weights: every W is uniformly distributed between its bounds (R1)"""
    weights = fresh(100, 160, 100, 10).weights
    for name in ("W1", "W2"):
        W = weights[name] / np.sqrt(6 / sum(weights[name].shape))  # uniform in [-1, 1] if all is well
        assert abs(np.mean(W)) < 0.03, f"the mean of {name} should be near 0"
        assert abs(np.std(W) - 1 / np.sqrt(3)) < 0.02, (
            f"the standard deviation of {name} should be near 0.577 d"
        )
        assert abs(np.mean(np.abs(W) < 0.5) - 0.5) < 0.03, (
            f"half of the entries of {name} should lie between -d / 2 and d / 2"
        )


def test_initialize_weights_independent_layers():
    """initialize_weights: every weight of every layer is drawn independently (R1)"""
    weights = fresh(20, 30, 20, 30, 5).weights
    assert len(np.unique(weights["W1"])) == 600, "W1 contains the same numbers more than once"
    assert not np.allclose(weights["W1"], weights["W3"]), (
        "W1 and W3 hold the same numbers; seed once, before the first layer"
    )


def test_initialize_weights_seed():
    """initialize_weights: the same seed gives the same weights, no seed gives different ones (R2)"""
    one, again, other, none, none_again = (
        fresh(5, 4, 3, seed=s).weights["W1"] for s in (7, 7, 8, None, None)
    )
    assert np.array_equal(one, again), "the same seed gives different weights"
    assert not np.array_equal(one, other), "different seeds give the same weights"
    assert not np.array_equal(none, none_again), "seed=None gives the same weights every time"


def test_initialize_weights_default_size():
    """initialize_weights: the default network has between 0.5 and 1.0 million parameters (R4)"""
    nn = NN(seed=1)
    nn.initialize_weights([784, 10])
    size = sum(array.size for array in nn.weights.values())
    assert 0.5e6 <= size <= 1e6, f"NN() has {size:,} parameters; between 500,000 and 1,000,000 are expected"


# 1.2 relu, sigmoid, tanh


def assert_derivative(got, want, function, what):
    """Compare a derivative; say so if it is the function itself, or is taken at the wrong point."""
    value = np.asarray(function(numbers(2, 3)))  # s or t
    instead = {
        "It is the function itself: grad is ignored.": value,
        "It is s * (1 + s).": value * (1 + value),
        "It is 1 + t**2.": 1 + value**2,
        "It is 1 - t.": 1 - value,
        "It treats x as the value: the derivative is s * (1 - s) with s = sigmoid(x) (R6).": numbers(2, 3)
        * (1 - numbers(2, 3)),
        "It treats x as the value: the derivative is 1 - t**2 with t = tanh(x) (R6).": 1 - numbers(2, 3) ** 2,
    }
    assert_close(got, want, what, atol=1e-6, instead=instead)


def test_relu_changes_nothing():
    """relu: the answer is right, and x is unchanged (R5, R6, R23)"""
    assert_unchanged(small_network().relu, numbers(2, 3))
    assert_unchanged(small_network().relu, numbers(2, 3), True)


@pytest.mark.parametrize("shape", SHAPES)
def test_relu_values(shape):
    """relu: right for every number of an array (R5)"""
    relu, x = small_network().relu, numbers(*shape)
    above, below = np.asarray(relu(x.copy())), np.asarray(relu(-x))
    assert_shape(above, shape, "relu(x)")
    assert_close(above + below, np.abs(x), "relu(x) + relu(-x)")
    assert_close(above - below, x, "relu(x) - relu(-x)")


def test_relu_derivative():
    """relu: grad=True gives the derivative at the preactivation x (R6)"""
    relu = small_network().relu
    want = slope(relu, numbers(2, 3))
    assert_derivative(relu(numbers(2, 3), True), want, relu, "relu(x, grad=True)")


def test_relu_at_zero():
    """relu: its derivative at 0 lies between 0 and 1 (R6, R7)"""
    slope_at_zero = small_network().relu(np.array([[0.0]]), True)[0, 0]
    assert 0 <= slope_at_zero <= 1, f"relu(x, grad=True) is {slope_at_zero} at 0"


def test_sigmoid_changes_nothing():
    """sigmoid: the answer is right, and x is unchanged (R5, R6, R23)"""
    assert_unchanged(small_network().sigmoid, numbers(2, 3))
    assert_unchanged(small_network().sigmoid, numbers(2, 3), True)


@pytest.mark.parametrize("shape", SHAPES)
def test_sigmoid_values(shape):
    """sigmoid: right for every number of an array (R5)"""
    sigmoid, x = small_network().sigmoid, numbers(*shape)
    above, below = np.asarray(sigmoid(x.copy())), np.asarray(sigmoid(-x))
    assert_shape(above, shape, "sigmoid(x)")
    no_brackets = (1 / 1 + np.exp(-x)) + (1 / 1 + np.exp(x))
    instead = {"1 / 1 + np.exp(-x) is 1 + exp(-x): brackets are missing.": no_brackets}
    assert_close(above + below, np.ones(shape), "sigmoid(x) + sigmoid(-x)", instead=instead)
    with np.errstate(all="ignore"):
        assert_close(np.log(above / below), x, "log(sigmoid(x) / sigmoid(-x))")


def test_sigmoid_derivative():
    """sigmoid: grad=True gives the derivative at the preactivation x (R6)"""
    sigmoid = small_network().sigmoid
    want = slope(sigmoid, numbers(2, 3))
    assert_derivative(sigmoid(numbers(2, 3), True), want, sigmoid, "sigmoid(x, grad=True)")


def test_sigmoid_large_values():
    """sigmoid: neither the value nor the derivative overflows up to |x| = 1000 (R5, R8)"""
    large = np.array([-1000.0, 1000.0])
    assert_close(small_network().sigmoid(large), [0, 1], "sigmoid of -1000 and 1000")
    assert_close(small_network().sigmoid(large, True), [0, 0], "the derivative at -1000 and 1000")


def test_tanh_changes_nothing():
    """tanh: the answer is right, and x is unchanged (R5, R6, R23)"""
    assert_unchanged(small_network().tanh, numbers(2, 3))
    assert_unchanged(small_network().tanh, numbers(2, 3), True)


@pytest.mark.parametrize("shape", SHAPES)
def test_tanh_values(shape):
    """tanh: right for every number of an array (R5)"""
    tanh, x = small_network().tanh, numbers(*shape)
    t, mirrored = np.asarray(tanh(x.copy())), np.asarray(tanh(-x))
    assert_shape(t, shape, "tanh(x)")
    assert_close(mirrored, -t, "tanh(-x)")
    with np.errstate(all="ignore"):
        assert_close(np.log((1 + t) / (1 - t)), 2 * x, "log((1 + tanh(x)) / (1 - tanh(x)))")


def test_tanh_derivative():
    """tanh: grad=True gives the derivative at the preactivation x (R6)"""
    tanh = small_network().tanh
    want = slope(tanh, numbers(2, 3))
    assert_derivative(tanh(numbers(2, 3), True), want, tanh, "tanh(x, grad=True)")


def test_tanh_large_values():
    """tanh: neither the value nor the derivative overflows up to |x| = 1000 (R5, R8)"""
    large = np.array([-1000.0, 1000.0])
    assert_close(small_network().tanh(large), [-1, 1], "tanh of -1000 and 1000")
    assert_close(small_network().tanh(large, True), [0, 0], "the derivative at -1000 and 1000")


# 1.2 softmax


def assert_rows_sum_to_one(p):
    """Require that softmax sums to 1 along the last axis; say so if it does along another."""
    sums = np.sum(p, axis=-1)
    axes = [axis for axis in range(p.ndim - 1) if np.allclose(np.sum(p, axis=axis), 1)]
    total = " All of them together do." if np.isclose(np.sum(p), 1) else ""
    along = f" They do along axis {axes[0]}: which axis is the last?" if axes else total
    assert np.allclose(sums, 1, rtol=1e-5), f"the rows do not sum to 1, but to {sums}.{along}"


def test_softmax_changes_nothing():
    """softmax: the answer is right, and x is unchanged (R9, R23)"""
    assert_unchanged(small_network().softmax, numbers(2, 3))


def test_softmax_batch():
    """softmax: right for every row of a batch (R9)"""
    x = numbers(2, 3)
    p = small_network().softmax(x.copy())
    assert_shape(p, (2, 3), "softmax(x)")
    assert_rows_sum_to_one(p)
    with np.errstate(all="ignore"):
        ratios = np.log(p / p[:, :1])  # log(p_c / p_0) = x_c - x_0
    assert_close(ratios, x - x[:, :1], "log(softmax(x)_c / softmax(x)_0)")


@pytest.mark.parametrize("shape", [(3,), (4, 3)])
def test_softmax_shapes(shape):
    """softmax: a single row of logits may have one dimension; then so does the answer (R9)"""
    p = small_network().softmax(numbers(*shape))
    assert_shape(p, shape, "softmax(x)")
    assert_rows_sum_to_one(p)


def test_softmax_large_values():
    """softmax: nothing overflows up to |x| = 1000, even when rows differ by 1000 (R9, R8)"""
    softmax = small_network().softmax
    assert_close(softmax(np.array([[0.0, 1000.0]])), [[0, 1]], "softmax([[0, 1000]])")
    apart = np.array([[1000.0, 1000.0], [0.0, 0.0]])
    assert_close(softmax(apart), [[0.5, 0.5], [0.5, 0.5]], "softmax([[1000, 1000], [0, 0]])")


def test_softmax_laws():
    """softmax: rows sum to 1, the largest logit wins, and adding a number to a row changes nothing (R9)"""
    softmax = small_network().softmax
    want = softmax(numbers(2, 3))
    assert_rows_sum_to_one(want)
    assert_close(softmax(numbers(2, 3) + 7), want, "softmax(x + 7)")


# 1.2 activation


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activation_selects(activation):
    """activation: applies {activation} when activation_str says so (R6)"""
    nn = small_network(activation)
    want = getattr(nn, activation)(numbers(2, 3))
    assert_close(nn.activation(numbers(2, 3)), want, "activation(x)")


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activation_selects_derivative(activation):
    """activation: grad=True gives the derivative of {activation} (R6)"""
    nn = small_network(activation)
    want = getattr(nn, activation)(numbers(2, 3), True)
    assert_close(nn.activation(numbers(2, 3), True), want, "activation(x, grad=True)")


def test_activation_unknown():
    """activation: an unknown name raises an exception that mentions it (R10)"""
    small_network().activation(numbers(2, 3))
    for unknown in ("swish", "elu", "unit"):
        with pytest.raises(Exception) as error:
            small_network(unknown).activation(numbers(2, 3))
        assert unknown in str(error.value), f"the exception does not mention {unknown!r}: {error.value!r}"


# 1.3 forward


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_forward_changes_nothing(activation):
    """forward: with {activation}, the cache is right, and x is unchanged (R11, R23)"""
    assert_unchanged(small_network(activation).forward, example()[0])


@pytest.mark.parametrize("dims", [(2, 3, 4, 2), (3, 4, 2, 5, 3), (2, 1, 2)])
def test_forward_keys(dims):
    """forward: the cache holds Z0, A1, Z1, ..., Am, Zm, each in the right shape (R12)"""
    nn, x, _ = random_network(*dims, n_rows=3)
    cache = nn.forward(x.copy())
    assert_close(entry(cache, "Z0", "the cache"), x, "Z0")
    for layer in range(1, len(dims)):
        for name in (f"A{layer}", f"Z{layer}"):
            assert_shape(entry(cache, name, "the cache"), (3, dims[layer]), name)


EXAMPLE_A1 = [[1.5, 0.5, -0.5], [-0.25, 1.75, -1.0]]
EXAMPLE_Z = {
    "relu": {"Z1": [[1.5, 0.5, 0.0], [0.0, 1.75, 0.0]], "A2": [[1.75, 0.25], [0.875, 2.25]]},
    "sigmoid": {"Z1": [[0.8176, 0.6225, 0.3775], [0.4378, 0.852, 0.2689]]},
    "tanh": {"Z1": [[0.9051, 0.4621, -0.4621], [-0.2449, 0.9414, -0.7616]]},
}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_forward_values(activation):
    """forward: every A and Z is right with {activation} (R11)"""
    cache = small_network(activation).forward(example()[0])
    for name, want in {"A1": EXAMPLE_A1, **EXAMPLE_Z[activation]}.items():
        got = entry(cache, name, "the cache")
        assert_close(got, want, f"{name} of the worked example", rtol=0, atol=6e-5)
    nn, x, _ = random_network(3, 4, 2, 5, 3, n_rows=7, activation=activation)
    cache, Z = nn.forward(x.copy()), x
    for layer in range(1, 5):
        A = Z @ nn.weights[f"W{layer}"] + nn.weights[f"b{layer}"]
        instead = {"The bias is not added.": Z @ nn.weights[f"W{layer}"]}
        assert_close(entry(cache, f"A{layer}", "the cache"), A, f"A{layer}", instead=instead)
        bent, softened = getattr(nn, activation)(A.copy()), nn.softmax(A.copy())
        Z, other = (bent, softened) if layer < 4 else (softened, bent)
        instead = {
            f"It is A{layer}: no activation is applied.": A,
            f"It is {'softmax' if layer < 4 else activation} of A{layer}; softmax belongs to the last layer "
            "only.": other,
        }
        assert_close(entry(cache, f"Z{layer}", "the cache"), Z, f"Z{layer}", instead=instead)


def test_forward_probabilities():
    """forward: each row of the last Z holds probabilities, computed by softmax (R11)"""
    p = entry(small_network("relu").forward(example()[0]), "Z2", "the cache")
    assert_shape(p, (2, 2), "Z2")
    assert_rows_sum_to_one(p)
    want = [[0.8176, 0.1824], [0.2018, 0.7982]]
    assert_close(p, want, "Z2 of the worked example", rtol=0, atol=6e-5)


@pytest.mark.parametrize("depth", (1, 2, 3))
def test_forward_one_row(depth):
    """forward: a single row is a batch like any other, with {depth} hidden layer(s) (R11, R18)"""
    nn, x, _ = random_network(3, *(4, 2, 5)[:depth], 3, n_rows=1)
    last = f"Z{depth + 1}"
    assert_shape(entry(nn.forward(x), last, "the cache"), (1, 3), last)


def test_forward_rows():
    """forward: the result for a row depends on no other row (R11)"""
    nn, x, _ = random_network(3, 2, 4, n_rows=3)
    together = entry(nn.forward(x.copy()), "Z2", "the cache")
    for row in range(3):
        alone = entry(nn.forward(x[row : row + 1].copy()), "Z2", "the cache")
        assert_close(alone, together[row : row + 1], f"the last Z of row {row} on its own")


# 1.4 backward


def test_backward_changes_nothing():
    """backward: the gradients are right, and cache and labels are unchanged (R15, R23)"""
    nn, (x, y) = small_network("relu"), example()
    assert_unchanged(nn.backward, nn.forward(x), y)


@pytest.mark.parametrize("dims", [(2, 3, 4, 2), (3, 4, 2, 5, 3), (2, 1, 2)])
def test_backward_keys(dims):
    """backward: every gradient is there, in the same shape as the array it belongs to (R17)"""
    nn, x, y = random_network(*dims, n_rows=6)  # as wide as no layer
    cache = nn.forward(x)
    grads = nn.backward(cache, y)
    for layer in range(1, len(dims)):
        like = {"A": cache, "W": nn.weights, "b": nn.weights}
        if layer < len(dims) - 1:
            like["Z"] = cache
        for name, arrays in like.items():
            key = f"d{name}{layer}"
            assert_shape(entry(grads, key, "grads"), arrays[f"{name}{layer}"].shape, key)


def test_backward_output_layer():
    """backward: the last dW and db follow from (Zm - y) / N, even where the loss clips (R15, R14)"""
    nn, (x, y) = small_network("relu"), example()
    dW2 = entry(nn.backward(nn.forward(x), y), "dW2", "grads")
    want = [[-0.1368, 0.1368], [0.131, -0.131], [0.0, 0.0]]
    sizes = {"N": 2, "batch_size": nn.batch_size}
    assert_close(dW2, want, "dW2 of the worked example", rtol=0, atol=6e-5, sizes=sizes)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backward_parameters(activation):
    """backward: every dW and db is right with {activation} (R15)"""
    for n_rows in (5, 7):  # neither is the batch size
        nn, x, y = random_network(3, 4, 2, 3, n_rows=n_rows, activation=activation)
        want = {f"d{name}": nudged(nn, name, x, y) for name in list(nn.weights)}
        grads = nn.backward(nn.forward(x), y)
        sizes = {"N": n_rows, "batch_size": 4, "C": 3}
        for name, value in want.items():
            got = entry(grads, name, "grads")
            assert_close(got, value, f"{name} for {n_rows} rows", rtol=1e-5, atol=1e-7, sizes=sizes)


def nudged(nn, name, x, y):
    """Measure how the loss changes with each number of a W or b, by central differences."""
    last = f"Z{nn.n_hidden + 1}"
    output = entry(nn.forward(x.copy()), last, "the cache")
    step, kept = step_for(output), nn.weights[name]
    slopes = np.zeros(kept.shape, output.dtype)
    for index in np.ndindex(slopes.shape):
        losses = []
        for nudge in (step, -step):
            nn.weights[name] = kept.copy()
            nn.weights[name][index] += nudge
            losses.append(nn.loss(nn.forward(x.copy())[last], y.copy()))
        slopes[index] = (losses[0] - losses[1]) / (2 * step)
    nn.weights[name] = kept
    return slopes


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backward_signals(activation):
    """backward: with {activation}, every dA and dZ is right, all of them per batch or all per row (R15)"""
    nn, x, y = random_network(3, 4, 2, 3, n_rows=3, activation=activation)
    cache = nn.forward(x)
    grads = nn.backward(cache, y)
    sizes = {"N": 3, "batch_size": 4}
    for layer in (1, 2):
        dZ = entry(grads, f"dA{layer + 1}", "grads") @ nn.weights[f"W{layer + 1}"].T
        assert_close(entry(grads, f"dZ{layer}", "grads"), dZ, f"dZ{layer}", sizes=sizes)
        derivative = getattr(nn, activation)
        dA = np.multiply(dZ, derivative(cache[f"A{layer}"].copy(), True))
        at_Z = np.multiply(dZ, derivative(cache[f"Z{layer}"].copy(), True))
        instead = {
            f"The derivative is taken at Z{layer}, but should be taken at A{layer} (R6).": at_Z,
            "It is not multiplied by the derivative of the activation.": dZ,
        }
        got = entry(grads, f"dA{layer}", "grads")
        assert_close(got, dA, f"dA{layer}", sizes=sizes, instead=instead)


def test_backward_doubled_batch():
    """backward: N is the number of rows in this batch, even when batch_size is different (R15, R16)"""
    nn, x, y = random_network(3, 2, 4, n_rows=3)
    once = nn.backward(nn.forward(x.copy()), y.copy())
    twice = nn.backward(nn.forward(np.concatenate([x, x])), np.concatenate([y, y]))
    for name in (f"d{name}" for name in nn.weights):
        got, want = entry(twice, name, "grads"), entry(once, name, "grads")
        assert_close(got, want, f"{name} of the doubled batch, compared with the batch itself,")


@pytest.mark.parametrize("depth", (1, 2, 3))
def test_backward_one_row(depth):
    """backward: a single row with integer labels works, with {depth} hidden layer(s) (R15, R18)"""
    nn, x, y = random_network(3, *(4, 2, 5)[:depth], 3, n_rows=1)
    want = nudged(nn, "b1", x, y)
    db1 = entry(nn.backward(nn.forward(x), y.astype(int)), "db1", "grads")
    assert_close(db1, want, "db1", rtol=1e-5, atol=1e-7, sizes={"batch_size": 4})


# 1.5 loss


def test_loss_changes_nothing():
    """loss: right, and prediction and labels are unchanged, even where it clips (R13, R14, R23)"""
    assert_unchanged(small_network().loss, np.array([[0.0, 1.0], [0.5, 0.5]]), np.eye(2))


def test_loss_values():
    """loss: the cross-entropy, averaged over the rows (R13)"""
    p = np.array([[0.25, 0.75], [0.5, 0.5], [0.9, 0.1]])
    y = np.array([[1, 0], [0, 1], [1, 0]])
    want, sizes = -np.log(0.25 * 0.5 * 0.9) / 3, {"N": 3, "C": 2, "N * C": 6, "batch_size": 4}
    assert_close(small_network().loss(p, y), want, "the loss of three rows", sizes=sizes)


def test_loss_uniform():
    """loss: the uniform prediction over C classes costs ln C (R13)"""
    for n_classes in (2, 10):
        p = np.full((5, n_classes), 1 / n_classes)
        y = np.eye(n_classes)[np.arange(5) % n_classes]
        sizes = {"N": 5, "C": n_classes, "N * C": 5 * n_classes, "batch_size": 4}
        got = small_network().loss(p, y)
        assert_close(got, np.log(n_classes), f"the loss with {n_classes} classes", sizes=sizes)


@pytest.mark.parametrize("epsilon", (1e-6, 0.01))
def test_loss_clips(epsilon):
    """loss: probabilities 0 and 1 are clipped to epsilon and 1 - epsilon, with epsilon = {epsilon:g} (R13)"""
    nn = small_network()
    nn.epsilon = epsilon
    y = np.array([[1, 0]])
    assert_close(
        nn.loss(np.array([[0.0, 1.0]]), y), -np.log(epsilon), "the loss of a row that is certain and wrong"
    )
    assert_close(
        nn.loss(np.array([[1.0, 0.0]]), y),
        -np.log(1 - epsilon),
        "the loss of a row that is certain and right",
    )


def test_loss_one_row():
    """loss: a single row with integer labels is a batch like any other (R13, R18)"""
    assert_close(
        small_network().loss(np.array([[0.25, 0.75]]), np.array([[0, 1]])), -np.log(0.75), "the loss"
    )


# 1.6 update


def gradients():
    """Make up a gradient for every W and b of the worked example."""
    return {f"d{name}": value + 0.25 for name, value in example_weights().items()}


def assert_moved(nn, name, step, what):
    """Require that an update took this step from the worked example's W or b, which is subtracted."""
    taken = example_weights()[name] - weight(nn, name)
    assert_close(taken, step, what, sizes={"lr": nn.lr})


def test_update_changes_nothing():
    """update: the weights are right, and grads is unchanged (R19, R23)"""
    assert_unchanged(small_network().update, gradients())


def test_update_values():
    """update: every W and b takes one step against its gradient (R19)"""
    nn = small_network()
    nn.update(gradients())
    for name in example_weights():
        step = 0.5 * gradients()[f"d{name}"]
        assert_moved(nn, name, step, f"what update subtracts from {name}")


def test_update_learning_rate():
    """update: the step is lr times the gradient, for any lr (R19)"""
    nn = small_network()
    nn.lr = 1e-3
    nn.update(gradients())
    assert_moved(nn, "W1", 1e-3 * gradients()["dW1"], "what update subtracts from W1 when lr = 0.001")


def test_update_twice():
    """update: two steps with the same gradient move twice as far as one (R19)"""
    nn = small_network()
    nn.update(gradients())
    nn.update(gradients())
    assert_moved(nn, "W1", gradients()["dW1"], "what two updates subtract from W1")


def test_update_zero():
    """update: a zero gradient changes nothing, and a nonzero one does (R19)"""
    nn = small_network()
    nn.update({name: np.zeros_like(value) for name, value in gradients().items()})
    for name, value in example_weights().items():
        assert_close(weight(nn, name), value, name)
    nn.update(gradients())
    for name in example_weights():
        step = 0.5 * gradients()[f"d{name}"]
        assert_moved(nn, name, step, f"what update subtracts from {name}")


# 1.7 train_loop


def training_network(activation="tanh", n_rows=10):
    """Make a network whose last batch is short: 10 rows in batches of 4."""
    generator = np.random.default_rng(n_rows)
    splits = []
    for n in (n_rows, 6, 5):
        y = np.eye(3)[generator.integers(3, size=n)]  # (n, 3)
        splits.append((generator.uniform(-2, 2, (n, 3)), y))
    settings = {"lr": 0.3, "batch_size": 4, "seed": 1, "activation": activation}
    return NN(hidden_dims=(4,), data=tuple(splits), **settings)


def epochs_by_hand(nn, n_epochs, batch_size=4, drop_last=False):
    """Train with your own functions, batch by batch."""
    x, y = nn.train
    nn.initialize_weights([3, 3])
    for _ in range(n_epochs):
        for start in range(0, len(x) - drop_last * (len(x) % 4), batch_size):
            cache = nn.forward(x[start : start + batch_size].copy())
            nn.update(nn.backward(cache, y[start : start + batch_size].copy()))
    return nn


def mistakes(name, activation):
    """Return the W or b that some mistakes lead to in one epoch, by the sentence that names the mistake."""

    def trained(*arguments, **keywords):
        return epochs_by_hand(training_network(activation), *arguments, **keywords).weights[name]

    return {
        "It has not changed since the start.": trained(0),
        "The short batch at the end is left out.": trained(1, drop_last=True),
        "There is only one update, with all rows at once.": trained(1, batch_size=10),
        "Every row is a batch of its own.": trained(1, batch_size=1),
    }


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_train_loop_one_epoch(activation):
    """train_loop: with {activation}, an epoch takes all batches in file order, including the last (R20)"""
    nn = training_network(activation)
    nn.train_loop(1)
    want = epochs_by_hand(training_network(activation), 1).weights
    for name in want:
        what, instead = f"{name} after one epoch", mistakes(name, activation)
        assert_close(weight(nn, name), want[name], what, instead=instead)


def test_train_loop_three_epochs():
    """train_loop: three epochs train correctly for any number of rows and any batch size (R20)"""
    for n_rows in (3, 8, 9):
        nn = training_network(n_rows=n_rows)
        nn.train_loop(3)
        want = epochs_by_hand(training_network(n_rows=n_rows), 3).weights
        assert_close(weight(nn, "W1"), want["W1"], f"W1 after three epochs of {n_rows} rows")


@pytest.mark.parametrize("name", ("train_accuracy", "validation_accuracy", "train_loss", "validation_loss"))
def test_train_loop_logs(name):
    """train_loop: {name} is logged after each epoch, on the whole split (R21)"""
    nn = training_network()
    nn.train_loop(3)
    split, other = ("train", "valid") if name.startswith("train") else ("valid", "train")
    want = logged(split, name, (1, 2, 3))
    instead = {
        "It is logged before the epoch's updates, not after them.": logged(split, name, (0, 1, 2)),
        f"It is the value for the {other} split.": logged(other, name, (1, 2, 3)),
        "It is the final value, three times.": logged(split, name, (3, 3, 3)),
    }
    what = f'train_logs["{name}"]'
    assert_close(entry(nn.train_logs, name, "train_logs"), want, what, instead=instead)


def logged(split, name, epochs):
    """Return the loss or accuracy of a split after each of these numbers of epochs."""
    values = []
    for n_epochs in epochs:
        trained = epochs_by_hand(training_network(), n_epochs)
        loss, accuracy, _ = trained.compute_loss_and_accuracy(*getattr(trained, split))
        values.append(loss if name.endswith("loss") else accuracy)
    return values


def test_train_loop_starts_afresh():
    """train_loop: each call starts from freshly initialised weights (R20)"""
    nn = training_network()
    nn.train_loop(2)
    nn.train_loop(1)
    want = epochs_by_hand(training_network(), 1).weights["W1"]
    assert_close(weight(nn, "W1"), want, "W1 after another train_loop")


def test_train_loop_no_epochs():
    """train_loop: n_epochs=0 leaves fresh weights and empty logs; more epochs fill the logs (R21, R22)"""
    nn = training_network()
    nn.train_loop(0)
    want = epochs_by_hand(training_network(), 0).weights["W1"]
    assert_close(weight(nn, "W1"), want, "W1 after n_epochs=0")
    for name, values in nn.train_logs.items():
        assert len(values) == 0, f'after n_epochs=0, train_logs["{name}"] should be empty, but is {values}'


def test_train_loop_returns_logs():
    """train_loop: returns train_logs (R21)"""
    nn = training_network()
    got = nn.train_loop(1)
    assert got == nn.train_logs, f"train_loop returns {got}, but should return train_logs"
