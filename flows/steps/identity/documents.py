"""Say what the name of a linked document tells: which day, and whether another one was meant."""

from __future__ import annotations

import re
from datetime import date

import polars as pl


def says_day(file: str, day: date) -> bool:
    """Say whether a file's name has a day in it: 06122025, 061225, 6-12-2025, 06.12.25, 2025-06-12.

    Months come before days, as ICE writes them.
    """
    year, short = f"{day.year}", f"{day.year % 100:02}"
    month, number = f"{day.month:02}", f"{day.day:02}"
    numbers = re.findall(r"\d+", file)
    runs = {f"{month}{number}{year}", f"{month}{number}{short}", f"{year}{month}{number}"}
    if runs & set(numbers):
        return True
    triples = {
        tuple(one.lstrip("0") for one in parts)
        for parts in ((month, number, year), (month, number, short), (year, month, number))
    }
    found = [tuple(one.lstrip("0") for one in numbers[at : at + 3]) for at in range(len(numbers))]
    return not triples.isdisjoint(found)


def second_documents(pairs: pl.DataFrame) -> pl.Series:
    """Say of each pair of rows, left and came, whether the latter has another document.

    `pairs` has file_before, moa_file_came, file_after_came and signed_on_came. The row that came
    links another document at once, or links one later whose name has the new signing date. What
    never linked any was pending all along: there is no second document to it.
    """
    columns = ("file_before", "moa_file_came", "file_after_came", "signed_on_came")
    told = [
        bool(
            first and later and (now or later) != first and (now or (day and says_day(later, day)))
        )
        for first, now, later, day in pairs.select(columns).iter_rows()
    ]
    return pl.Series("is_second", told, pl.Boolean)
