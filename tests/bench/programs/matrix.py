"""The product of two matrices of nested lists."""


def product(a, b):
    rows, inner, columns = len(a), len(b), len(b[0])
    c = []
    for i in range(rows):
        row = []
        for j in range(columns):
            total = 0.0
            for k in range(inner):
                total = total + a[i][k] * b[k][j]
            row.append(total)
        c.append(row)
    return c


def main(n=12):
    a = [[(i + j) / n for j in range(n)] for i in range(n)]
    b = [[1.0 / (i + j + 1) for j in range(n)] for i in range(n)]
    return product(a, b)


def trace_of(a, b):
    c = product(a, b)
    return sum(c[i][i] for i in range(len(c)))
