"""How long each point of the plane stays near the origin."""


def escape(re, im, limit):
    x = y = 0.0
    for step in range(limit):
        if x * x + y * y > 4.0:
            return step
        x, y = x * x - y * y + re, 2.0 * x * y + im
    return limit


def mandelbrot(width=40, height=30, limit=30):
    total = 0
    for row in range(height):
        im = 2.4 * row / (height - 1) - 1.2
        for column in range(width):
            re = 3.2 * column / (width - 1) - 2.2
            total = total + escape(re, im, limit)
    return total
