"""A loan that is paid back in equal amounts, month by month."""


def payment(amount: float, rate: float, months: int) -> float:
    """The amount to pay each month so that nothing is owed in the end.

    >>> round(payment(1200.0, 0.12, 3), 2)
    408.03
    """
    monthly = rate / 12
    return amount * monthly / (1 - (1 + monthly) ** -months)


def table(amount: float, rate: float, months: int) -> list[float]:
    """What is still owed after each month.

    >>> [round(owed, 2) for owed in table(1200.0, 0.12, 3)]
    [803.97, 403.99, 0.0]
    """
    pay = payment(amount, rate, months)
    owed = amount
    balances = []
    for _month in range(months):
        interest = owed * rate / 12
        owed = owed + interest - pay
        balances.append(owed)
    return balances
