# ruff: noqa: RUF001 (dashes, quotes and apostrophes are meant as printed)
"""Whether a figure counts only some of a kind: campus police, a county's agencies, those that left.

The lists tell states and models of agreement apart and nothing finer, so a figure that its text
limits further can be neither confirmed nor contradicted by them.
"""

from __future__ import annotations

import re

from .scene import Counted, Scene

_NARROWER = re.compile(
    r"\b(?:sheriff\w*|campus|universit\w+|colleges?|schools?|constables?|municipal|tribal|highway"
    r"|patrols?|marshals?|wildlife|corrections?|correctional|prisons?|airports?|rural|small(?:er)?"
    r"|large(?:r|st)?|big(?:gest)?|suburban|urban|coastal|border|neighbou?ring|nearby|area"
    r"|city|county|counties)\b",
    re.IGNORECASE,
)
_ALL_LEVELS = re.compile(r"\b(?:local|state)\b", re.IGNORECASE)
_SOME_OF = re.compile(r"\bsome\sof\s(?:the\s|its\s|those\s)?$", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:other\sstates|rest\sof\sthe\s\w+)\W*$|\belsewhere\W*$", re.IGNORECASE
)
_PEOPLE_OF = re.compile(
    r"\b(?:officers?|deputies|troopers|agents|officials|members|employees|chiefs|representatives)"
    r"\s(?:with|from|at|of|in)\s$",
    re.IGNORECASE,
)
_REGION = re.compile(
    r"\s(?:in|across|around|near|throughout)\s(?:(?:the|this|our|their)\s)?(?:[A-Z][\w.’'-]*\s){0,3}"
    r"(?:[Cc]ount(?:y|ies)\b|[Vv]alley|[Bb]ay\b|[Aa]rea\b|[Rr]egion|[Mm]etro|[Pp]arish|[Dd]istrict)"
    r"|\s(?:in|across|throughout)\s(?:[Ss]outh|[Nn]orth|[Ee]ast|[Ww]est|[Cc]entral|[Uu]pstate"
    r"|[Rr]ural|[Ss]outheast|[Ss]outhwest|[Nn]ortheast|[Nn]orthwest)(?:ern)?\s"
    r"(?!Carolina|Dakota|Virginia)",
)
_DID_MORE = re.compile(
    r"\s(?:,\s)?(?:of\s(?:them|those|which)\s)?(?:(?:that|which|who|whose)\s)?(?:(?:have|has|had|are|were|also|since)\s){0,3}"
    r"(?:withdr\w+|end(?:ed|ing)|cancel\w*|terminat\w+|dropp\w+|reject\w+|declin\w+|refus\w+"
    r"|left|did\sso|appear\w*|consider\w+|train\w+|assist\w+|help\w+|arrest\w+|receiv\w+|applied|lost|sued|failed)\b",
    re.IGNORECASE,
)


def counts_a_part(scene: Scene, place: int, counted: Counted) -> bool:
    """Return whether the text limits a count of agencies or agreements more than the lists do."""
    if not counted.metric.startswith(("agreements", "agencies")):
        return False
    figure = scene.figures[place]
    phrase = scene.text[figure.end : counted.end]
    if _NARROWER.search(phrase) and not _ALL_LEVELS.search(phrase):
        return True
    before = re.split(r"[.;:]\s", scene.near(place))[-1]
    if _ELSEWHERE.search(scene.near(place)) or _SOME_OF.search(before) or _PEOPLE_OF.search(before):
        return True
    after = scene.text[counted.end : scene.end]
    return bool(_REGION.match(after) or _DID_MORE.match(after))
