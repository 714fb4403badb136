"""A thrown ball: a dataclass goes in, two helper functions do the work."""

import math
from dataclasses import dataclass

GRAVITY = 9.81


@dataclass
class Throw:
    """How the ball leaves the hand: metres a second, degrees above the ground, metres up."""

    speed: float
    angle: float
    height: float = 1.5


def velocity(throw: Throw) -> tuple[float, float]:
    """The speed along the ground and the speed upwards.

    >>> [round(speed, 2) for speed in velocity(Throw(10.0, 60.0))]
    [5.0, 8.66]
    """
    direction = math.radians(throw.angle)
    return throw.speed * math.cos(direction), throw.speed * math.sin(direction)


def airtime(upward: float, height: float) -> float:
    """Seconds until the ball is back on the ground.

    >>> round(airtime(8.66, 1.5), 3)
    1.924
    """
    impact = math.sqrt(upward**2 + 2.0 * GRAVITY * height)
    return (upward + impact) / GRAVITY


def distance(throw: Throw) -> float:
    """Metres along the ground from the hand to where the ball lands.

    >>> round(distance(Throw(speed=10.0, angle=60.0)), 2)
    9.62
    """
    forward, upward = velocity(throw)
    return forward * airtime(upward, throw.height)
