"""Crafted articles: 85 texts and pages of 40,000 characters that make a reader's work grow.

Each is made of what some rule of the reading code begins with and seldom ends: the start of a
date, of a hedge, of a tag, again and again. Measured is the CPU time of reading one, so that a
busy machine makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from time import process_time

from flows.steps.articles import read_article
from flows.steps.articles.same import fingerprint
from flows.steps.claims import find_claims, find_names
from flows.steps.common.errors import Unreadable
from tests.faults import Trial

SIZES = (10_000, 40_000)
"""Characters: of a text that is read first, and of the one that counts."""

MOST_SECONDS = 2.0
"""CPU time that reading a text of either size may take."""

DEEP = 550
"""Elements inside each other, where a page nests deeply: fewer than are refused unread."""

Maker = Callable[[Random, int], str]

# Pieces of running text, by what they are: a trial strings them together as chance has it.
PIECES: dict[str, str] = {
    "one endless sentence": "the sheriff|and|county deputies|with|of their own|who|joined it|ICE",
    "one word": "agreements",
    "two words": "287(g)|agreements",
    "number words": "one|two|twenty|hundred|thousand|million|a dozen|twenty-five|half|and",
    "number words with hyphens": "two-hundred|twenty-|three-|fold|-million|a-|dozen-",
    "small figures": "7|12|135|1,035|2.5",
    "figures of agreements": "135 agreements|in 20 states|628|up from 40|62 pending agreements",
    "figures with commas": "1,000,000,000,000,000,000|1,000,|,000,000|999,999",
    "figures that run on": "1,000,000,000,~|1.1.1.1.1.1|1-1-1-1-1|1/1/1/1|1:1:1:1",
    "hedges": "at least|more than|nearly|about|no fewer than|up to|an estimated|some|just under 7",
    "ranges": "between 5 and 9|from 5 to 9|5 to|between|from|500-600|5 or|and",
    "ranges of words": "between|from|two or three|a few|to|and|between about",
    "months": "May|January|Dec.|Sept|march|may 7|June 31|might 8|would possibly",
    "days": "May 28|28 May|June 9,|28th of|January 1st to|June 3-5|the 9th|of June",
    "dates": "May 28, 2025|June 9|2025-06-09|6/9/25|in 2024|by Aug. 3|since Jan. 20",
    "years": "2025|1996|2018-19|1990s|fiscal 2025|FY 25|2,025|early 2025|by the end of 2024",
    "openings of years": "first half of|the early|the mid|the end of|the late|second quarter of|FY",
    "years with documents": "2018 study|a 2019|2020 lawsuit|2021 very long winded annual|report",
    "founded long ago": "created in 1996|established by the act in|1996|enacted very much later on",
    "seasons": "spring|the end of summer|this fall|last winter|winter of 2024|since autumn|early",
    "holidays": "Memorial Day|Thanksgiving of|Christmas|the Fourth of July|New Year’s|Labor Day",
    "offsets": "a year earlier|two weeks ago|three months before|a day after|six years later|the",
    "offsets of dates": "May 3|a year earlier|on June 4|two weeks later|10 days after|March 5",
    "spans": "the past two weeks|the four weeks ending|three months to|five days through|May 3",
    "that year": "that year|the same month|that month|in 2024|the same year",
    "since, as of, by": "since|as of|by|until|through|before|after|starting|beginning|January",
    "eras": "under President Trump|his first term|Obama|the Biden administration|he left office",
    "eras that begin": "took office|Inauguration|the start of his second|sworn in|second term",
    "first hundred days": "first 100 days of|the first ten months|of his very last new term|first",
    "weekdays": "on Monday|Friday,|yesterday|last month|this year|the end of the year|by Sunday.",
    "percentages": "40%|12 percent of|half of|two-thirds of|one in five|up 3%|a 9 percent rise",
    "multiples": "doubled|five times as many|a tenfold|twice the number|tripling|3x|twofold",
    "growth": "up from 135|down from|rose by 40|a 451% increase since|grew from 5 to 9|doubled to",
    "money": "$5|US$ 7 million|$100,000 in fines|5 dollars|a $3 bn grant|budget|$",
    "states": "Texas|Florida|New York|in West Virginia|Washington has|Ohio,|Iowa and|Utah",
    "states with figures": "Texas has 108|Florida (327)|in Ohio, 12|Utah with 9|, Iowa 3|Maine 4",
    "respectively": "18, 6 and 4,|7, 8, 9|Ohio, Iowa and Utah have|respectively|1, 2",
    "places": "St. Johns|Lee County|Frederick County, Md.|City of|Miami Police|Polk Sheriff’s|La.",
    "capital words": "Fort|Saint|Of|De|North|West|Upper|Lower|County|New",
    "models": "task force model|jail enforcement|warrant service officers|TFM|135 under the JEM",
    "ICE and agreements far apart": "ICE|and its many officers there|immigration|partners|sheriffs",
    "mailboxes": "a@b|@|a.b.c@|x@y.z|@@|http://a.b|www.|someone@somewhere",
    "telephones and times": "555-0100|(303) 555-|1-303-555-0100|9:30 a.m|12 p.m|10:|No. 5|#7",
    "ages": "Smith, 42,|Jones, 19,|, 33,|aged 8|5-year-old|-year-old|years old|a-b-c",
    "laws": "Section 287(g)|§ 287 (g|8 U.S.C.|H.B. 2-1-1|Article 5.|rule 7:8|287(|section",
    "footnotes": "[1]|[2, 3|[4–|¹²³|[12, 13, 14]|[1,|Ibid|1 See",
    "abbreviations": "U.S.|D.C.|Gov.|e.g.|a.m.|A.B.|Mr.|St.|No.",
    "that is how many": "agreements. That is how many|7.|This was the number of|. It is how many",
    "averages and rates": "an average of 5|7 a day|each signed 3|per week|one of 5|some have",
    "of them": "of them|half of those|40 of the 50|of the 628|of which there are 9|some of",
    "people": "135 people|were arrested|deported 9|detained|7 immigrants|removed|held in custody",
    "and and and": "and|,|or|;|:|with|, which|, who|—|while",
}
# Single characters, written without a blank between them.
RUNS: dict[str, str] = {
    "digits": "0123456789",
    "letters": "abcdefgh",
    "dots": ".",
    "marks that end": '.!?"”’)]',
    "hyphens": "a-",
    "dashes": "–—-| ",
    "quotes": "“\"'‘’”",
    "brackets": "[1],–",
    "parentheses": "()7",
    "line ends": "\n \t",
    "blanks": " \u00a0\t\u2009",
    "commas": "1,",
    "signs": "@.a/:~",
    "marks of lists": "•*-–\n1. ",
    "capitals with dots": "A.",
}


OPENING = (
    "Agreements double\n\nThe sheriff joined ICE in the 287(g) program on May 5, 2025.\n"
    "There were 135 agreements in 20 states in December, and 628 today.\n"
)


def _strung(pieces: tuple[str, ...], joint: str, random: Random, size: int) -> str:
    """Return pieces in any order: now one of them for a long stretch, now several in turn."""
    parts = [OPENING]
    length = len(OPENING)
    while length < size:
        several = "".join(
            piece + joint for piece in random.choices(pieces, k=random.choice((1, 1, 2, 5)))
        )
        parts.append(several * random.randint(1, size // (3 * len(several)) + 1))
        length += len(parts[-1])
    return "".join(parts)[:size]


def _lines(pieces: tuple[str, ...], random: Random, size: int) -> str:
    """Return lines, each made of one piece."""
    return _strung(tuple(f"{piece}\n" for piece in pieces), "", random, size)


def _table(columns: int, random: Random, size: int) -> str:
    """Return a table of an export: a header and rows of figures, states and models."""
    cells = ("Texas", "135", "7%", "May 5", "task force model", "-", "agreements", "2025", "1,035")
    rows = ["Agreements by state:", " | ".join(random.choices(cells, k=columns))]
    while sum(map(len, rows)) < size:
        rows += [" | ".join(random.choices(cells, k=columns)) for _ in range(200 // columns + 1)]
    return "\n".join(rows)[:size]


def _far_apart(random: Random, size: int) -> str:
    """Return long sentences that open what their end, far away, might close."""
    opens = (
        "Of the Texas agreements ",
        "“It is, ",
        "(ICE ",
        "when ",
        "They ",
        "between 5 and then ",
    )
    filler = " ".join(random.choices(("deputies", "there", "were", "many", "more"), k=180))
    text = ""
    while len(text) < size:
        text += random.choice(opens) + filler + ", 135 agreements by May 5. "
    return text[:size]


def _nested(tag: str, random: Random, size: int) -> str:
    """Return elements inside themselves, nearly as deep as a page may nest."""
    del random
    name = tag.split(" ", maxsplit=1)[0].split(">", maxsplit=1)[0]
    nest = f"<{tag}>" * DEEP + "<p>7 agreements joined ICE</p>" * 9 + f"</{name}>" * DEEP
    return f"<html><body><p>{OPENING}</p>" + nest * (size // len(nest) + 1)


def _markup(pieces: tuple[str, ...], random: Random, size: int) -> str:
    """Return a page made of markup in any order, ended often enough to nest no deeper than any."""
    parts = [f"<html><body><article><p>{OPENING}</p>"]
    while sum(map(len, parts)) < size:
        several = random.choices(pieces, k=random.choice((1, 1, 2, 5)))
        parts += ["<div>", *several * random.randint(1, 250 // len(several)), "</div>"]
    return "".join(parts)


def _linked(pieces: tuple[str, ...], random: Random, size: int) -> str:
    """Return a page whose JSON-LD is odd."""
    inner = _strung(pieces, "", random, size - 400)
    story = "<p>The sheriff of Lee County joined the program with 135 agreements in 20 states.</p>"
    return f'<html><script type="application/ld+json">{inner}</script><body>{story}</body></html>'


TEXTS: dict[str, Maker] = {
    **{name: partial(_strung, tuple(pieces.split("|")), " ") for name, pieces in PIECES.items()},
    **{name: partial(_strung, tuple(signs), "") for name, signs in RUNS.items()},
    "list items": partial(
        _lines, ("• Texas: 108 agreements", "- 7", "Models:", "1. May 5", "", " ")
    ),
    "headlines": partial(_lines, ("Agreements By State", "135 agreements", "May 2025", "In Texas")),
    "a narrow table": partial(_table, 3),
    "a wide table": partial(_table, 400),
    "far apart": _far_apart,
}
PAGES: dict[str, Maker] = {
    "div in div": partial(_nested, "div"),
    "span with a class in itself": partial(_nested, 'span class="share"'),
    "tables in tables": partial(_nested, "table><tr><td"),
    "unclosed tags": partial(
        _markup, ("<font>", "<b>", "<i>", "<p>", "<li>", "<td>", "7 agreements")
    ),
    "paragraphs": partial(_markup, ("<p>7 agreements", "<br>", "</p>", "<h2>", "<p class=ad>")),
    "links": partial(_markup, ("<a href=#fn>1</a>", "<a rel=author>By Al Ray", "<sup>1</sup>")),
    "rows": partial(_markup, ("<tr>", "<td>7", "<table>", "</table>", "<th>Texas", "<tr><p>")),
    "names of classes": partial(
        _markup, ('<i class="aB cD-', "share ", '">', "relatedX ", "<b id=q>")
    ),
    "attributes": partial(_markup, ("<p a=", " b='", '"', "c=1 ", "style=display:none ", ">")),
    "comments": partial(_markup, ("<!-- -->", "<!--", "-->", "<![CDATA[", "]]>", "7 agreements")),
    "doctypes": partial(_markup, ("<!doctype ", "<!DOCTYPE html [", "]", "<?xml ", "x", "<")),
    "linked data": partial(
        _linked, ('[{"@graph":', '{"@type":"Article",', "[", '"', "]", "}", "1,")
    ),
    "meta tags": partial(
        _markup, ('<meta name="date" content="', "May ", '">', "<time>", "<meta ")
    ),
}


def trials(seed: int) -> list[Trial]:
    """Return the trials of a seed: 85 texts and pages, each read at both sizes."""
    made: list[Trial] = []
    for ending, makers in (("txt", TEXTS), ("html", PAGES)):
        for name, make in makers.items():
            made.append(Trial(f"{name} ({ending})", partial(_run, make, ending, seed, name)))
    return made


def crafted(trial: Trial, size: int) -> bytes:
    """Return the text of a trial at a size in characters."""
    make, _, seed, name = trial.run.args  # type: ignore[attr-defined]
    text: str = make(Random(f"{seed} {name}"), size)
    return text.encode()


def _run(make: Maker, ending: str, seed: int, name: str, folder: Path) -> str:
    """Read a text at both sizes; say how long it took when that was too long."""
    del folder
    taken: list[str] = []
    for size in SIZES:
        begun = process_time()
        read(make(Random(f"{seed} {name}"), size).encode(), f"{size}.{ending}")
        seconds = process_time() - begun
        taken.append(f"{size:,} characters took {seconds:.1f} s")
        if seconds > MOST_SECONDS:
            return "; ".join(taken)
    return ""


def read(data: bytes, name: str) -> None:
    """Read an article as a build does; one that is refused with a sentence is read."""
    try:
        article = read_article(data, name=name)
    except Unreadable:
        return
    find_claims(article)
    find_names(article)
    fingerprint(article.text)
