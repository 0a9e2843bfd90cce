"""Headers are a stranger's words: what makes no sense is left out, and ends nothing."""

from __future__ import annotations

from datetime import datetime

import pytest

from flows.steps.fetch.headers import file_name, http_time, retry_after, server_time

LAST = "Fri, 31 Dec 9999 23:59:59 GMT"


@pytest.mark.parametrize(
    "said",
    [
        'attachment; filename*=f\\bl8\u00e9[]=]"f"\'a\n\'"3',
        "attachment; filename*=utf-99''%41%00.xlsx",
        "attachment; filename*0*=x'y; filename*99999999999999999999=z",
        "\x00",
    ],
)
def test_a_name_that_cannot_be_read_gives_way_to_the_address(said: str) -> None:
    assert file_name({"content-disposition": said}, "/files/list.xlsx")


def test_times_that_cannot_be_are_none() -> None:
    for said in ("Sun, 01 Jan 0101 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", ""):
        assert http_time(said) is None
    assert server_time({"date": LAST, "age": "999999999"}) == datetime(9999, 12, 31, 23, 59, 59)
    assert retry_after({"date": LAST, "retry-after": "Mon, 01 Jan 0001 00:00:00 +2359"}) == 0.0
