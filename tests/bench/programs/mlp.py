"""A small neural network, 3-16-16-1, on one sample."""

import math
import random


class Neuron:
    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def __call__(self, xs):
        total = self.bias
        for w, x in zip(self.weights, xs):
            total = total + w * x
        return math.tanh(total)


class Layer:
    def __init__(self, neurons):
        self.neurons = neurons

    def __call__(self, xs):
        return [neuron(xs) for neuron in self.neurons]


def network(sizes, seed):
    dice = random.Random(seed)
    layers = []
    for before, after in zip(sizes, sizes[1:]):
        neurons = []
        for _ in range(after):
            weights = [dice.uniform(-1, 1) for _ in range(before)]
            neurons.append(Neuron(weights, dice.uniform(-1, 1)))
        layers.append(Layer(neurons))
    return layers


MODEL = network([3, 16, 16, 1], seed=7)


def loss(xs=(2.0, 3.0, -1.0), target=1.0):
    """
    >>> loss((2.0, 3.0, -1.0), 1.0)
    """
    hidden1, hidden2, last = MODEL
    ys = hidden1(xs)
    zs = hidden2(ys)
    out = last(zs)[0]
    error = out - target
    return error * error
