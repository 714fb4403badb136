"""Ordinary functions whose capture is timed: floats, calls, ints."""

import itertools
import math


def accumulate(n, x=0.5):
    total = 0.0
    for _ in range(n):
        total = total + x * x
    return total


def chain(n, x=1.0):
    for _ in range(n):
        x = x + 0.5
    return x


def nbody(steps, x=1.0, y=0.0, z=0.0, u=0.0, v=0.8, w=0.1):
    dt = 0.01
    for _ in range(steps):
        square = x * x + y * y + z * z
        pull = dt / (square * square**0.5)
        u = u - x * pull
        v = v - y * pull
        w = w - z * pull
        x = x + dt * u
        y = y + dt * v
        z = z + dt * w
    return x + y + z


def neuron(weights, xs, bias):
    total = bias
    for weight, x in zip(weights, xs, strict=True):
        total = total + weight * x
    return math.tanh(total)


def mlp(rounds, scale=0.1):
    sizes = [3, 16, 16, 1]
    layers = [
        [([scale * ((i + j) % 7 - 3) for j in range(a)], scale * i) for i in range(b)]
        for a, b in itertools.pairwise(sizes)
    ]
    loss = 0.0
    for k in range(rounds):
        xs = [0.5, -0.25, 0.125 * (k % 8)]
        for layer in layers:
            xs = [neuron(weights, xs, bias) for weights, bias in layer]
        loss = loss + (xs[0] - 0.5) ** 2
    return loss


def mandelbrot(side, width=3.0):
    total = 0
    for row in range(side):
        for column in range(side):
            a, b = width * column / side - 2.0, 2.0 * row / side - 1.0
            x = y = 0.0
            for _ in range(60):
                x, y = x * x - y * y + a, 2.0 * x * y + b
                if x * x + y * y > 50.0:
                    break
                total = total + 1
    return total + x


def newton(n, a=2.0):
    total = 0.0
    for _ in range(n):
        x = a
        while abs(x * x - a) > 1e-9:
            x = 0.5 * (x + a / x)
        total = total + x
    return total


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def distance(x, y, z):
    return (x * x + y * y + z * z) ** 0.5


def pull_of(x, y, z, dt):
    r = distance(x, y, z)
    return dt / (r * r * r)


def advance(position, velocity, dt):
    return position + dt * velocity


def nbody_helpers(steps, x=1.0, y=0.0, z=0.0, u=0.0, v=0.8, w=0.1):
    dt = 0.01
    for _ in range(steps):
        pull = pull_of(x, y, z, dt)
        u = advance(u, x, -pull)
        v = advance(v, y, -pull)
        w = advance(w, z, -pull)
        x = advance(x, u, dt)
        y = advance(y, v, dt)
        z = advance(z, w, dt)
    return x + y + z


class Vector:
    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def times(self, k):
        return Vector(self.x * k, self.y * k, self.z * k)

    def norm(self):
        return math.sqrt(self.x * self.x + self.y * self.y + self.z * self.z)


def nbody_vectors(steps, dt=0.01):
    position, velocity = Vector(1.0, 0.0, 0.0), Vector(0.0, 0.8, 0.1)
    for _ in range(steps):
        r = position.norm()
        velocity = velocity + position.times(-dt / (r * r * r))
        position = position + velocity.times(dt)
    return position.norm()


def sieve(n):
    flags = [True] * (n + 1)
    i = 2
    while i * i <= n:
        if flags[i]:
            j = i * i
            while j <= n:
                flags[j] = False
                j = j + i
        i = i + 1
    return sum(flags) - 2


def gcd(n):
    total = 0
    for k in range(1, n):
        a, b = 7919 * n, 104729 * k
        while b:
            a, b = b, a % b
        total = total + a
    return total


def collatz(n):
    longest = 0
    for start in range(1, n):
        m, steps = start, 0
        while m != 1:
            m = m // 2 if m % 2 == 0 else 3 * m + 1
            steps = steps + 1
        longest = max(longest, steps)
    return longest


def partitions(n):
    table = [1] + [0] * n
    for part in range(1, n + 1):
        for total in range(part, n + 1):
            table[total] = table[total] + table[total - part]
    return table[n]


# name -> (function, size for a timed run, for a smoke test, for what is a hundred times slower)
FLOATS = {
    "accumulation": (accumulate, 1_000_000, 20, 5_000),
    "deep chain": (chain, 1_500_000, 20, 5_000),
    "n-body": (nbody, 80_000, 3, 300),
    "MLP 3-16-16-1": (mlp, 700, 1, 8),
    "Mandelbrot": (mandelbrot, 100, 3, 9),
    "Newton": (newton, 60_000, 2, 200),
}
CALLS = {
    "fib": (fib, 25, 5, 16),
    "n-body, helpers": (nbody_helpers, 30_000, 3, 200),
    "n-body, vectors": (nbody_vectors, 15_000, 3, 150),
}
INTS = {
    "sieve": (sieve, 200_000, 30, 5_000),
    "gcd": (gcd, 40_000, 5, 1_000),
    "collatz": (collatz, 4_000, 6, 150),
    "partitions": (partitions, 1_000, 6, 120),
}
