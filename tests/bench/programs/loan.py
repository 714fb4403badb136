"""What a loan costs in all, month by month."""


def total_paid(principal=200000.0, rate=0.06, years=30):
    """
    >>> total_paid(200000.0, 0.06, 30)
    """
    r = rate / 12
    n = years * 12
    g = (1 + r) ** n
    payment = principal * r * g / (g - 1)
    balance = principal
    paid = 0.0
    for month in range(n):
        interest = balance * r
        balance = balance + interest - payment
        paid = paid + interest
    return paid
