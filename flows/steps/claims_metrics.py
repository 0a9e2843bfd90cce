"""What a figure counts: the noun after it, the subject before it, or the sentence before that."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from flows.steps.claims_numbers import Figure
from flows.steps.claims_words import (
    IN_PROGRAM,
    OTHER_STATES,
    PEOPLE_VERBS,
    PROGRAM,
    UNITS,
    noun_kind,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence to read: `text` is the whole article with dates and non-figures blanked out.

    `topic` is what the figures before counted, `lead` the line that opens a list, `header` the
    cells of a table's first row, and `counted` what the earlier figures of the sentence count.
    """

    text: str
    start: int
    end: int
    figures: tuple[Figure, ...]
    topic: str | None = None
    lead: str = ""
    header: tuple[str, ...] = ()
    counted: tuple[Counted | None, ...] = ()

    @property
    def sentence(self) -> str:
        """Return the sentence itself."""
        return self.text[self.start : self.end]

    def before(self, place: int) -> str:
        """Return the sentence up to a figure."""
        return self.text[self.start : self.figures[place].start]

    def after(self, place: int) -> str:
        """Return the text from a figure up to the next figure or the end of the sentence."""
        return self.text[self.figures[place].end : self.limit(place)]

    def limit(self, place: int) -> int:
        """Return where the next figure, or the end of the sentence, begins."""
        following = self.figures[place + 1 : place + 2]
        return following[0].start if following else self.end


@dataclass(frozen=True, slots=True)
class Counted:
    """What one figure counts.

    `end` is where its noun phrase ends; `flow` says that a verb of signing governs it ("past" for
    "signed", "perfect" for "has signed"); `of` is the metric that a share is a share of.
    """

    metric: str
    unit: str
    end: int
    flow: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words after a figure up to its noun; `kind` is None when no noun was met."""

    words: tuple[str, ...]
    kind: str | None
    end: int
    stopped_by: str


_STOP = frozenset(
    [
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "to",
        "of",
        "across",
        "since",
        "as",
        "under",
        "during",
        "through",
        "throughout",
        "over",
        "than",
        "that",
        "which",
        "who",
        "whom",
        "were",
        "was",
        "is",
        "are",
        "be",
        "been",
        "has",
        "have",
        "had",
        "will",
        "would",
        "could",
        "can",
        "may",
        "should",
        "do",
        "does",
        "did",
        "not",
        "now",
        "but",
        "while",
        "after",
        "before",
        "when",
        "because",
        "if",
        "so",
        "then",
        "into",
        "within",
        "among",
        "between",
        "against",
        "via",
        "per",
        "using",
        "the",
        "a",
        "an",
        "its",
        "their",
        "his",
        "her",
        "our",
        "these",
        "those",
        "this",
        "they",
        "it",
        "he",
        "she",
        "we",
        "nationwide",
        "statewide",
        "around",
        "out",
        "up",
        "down",
        "alone",
        "also",
        "just",
        "later",
    ]
)
_ELLIPTIC = frozenset(
    [
        "total",
        "new",
        "newly",
        "signed",
        "pending",
        "active",
        "more",
        "others",
        "additional",
        "awaiting",
        "waiting",
        "approval",
        "still",
        "today",
        "currently",
        "already",
        "overall",
        "altogether",
        "combined",
        "last",
        "earlier",
        "and",
        "or",
        "such",
        "previously",
        "formal",
        "full",
        "executed",
        "approved",
        "use",
        "uses",
        "used",
        "follow",
        "followed",
        "joined",
        "operate",
        "run",
        "work",
        "cover",
        "covered",
        "came",
        "come",
        "chose",
        "opted",
        "belong",
        "took",
        "take",
        "remain",
        "exist",
        "existing",
        "expired",
        "others",
        "fall",
        "inked",
        "added",
        "being",
        "finalized",
        "apiece",
    ]
)
_NOT_PLURAL = re.compile(
    r"(?:ss|us|is|['’]s|s['’]|ies['’])$|^(?:always|perhaps|plus|unless|besides|ours)$"  # noqa: RUF001
)
_TOKEN = re.compile(r"[A-Za-z][\w.'’/-]*|[^\s\w]|\d+")  # noqa: RUF001
_OF_WHICH = re.compile(
    r"\s(?:more\s)?of\s(?:(?P<pronoun>those|these|them|which|whom)\b(?!\s[a-z]*s\b)"
    r"|(?:the|its|their|all|these|those|all\sthe)\b)"
)
_LINK = re.compile(
    r"(?:\b(?:from|to|at|of|reach(?:ed|es|ing)?|hit|hits|hitting|was|were|is|are|totall?(?:ed|ing|s)"
    r"|stood|stands|had|has|have|with|now|than|by|and|including|includes|lists?|listed|counts?"
    r"|counted|numbered|only|under|averaged|became|put|down|up|just|another|shows?)\s|[,(:;|—–]\s?|^\W*)$",  # noqa: RUF001
    re.IGNORECASE,
)
_CHANGE_LINK = re.compile(r"\b(?:from|to|at|of|was|were|stood|reached|hit|than|with)\s$", re.I)
_POINTS_BACK = re.compile(
    r"\b(?:that|this|it|they|them|those|these|figures?|numbers?|totals?|tally|count|which)\b", re.I
)
_SUBORDINATE = re.compile(
    r"\b(?:with|by|for|among|between|in|across|to|that|under|through)\s(?:[\w'’.-]+\s){0,5}$",  # noqa: RUF001
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(
    r"\b(?:number|total|count|tally|roll|list|roster|sum)\sof\s(?:[\w'’.,()-]+\s){0,5}$",  # noqa: RUF001
    re.IGNORECASE,
)
_CAREER = re.compile(
    r"\b(?:led|leads|headed|heads|ran|commanded|oversaw|worked\s(?:for|in|at|with)|served\s(?:in|at))"
    r"\s$",
    re.IGNORECASE,
)
_PROJECTED = re.compile(
    r"\b(?:will|could|expect\w*|aim\w*|hop(?:es|ed|ing)|plans?|goal|target\w*|projected|wants?)\b"
    r"[^,.;:]{0,40}$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"\b(?:program|participation|partnership|network|roster|expansion)\b", re.I)
_WORD = re.compile(r"[A-Za-z][\w-]*")


def noun_phrase(scene: Scene, place: int, start: int | None = None) -> Phrase:
    """Read the words after a figure until its noun, or until a word that no noun phrase holds."""
    figure = scene.figures[place]
    begin = figure.end if start is None else start
    words: list[str] = []
    kind = None
    for token in _TOKEN.finditer(scene.text, begin, scene.limit(place)):
        word = token[0].rstrip(".")
        if not word[:1].isalpha():
            if token[0] in "“”\"'‘’,/" and (words or token[0] != ","):  # noqa: RUF001
                if token[0] == "," and not words:
                    break
                continue
            return Phrase(tuple(words), kind, token.start(), token[0])
        if word.lower() in _STOP:
            return Phrase(tuple(words), kind, token.start(), word.lower())
        words.append(word.lower())
        found = noun_kind(word, is_one=figure.value == 1)
        if found and not _is_attribute(scene, token.end(), found):
            return Phrase(tuple(words), found, token.end(), "")
        if found is None and word.islower() and word.endswith("s") and word not in _ELLIPTIC:
            kind = kind or (None if _NOT_PLURAL.search(word) else "unknown")
        if len(words) > 9:
            break
    return Phrase(tuple(words), kind, scene.limit(place), "")


def _is_attribute(scene: Scene, end: int, kind: str) -> bool:
    """Return whether a plural only describes the noun after it ("states attorneys")."""
    return kind == "people" and bool(re.match(r"\s(?:agencies|agreements)\b", scene.text[end:]))


def topic_before(scene: Scene, place: int) -> str | None:
    """Return what the subject before a figure counts, in its sentence, table or lead-in line."""
    left = scene.before(place)
    cells = left.rsplit("\n", 1)[-1].split(" | ")
    found = _subject(scene, left, place)
    if found is None and len(cells) > 1 and len(scene.header) >= len(cells):
        found = _first_kind(scene.header[len(cells) - 1])
    if found is None and scene.lead:
        found = _first_kind(scene.lead)
    if found is None and _SUBJECT.search(left) and re.search(r"g{4,}", left):
        found = "agreements"
    return found


def _subject(scene: Scene, left: str, place: int) -> str | None:
    """Return the kind of the nearest noun that can be the subject of a figure."""
    taken = [
        (figure.start - scene.start, (counted.end if counted else figure.end) - scene.start)
        for figure, counted in zip(scene.figures[:place], scene.counted, strict=False)
    ]
    nearest: tuple[int, str] | None = None
    fallback: tuple[int, str] | None = None
    for word in _WORD.finditer(left):
        kind = noun_kind(word[0])
        if kind in (None, "measure", "models") or any(a <= word.start() < b for a, b in taken):
            continue
        head = left[: word.start()]
        entry = (word.start(), _settle(scene, kind or "", word.start()))
        if _NUMBER_OF.search(head) or not _SUBORDINATE.search(head):
            nearest = entry if kind != "states" or _NUMBER_OF.search(head) else nearest
        elif kind != "states":
            fallback = entry
    for figure, counted in zip(scene.figures[:place], scene.counted, strict=False):
        if counted and counted.metric in UNITS and counted.metric not in ("states", "models"):
            where = figure.start - scene.start
            if counted.unit not in ("percent", "ratio") and (not nearest or where > nearest[0]):
                nearest = (where, _base(counted.metric))
    nearest = nearest or _named_population(left) or fallback
    return nearest[1] if nearest and nearest[1] else None


def _named_population(left: str) -> tuple[int, str] | None:
    """Return the people in custody for "detention population", whose noun is no plural."""
    found = re.search(r"\bdetention\s(?:population|numbers?|total|count)\b", left, re.IGNORECASE)
    return (found.start(), "detained_people") if found else None


def _settle(scene: Scene, kind: str, at: int) -> str:
    """Return the metric of a subject noun: loose agreement words and people need their context."""
    if kind == "loose_agreements":
        return "agreements" if IN_PROGRAM.search(scene.sentence) else ""
    if kind == "people":
        return _verb_metric(scene.sentence, at, at) or ""
    return kind


def _first_kind(words: str) -> str | None:
    """Return what the first known plural noun of a label counts."""
    if re.search(r"\bdetention\spopulation\b", words, re.IGNORECASE):
        return "detained_people"
    kinds = (noun_kind(word[0]) for word in _WORD.finditer(words))
    return next((kind for kind in kinds if kind in UNITS), None)


def _base(metric: str) -> str:
    """Return the plain metric a pronoun stands for: "444 of them" are agreements."""
    return "agreements" if metric.startswith("agreements") else metric


def _verb_metric(sentence: str, start: int, end: int) -> str | None:
    """Return what was done to the people whose phrase spans `start` to `end` of a sentence."""
    best: tuple[int, str] | None = None
    for pattern, metric in PEOPLE_VERBS:
        for found in pattern.finditer(sentence):
            gap = found.start() - end if found.start() >= end else start - found.end()
            between = sentence[min(end, found.end()) : max(start, found.start())]
            if re.search(r"[;.]\s", between) or gap > 80:
                continue
            if best is None or gap < best[0]:
                best = gap, metric
    return best[1] if best else None


def count_metric(scene: Scene, place: int) -> Counted | None:
    """Return what a plain number counts, or None when it is no claim of ours."""
    figure = scene.figures[place]
    phrase = noun_phrase(scene, place)
    kind, end = phrase.kind, phrase.end
    of_which = _OF_WHICH.match(scene.text, figure.end, scene.end)
    if of_which and not phrase.words:
        kind = _kind_of_which(scene, place, of_which)
    elif kind is None and not _may_be_elliptic(scene, place, phrase):
        return None
    elif kind is None:
        kind = _shared_noun(scene, place, phrase) or _elliptic_kind(scene, place)
    if kind is None or kind in ("unknown", "measure"):
        return None
    if _PROJECTED.search(scene.before(place)) and kind in ("agreements", "agencies", "states"):
        return Counted("other", UNITS[kind], end)
    return _settled(scene, place, kind, end)


def _kind_of_which(scene: Scene, place: int, found: re.Match[str]) -> str | None:
    """Return what "315 of them", "315 of the agreements" or "315 of the 628" counts."""
    if not found["pronoun"]:
        phrase = noun_phrase(scene, place, found.end())
        if phrase.kind:
            return phrase.kind
        if not phrase.words and place + 1 < len(scene.figures):
            return noun_phrase(scene, place + 1).kind
    return topic_before(scene, place) or scene.topic


def _may_be_elliptic(scene: Scene, place: int, phrase: Phrase) -> bool:
    """Return whether a figure without a noun can stand for one named before."""
    figure = scene.figures[place]
    if any(word not in _ELLIPTIC and not re.fullmatch("g{4,}", word) for word in phrase.words[:1]):
        return False
    left = scene.before(place)
    if figure.is_word and figure.value <= 12 and not _CHANGE_LINK.search(left):
        return False
    label = re.search(r"([A-Za-z]+)[\s~()]*$", left)
    is_label = bool(label and (noun_kind(label[1]) or label[1].lower() == "population"))
    return is_label or bool(_LINK.search(left))


def _shared_noun(scene: Scene, place: int, phrase: Phrase) -> str | None:
    """Return the noun that two figures share: "517 signed and 62 pending agreements"."""
    joined = re.search(r"(?:\band|\bor|,|\+|\bplus)\s$", scene.after(place))
    if not joined or place + 1 >= len(scene.figures):
        return None
    if phrase.stopped_by and phrase.stopped_by not in ",+":
        return None
    kind = noun_phrase(scene, place + 1).kind
    return kind if kind in ("agreements", "agencies") else None


def _elliptic_kind(scene: Scene, place: int) -> str | None:
    """Return what a bare figure counts, from the subject or from the sentence before."""
    found = topic_before(scene, place)
    if found or not scene.topic:
        return found
    left = scene.before(place)
    points = _POINTS_BACK.search(left) or re.match(r"\W*of\sth", left, re.IGNORECASE)
    is_change = re.search(r"\bfrom\s(?:[a-z]+\s){0,2}$|\b(?:up|rose|grew)\b", left, re.IGNORECASE)
    return scene.topic if points or is_change else None


def _settled(scene: Scene, place: int, kind: str, end: int) -> Counted | None:
    """Return the metric of a noun once its context is checked, None when it is no claim."""
    sentence = scene.sentence + " " + scene.lead
    figure = scene.figures[place]
    in_program = bool(IN_PROGRAM.search(sentence)) or scene.topic in PROGRAM
    if kind == "people":
        offset = scene.start
        metric = _verb_metric(scene.sentence, figure.start - offset, end - offset)
        metric = metric or (_verb_metric(scene.lead, 0, 0) if scene.lead else None)
        return Counted(metric, UNITS[metric], end) if metric else None
    if kind == "loose_agreements":
        is_ours = re.search(r"g{4,}|\bICE\b|immigration", sentence)
        kind = "agreements" if is_ours else ""
    if kind == "agreements":
        return _agreements(scene, place, end)
    if kind in ("agencies", "localities", "states", "officers", "models") and not in_program:
        return None
    check = _CHECKS.get(kind)
    if not kind or (check and not check(scene, place, end)):
        return Counted("other", "states", end) if kind == "states" else None
    if kind == "agencies" and _PENDING_AFTER.match(scene.text[end : scene.limit(place)]):
        return Counted("agreements_pending", "agreements", end)
    return Counted(kind, UNITS[kind], end)


def _is_agency(scene: Scene, place: int, end: int) -> bool:
    """Return whether agencies are counted, and not a career, field offices or federal bodies."""
    words = scene.text[scene.figures[place].end : end].lower()
    if _CAREER.search(scene.before(place)) or re.search(r"federal|sanctuary|news|tax|other", words):
        return False
    if re.search(r"offices$", words):
        return bool(re.search(r"sheriff|constable|police|marshal", words))
    return not re.search(r"forces$", words) or "police" in words


def _is_state_count(scene: Scene, place: int, _end: int) -> bool:
    """Return whether states with agreements are counted, and not states with laws or lawsuits."""
    if re.search(r"\bof\s(?:the\s)?$", scene.before(place)):
        return False
    nearby = scene.sentence[max(0, scene.figures[place].start - scene.start - 60) :][:140]
    return not OTHER_STATES.search(nearby)


def _is_officer(scene: Scene, _place: int, _end: int) -> bool:
    """Return whether officers trained or deputised under the program are counted."""
    return bool(
        re.search(r"train|deputi[sz]|certif|nominat|credential|g{4,}", scene.sentence, re.I)
    )


def _is_model(scene: Scene, place: int, end: int) -> bool:
    """Return whether the models of the program are counted ("in three forms"), not pointed at."""
    figure = scene.figures[place]
    before = scene.before(place)
    if figure.value > 6 or re.search(r"\b(?:the|all|these|those|both|of)\s$", before, re.I):
        return False
    is_models = scene.text[:end].lower().endswith("models")
    return is_models or bool(re.search(r"agreements|program", before, re.IGNORECASE))


_CHECKS: dict[str, Callable[[Scene, int, int], bool]] = {
    "agencies": _is_agency,
    "states": _is_state_count,
    "officers": _is_officer,
    "models": _is_model,
}
_WAITING = r"pending|proposed|awaiting|waiting|under\sreview|in\sthe\spipeline|not\syet"
_DONE = r"signed|active|approved|finalized|existing|completed|executed|in\sforce|in\seffect|current"
_BOTH = re.compile(
    rf"\b(?:{_WAITING})\s?(?:,|and|or|plus|/|&)\s?(?:\w+\s){{0,2}}(?:{_DONE})\b"
    rf"|\b(?:{_DONE})\s?(?:,|and|or|plus|/|&)\s?(?:\w+\s){{0,2}}(?:{_WAITING})\b"
    rf"|\b(?:includ|count)(?:ing|es)\s(?:\w+\s){{0,2}}(?:{_WAITING})\b",
    re.IGNORECASE,
)
_PENDING_AFTER = re.compile(
    rf"\s?(?:\(|\||,)?\s?(?:(?:are|were|is|was|remain(?:ed)?|still|more|others|that|which|have|with"
    rf"|listed|as|had)\s){{0,3}}(?:{_WAITING})\b",
    re.IGNORECASE,
)
_NEW_AFTER = re.compile(
    r"\s?(?:\(|,)?\s?(?:of\s(?:them|those|these|which)\s)?(?:(?:are|were|being|brand)[\s-])?new(?:ly)?\b",
    re.IGNORECASE,
)
_NEW_WORDS = re.compile(r"\b(?:new|newly|additional|fresh|brand-new|more)\b", re.IGNORECASE)
_SIGN = (
    r"(?:signed|inked|added|initiated|entered(?:\sinto)?|struck|approved|finalized|executed|forged)"
)
_SIGNED_BEFORE = re.compile(
    rf"(?P<perfect>\b(?:has|have|had)\s(?:\w+\s)?)?\b{_SIGN}\s(?:\w+\s){{0,2}}$", re.IGNORECASE
)
_SIGNED_AFTER = re.compile(
    rf"\s?(?:of\s(?:them|those|these|which)\s)?(?P<perfect>(?:have|had)\sbeen\s)?"
    rf"(?:(?:were|was|are)\s)?(?:newly\s)?{_SIGN}\b(?!\s(?:on\b|agreements|g{{4,}}))",
    re.IGNORECASE,
)


def _agreements(scene: Scene, place: int, end: int) -> Counted:
    """Return which agreements are counted: signed, pending, both, or new ones."""
    figure = scene.figures[place]
    earlier = scene.figures[place - 1].end if place else scene.start
    left = scene.text[max(earlier, figure.start - 60) : figure.start]
    left = re.split(r"[.;]\s", left)[-1]
    phrase = scene.text[figure.end : end]
    right = re.split(r"[.;]", scene.text[end : scene.limit(place)])[0]
    around = phrase + right[:60]
    metric = "agreements"
    if _BOTH.search(around) or _BOTH.search(left):
        metric = "agreements_signed_or_pending"
    elif (
        re.search(rf"\b(?:{_WAITING})\b", phrase, re.I)
        or _PENDING_AFTER.match(right)
        or re.search(rf"\b(?:{_WAITING})\W*(?:\w+\W+){{0,2}}$", left, re.IGNORECASE)
    ):
        metric = "agreements_pending"
    elif (
        _NEW_WORDS.search(phrase)
        or _NEW_AFTER.match(scene.text[figure.end : scene.end])
        or re.search(r"\b(?:another|additional|new)\s(?:[\w-]+\s){0,2}$", left + phrase[:0], re.I)
    ):
        metric = "agreements_new"
    before = _SIGNED_BEFORE.search(left)
    after = _SIGNED_AFTER.match(right) or _SIGNED_AFTER.match(scene.text[figure.end : scene.end])
    signed = before or after
    flow = ("perfect" if signed["perfect"] else "past") if signed else None
    return Counted(metric, "agreements", end, flow=flow)
