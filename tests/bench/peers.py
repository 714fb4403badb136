"""Other recorders of scalar arithmetic, each used as its own documentation does.

A recorder is `record(call, xs)`: it calls with numbers of its own kind that stand for `xs`, and returns
what then finds the gradient, or None where that would be another recording.
"""

import math
from types import SimpleNamespace

__all__ = ["installed"]


def _functions(of_peer):
    """`math` for a program that is written for a peer; what is no number of its goes to Python's own."""

    def function(name):
        own = getattr(math, name)
        return lambda x: own(x) if isinstance(x, int | float) else getattr(of_peer, name)(x)

    return SimpleNamespace(**{name: function(name) for name in ("tanh", "sqrt")})


def micrograd():
    from micrograd.engine import Value

    def record(call, xs):
        y = call(*map(Value, xs))
        return y.backward

    return SimpleNamespace(), record


def torch():
    import torch

    def record(call, xs):
        y = call(*(torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in xs))
        return y.backward

    return torch, record


def autograd():
    import autograd.numpy
    from autograd.core import make_vjp

    def record(call, xs):
        back, _ = make_vjp(lambda inputs: call(*inputs), tuple(xs))
        return lambda: back(1.0)

    return autograd.numpy, record


def jax():
    import jax

    jax.config.update("jax_enable_x64", True)

    def record(call, xs):
        jax.make_jaxpr(lambda *inputs: call(*inputs))(*xs)  # a new function, or it remembers the last

    return jax.numpy, record


def xad():
    import xad.adj_1st
    import xad.math

    tape = xad.adj_1st.Tape()
    tape.activate()

    def record(call, xs):
        numbers = [xad.adj_1st.Real(x) for x in xs]
        for number in numbers:
            tape.registerInput(number)
        tape.newRecording()
        y = call(*numbers)

        def backward():
            tape.registerOutput(y)
            y.setDerivative(1.0)
            tape.computeAdjoints()

        return backward

    return xad.math, record


def installed():
    """name -> (its `math`, its recorder) of the peers that are here."""
    found = {}
    for peer in (xad, micrograd, torch, autograd, jax):
        try:
            functions, record = peer()
        except ImportError:
            continue
        found[peer.__name__] = _functions(functions), record
    return found
