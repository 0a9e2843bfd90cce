"""Make pages that hold the list as a table, the way the agency's page did until February 2025."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import polars as pl

HEADER = ("STATE", "LAW ENFORCEMENT AGENCY", "SUPPORT TYPE", "SIGNED", "MOA")


def table(rows: Sequence[Sequence[str | None]], attributes: str = "") -> str:
    """Return a table: each row is state, agency, model, signed, and the address behind "Link"."""
    lines = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(cell or '')}</td>" for cell in row[:4])
        + (f'<td><a href="{html.escape(row[4])}">Link</a></td>' if row[4] else "<td>pending</td>")
        + "</tr>\n"
        for row in rows
    )
    head = "".join(f"<th>{name}</th>" for name in HEADER)
    return f"<table {attributes}><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def page(body: str, token: str = "") -> bytes:
    """Return a page around a table; `token` is what changes from one load to the next."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>287(g)</title></head>'
        f'<body data-token="{token}"><nav><ul><li><a href="/about">About</a></li></ul></nav>'
        f"<main>{body}</main><footer>{token}</footer></body></html>"
    ).encode()


def rendered(rows: pl.DataFrame, links: Mapping[int, str] | None = None, token: str = "") -> bytes:
    """Return a page that prints these rows (`ROWS_SCHEMA`), its links as given or as published."""
    printed = rows.sort("row_number").select(
        "row_number",
        "state_printed",
        "agency_printed",
        "model_printed",
        "signed_printed",
        "moa_url",
    )
    return page(
        table([(*row[1:5], (links or {}).get(row[0], row[5])) for row in printed.rows()]), token
    )
