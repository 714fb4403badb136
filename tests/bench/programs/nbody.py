"""Five bodies that pull on each other: the sun and the outer planets, step by step."""

import math

DAYS = 365.24
SUN = 4 * math.pi * math.pi


class Body:
    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x, self.y, self.z = x, y, z
        self.vx, self.vy, self.vz = vx * DAYS, vy * DAYS, vz * DAYS
        self.mass = mass * SUN


def solar_system():
    return [
        Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
        Body(4.84143144, -1.16032004, -0.10362204, 0.00166007664, 0.00769901118, -6.90460016e-5, 9.547919e-4),
        Body(8.34336671, 4.12479856, -0.403523417, -0.0027674251, 0.00499852801, 2.30417297e-5, 2.858860e-4),
        Body(12.8943695, -15.1111514, -0.223307578, 0.00296460137, 0.00237847173, -2.96589568e-5, 4.36624e-5),
        Body(15.3796971, -25.9193146, 0.179258772, 0.00268067772, 0.0016282417, -9.51592254e-5, 5.15138e-5),
    ]


def advance(bodies, dt):
    for i, a in enumerate(bodies):
        for b in bodies[i + 1 :]:
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            distance = math.sqrt(dx * dx + dy * dy + dz * dz)
            pull = dt / (distance * distance * distance)
            a.vx -= dx * b.mass * pull
            a.vy -= dy * b.mass * pull
            a.vz -= dz * b.mass * pull
            b.vx += dx * a.mass * pull
            b.vy += dy * a.mass * pull
            b.vz += dz * a.mass * pull
    for body in bodies:
        body.x += dt * body.vx
        body.y += dt * body.vy
        body.z += dt * body.vz


def energy(bodies):
    total = 0.0
    for i, a in enumerate(bodies):
        total += a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz) / 2
        for b in bodies[i + 1 :]:
            dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            total -= a.mass * b.mass / math.sqrt(dx * dx + dy * dy + dz * dz)
    return total


def main(steps=100, dt=0.01):
    bodies = solar_system()
    for _ in range(steps):
        advance(bodies, dt)
    return energy(bodies)
