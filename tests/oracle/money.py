"""Amounts in the home currency (R65, R83)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .rules import Row

CENT = Decimal("0.01")
MILLIONTH = Decimal("0.000001")


def currency_code(text: str | None) -> str | None:
    """R65: trimmed and in upper case; nothing left is none."""
    return (text or "").strip().upper() or None


class Money:
    """The rates to the home currency."""

    def __init__(self, rates: list[Row], home_currency: str) -> None:
        self.home_currency = currency_code(home_currency)
        self.rates: dict[str | None, list[tuple[date, Decimal]]] = defaultdict(list)
        for row in rates:
            code = currency_code(row["currency"])
            self.rates[code].append((row["rate_date"], row["rate_to_home"]))

    def home(self, amount: Decimal | None, currency: str | None, on: date | None) -> Decimal | None:
        """`amount` at the latest rate on or before `on`, half-up to cents; None: unknown."""
        if amount is None:
            return None
        code = currency_code(currency)
        if code is None or code == self.home_currency:
            return amount.quantize(CENT, ROUND_HALF_UP)
        known = [rate for rate in self.rates[code] if on is not None and rate[0] <= on]
        if not known:
            return None
        return (amount * max(known)[1]).quantize(CENT, ROUND_HALF_UP)


def total(amounts: list[Decimal | None]) -> Decimal | None:
    """The sum, or None where an amount is unknown: never smaller than it is (R83)."""
    if any(amount is None for amount in amounts):
        return None
    return sum(amounts, Decimal("0.00"))
