"""One neuron: two inputs, two weights, a bias and a squashing function."""

import math


def neuron(x1: float, x2: float, w1: float = -3.0, w2: float = 1.0, bias: float = 6.7) -> float:
    """How strongly the neuron fires, between -1 and 1.

    >>> round(neuron(2.0, 0.5), 4)
    0.8337
    """
    weighted = x1 * w1 + x2 * w2
    activation = weighted + bias
    return math.tanh(activation)


def loss(x1: float, x2: float, target: float) -> float:
    """How far the neuron is from what it should have said, squared.

    >>> round(loss(2.0, 0.5, 1.0), 4)
    0.0277
    """
    miss = neuron(x1, x2) - target
    return miss**2
