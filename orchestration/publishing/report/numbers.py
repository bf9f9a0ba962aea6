"""Numbers, money, dates and text as the reader of the report expects them: by locale and currency,
and harmless whatever the data says.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

# Rows of the campaign table that are open, and rows of any long table at all: a page that anyone
# can read and send.
OPEN_ROWS = 8
MOST_ROWS = 250
UNKNOWN = "unknown"
NONE = "–"
LONGEST_TEXT = 160
# Joiners that scripts and emoji need; other format characters could hide or turn text.
_JOINERS = "\u200c\u200d"


def _harmless(character: str) -> str:
    if character in "\t\n\r":
        return " "
    hidden = (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")
        and character not in _JOINERS
    )
    return "\ufffd" if hidden else character


def shown(value: object, longest: int = LONGEST_TEXT) -> str:
    """Text from data as one line of at most `longest` characters; control and direction characters
    are shown as �.
    """
    text = "" if value is None else str(value)
    clean = [_harmless(character) for character in text[: longest + 1]]
    short = "".join(clean).strip()
    return short if len(text) <= longest else short[: longest - 1].rstrip() + "…"


def _is_short(text: str) -> bool:
    return sum(character.isdigit() for character in text) <= 4


@dataclass(frozen=True)
class Formats:
    """Writes numbers for one locale (a Babel identifier such as de_DE), one currency (ISO 4217) and
    one time zone (IANA name).
    """

    locale: str
    currency: str
    timezone: str

    def count(self, value: int | None) -> str:
        """A whole number with its groups."""
        from babel.numbers import format_decimal

        return UNKNOWN if value is None else format_decimal(value, locale=self.locale)

    def counted(self, value: int, noun: str, several: str | None = None) -> str:
        """A number of things: “1 campaign”, “2 campaigns”."""
        return f"{self.count(value)} {noun if value == 1 else several or noun + 's'}"

    def number(self, value: Any, digits: int = 2) -> str:
        """A number with at most so many decimals."""
        from babel.numbers import format_decimal

        pattern = "#,##0." + "#" * digits
        return UNKNOWN if value is None else format_decimal(value, pattern, locale=self.locale)

    def signed(self, value: Any, is_money: bool) -> str:
        """By how much a number changed, with its sign."""
        written = self.money(abs(value)) if is_money else self.number(abs(value))
        return f"{'−' if value < 0 else '+'}{written}"

    def money(self, value: Decimal | None) -> str:
        """An amount to the cent with its currency."""
        from babel.numbers import format_currency

        return (
            UNKNOWN if value is None else format_currency(value, self.currency, locale=self.locale)
        )

    def amount(self, value: Decimal | None) -> str:
        """An amount to the cent without its currency, for columns whose head names it."""
        from babel.numbers import format_decimal

        return UNKNOWN if value is None else format_decimal(value, "#,##0.00", locale=self.locale)

    def short_money(self, value: Decimal | float | None) -> str:
        """An amount of about three digits with its currency, such as $1.27M; whole, where the
        locale has no shorter way to write it.
        """
        from babel.core import Locale
        from babel.numbers import format_compact_currency, format_currency

        if value is None:
            return UNKNOWN
        number = Decimal(str(value))
        digits = max(0, 2 - (len(str(int(abs(number)))) - 1) % 3)
        short = format_compact_currency(
            number, self.currency, locale=self.locale, fraction_digits=digits
        )
        if abs(number) >= 1000 and _is_short(short):
            return short
        whole = re.sub(
            r"0\.0+", "0", Locale.parse(self.locale).currency_formats["standard"].pattern
        )
        return format_currency(
            number, self.currency, whole, locale=self.locale, currency_digits=False
        )

    def tick(self, value: float) -> str:
        """The label of an axis, as short as it can be."""
        from babel.numbers import format_compact_decimal

        short = format_compact_decimal(Decimal(str(value)), locale=self.locale, fraction_digits=0)
        return short if _is_short(short) else self.count(int(value))

    def share(self, value: float | None, digits: int = 0) -> str:
        """A share such as 0.42 as a percentage."""
        return self._percent(value, "#,##0" + ("." + "0" * digits if digits else "") + "%")

    def change(self, value: float | None) -> str:
        """A relative change with its sign, such as +12%."""
        if value is None:
            return NONE
        return (
            self._percent(value, "+#,##0%;-#,##0%")
            if round(value, 2)
            else self._percent(0, "#,##0%")
        )

    def _percent(self, value: float | None, pattern: str) -> str:
        from babel.numbers import format_percent

        return NONE if value is None else format_percent(value, pattern, locale=self.locale)

    def day(self, value: date | None) -> str:
        """A date of medium length."""
        from babel.dates import format_date

        return NONE if value is None else format_date(value, "medium", locale=self.locale)

    def month(self, value: date) -> str:
        """A month's short name, with the year in January."""
        from babel.dates import format_skeleton

        return format_skeleton("yMMM" if value.month == 1 else "MMM", value, locale=self.locale)

    def day_of_month(self, value: date) -> str:
        """A day and its month, without the year."""
        from babel.dates import format_skeleton

        return format_skeleton("MMMd", value, locale=self.locale)

    def instant(self, value: datetime | None) -> str:
        """A naive UTC instant as date and time in the portal's time zone."""
        from babel.dates import format_date, format_time

        if value is None:
            return NONE
        local = value.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(self.timezone))
        clock = format_time(local, "short", tzinfo=ZoneInfo(self.timezone), locale=self.locale)
        return f"{format_date(local, 'medium', locale=self.locale)}, {clock}"


def percent(part: Any, whole: Any) -> float:
    """Percent of `whole`, 0 to 100, for the length of a bar."""
    return (
        0.0 if not part or not whole or part < 0 else min(100.0, float(part) / float(whole) * 100)
    )
