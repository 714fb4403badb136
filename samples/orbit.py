"""Two bodies that pull on each other, moved in small steps."""

import math
from dataclasses import dataclass


@dataclass
class Body:
    """A mass in the plane, where it is and how fast it moves."""

    mass: float
    x: float
    y: float
    vx: float
    vy: float

    def move(self, dt: float) -> None:
        """Go on for a while at the present speed."""
        self.x += self.vx * dt
        self.y += self.vy * dt


def attract(body: Body, other: Body, dt: float) -> None:
    """Change the body's speed by the pull of the other one.

    >>> planet = Body(mass=0.001, x=2.0, y=0.0, vx=0.0, vy=1.0)
    >>> sun = Body(mass=1.0, x=0.0, y=0.0, vx=0.0, vy=0.0)
    >>> attract(planet, sun, 0.1)
    >>> planet.vx
    -0.025
    """
    dx = other.x - body.x
    dy = other.y - body.y
    kick = other.mass * dt / math.hypot(dx, dy) ** 3
    body.vx += kick * dx
    body.vy += kick * dy


def orbit(steps: int = 2, dt: float = 0.1) -> tuple[float, float]:
    """Where the planet is after some steps; mass, length and time in units that make G = 1.

    >>> [round(coordinate, 6) for coordinate in orbit(2)]
    [0.969951, 0.198985]
    """
    sun = Body(mass=1.0, x=0.0, y=0.0, vx=0.0, vy=0.0)
    planet = Body(mass=0.001, x=1.0, y=0.0, vx=0.0, vy=1.0)
    bodies = [sun, planet]
    for _step in range(steps):
        for body in bodies:
            for other in bodies:
                if other is not body:
                    attract(body, other, dt)
        for body in bodies:
            body.move(dt)
    return planet.x, planet.y
