"""The claim grammar: whole records on made-up text, and precision and recall on the originals."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from flows.settings import ROOT
from flows.steps.articles import read_article
from flows.steps.claims import Named, find_claims, find_names
from flows.steps.claims.words import UNITS
from flows.steps.common.records import Article, Claim

ORIGINALS = ROOT.parent / "shared" / "articles"
DIGESTS = ROOT / "seeds" / "articles"
GOLDEN = ROOT / "tests" / "golden" / "claims.csv"
SENTENCES = ROOT / "tests" / "fixtures" / "articles" / "sentences.txt"
FRESH = SENTENCES.with_name("fresh.txt")
UNSEEN = SENTENCES.with_name("unseen")
READ_ON = date(2025, 9, 15)

needs_originals = pytest.mark.skipif(
    not ORIGINALS.is_dir(),
    reason="the five original articles are not part of the repository (../shared/articles)",
)


def claims_in(text: str, published_on: date | None = READ_ON) -> list[Claim]:
    return find_claims(Article("made-up", "", text, published_on=published_on))


def label(claim: Claim) -> tuple[str, ...]:
    """Return a claim as a row of the labelled file."""
    fields = [
        claim.metric,
        f"{claim.value:.10g}",
        "" if claim.value_high is None else f"{claim.value_high:.10g}",
        claim.unit,
        claim.qualifier,
        *(str(day or "") for day in (claim.as_of, claim.as_of_end)),
        claim.as_of_precision,
        str(claim.since or ""),
        claim.state or "",
        claim.model or "",
    ]
    return (claim.article_id, *fields)


def in_words(claim: Claim, text: str) -> str:
    """Return every field of a claim but its ids and offsets, which the span's text stands for."""
    value = f"{claim.value:.10g}"
    if claim.value_high is not None:
        value += f"-{claim.value_high:.10g}"
    when = "undated"
    if claim.as_of and claim.as_of_precision == "day":
        assert claim.as_of == claim.as_of_end
        when = str(claim.as_of)
    elif claim.as_of:
        when = f"{claim.as_of}..{claim.as_of_end} {claim.as_of_precision}"
    parts = [f"[{text[claim.start : claim.end]}] {claim.metric} {value} {claim.unit}"]
    parts[0] += f" {claim.qualifier}"
    parts.append(when)
    parts += [f"since {claim.since}"] if claim.since else []
    parts += [scope for scope in (claim.state, claim.model) if scope]
    parts += [f"continues {claim.continues.split('#')[1]}"] if claim.continues else []
    return "; ".join(parts)


def made_up_cases(path: Path = SENTENCES) -> list[tuple[str, list[str]]]:
    cases: list[tuple[str, list[str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("> "):
            cases.append((line[2:].replace("\\n", "\n"), []))
        elif line and not line.startswith("#"):
            cases[-1][1].append(line)
    return cases


@pytest.mark.parametrize(("text", "expected"), made_up_cases())
def test_a_made_up_sentence_gives_exactly_its_claims(text: str, expected: list[str]) -> None:
    assert [in_words(claim, text) for claim in claims_in(text)] == expected


def test_fresh_sentences_give_most_of_their_claims(capsys: pytest.CaptureFixture[str]) -> None:
    right = found = labelled = 0
    for text, expected in made_up_cases(FRESH):
        claims = [in_words(claim, text).split("; continues")[0] for claim in claims_in(text)]
        right += (Counter(claims) & Counter(expected)).total()
        found, labelled = found + len(claims), labelled + len(expected)
    precision, recall = right / found, right / labelled
    with capsys.disabled():
        print(
            f"\nclaims on fresh sentences: precision {precision:.3f} ({right} of {found}), "
            f"recall {recall:.3f} ({right} of {labelled})"
        )
    assert precision >= 0.9
    assert recall >= 0.9


def test_there_are_many_made_up_sentences() -> None:
    assert len(made_up_cases()) >= 100


def test_a_claim_as_a_whole_record() -> None:
    text = "Counts differ. As of May 28, 2025, Florida had at least 277 task force agreements."
    start = text.index("at least")
    assert claims_in(text) == [
        Claim(
            claim_id="made-up#1",
            article_id="made-up",
            position=1,
            metric="agreements",
            value=277.0,
            value_high=None,
            unit="agreements",
            qualifier="at_least",
            as_of=date(2025, 5, 28),
            as_of_end=date(2025, 5, 28),
            as_of_precision="day",
            since=None,
            state="FL",
            model="TFM",
            start=start,
            end=start + len("at least 277"),
            continues=None,
        )
    ]


def test_one_sentence_with_two_dates_gives_both_levels_and_their_states() -> None:
    text = "They went from 137 in 22 states in March 2024 to 634 in 41 states by May 30, 2025."
    text = f"The 287(g) agreements multiplied. {text}"
    assert [in_words(claim, text) for claim in claims_in(text, None)] == [
        "[137] agreements 137 agreements exactly; 2024-03-01..2024-03-31 month",
        "[22] states 22 states exactly; 2024-03-01..2024-03-31 month; continues 1",
        "[634] agreements 634 agreements exactly; 2025-05-30",
        "[41] states 41 states exactly; 2025-05-30; continues 3",
    ]


@pytest.mark.parametrize(
    ("published_on", "text", "as_of"),
    [
        (date(2025, 6, 9), "ICE had 649 agreements as of June 6.", date(2025, 6, 6)),
        (date(2025, 1, 9), "ICE had 135 agreements as of December 20.", date(2024, 12, 20)),
        (None, "In 2025 ICE had 649 agreements as of June 6.", date(2025, 6, 6)),
        (None, "From 135 agreements in Dec. 2024 to 628 as of May 28.", date(2024, 12, 1)),
    ],
)
def test_a_left_out_year_comes_from_the_article_or_the_nearest_year(
    published_on: date | None, text: str, as_of: date
) -> None:
    assert claims_in(text, published_on)[0].as_of == as_of


def test_a_later_day_without_a_year_does_not_fall_before_the_day_it_grew_from() -> None:
    found = claims_in("From 135 agreements in December 2024 to 628 as of May 28.", None)
    assert [claim.as_of for claim in found] == [date(2024, 12, 1), date(2025, 5, 28)]


@pytest.mark.parametrize(
    "text",
    [
        "The 287(g) program was added by section 287(g) of a 1996 law.",
        "Call 866-347-2423 or 555-0142 about 287(g) agreements.",
        "Studies of 287(g) agree [1][2] and disagree [3, 4].",
        "1. Sign an agreement\n2. Train officers\n3. Begin",
        "Sheriff Ana Diaz, 52, met a 34-year-old deputy about the agreement at 9:30 a.m.",
        "Training for the agreement takes 40 hours over five days.",
        "The paper has 12,000 readers.",
        "",
    ],
)
def test_what_only_looks_like_a_figure_gives_no_claim(text: str) -> None:
    assert claims_in(text) == []


def test_a_count_of_four_digits_is_not_a_year_where_it_counts() -> None:
    found = claims_in("ICE now has 1954 agreements, up from 135 in 2024.")
    assert [(claim.metric, claim.value) for claim in found] == [
        ("agreements", 1954.0),
        ("agreements", 135.0),
    ]


def test_every_metric_has_one_unit_and_spans_slice_to_figures() -> None:
    for text, _ in made_up_cases():
        for claim in claims_in(text):
            assert claim.metric == "other" or claim.unit == UNITS[claim.metric]
            assert 0 <= claim.start < claim.end <= len(text)
            assert text[claim.start : claim.end].strip() == text[claim.start : claim.end]


def test_claims_come_out_the_same_twice_and_in_text_order() -> None:
    text = "\n".join(text for text, _ in made_up_cases())
    once, twice = claims_in(text), claims_in(text)
    assert once == twice
    assert [claim.position for claim in once] == list(range(1, len(once) + 1))
    assert [claim.start for claim in once] == sorted(claim.start for claim in once)


def golden_rows(golden: Path = GOLDEN) -> Counter[tuple[str, ...]]:
    with golden.open(encoding="utf-8", newline="") as file:
        return Counter(tuple(row) for row in list(csv.reader(file))[1:])


@needs_originals
def test_precision_and_recall_on_the_originals(capsys: pytest.CaptureFixture[str]) -> None:
    found: Counter[tuple[str, ...]] = Counter()
    for path in sorted(ORIGINALS.glob("*.txt")):
        article = read_article(path.read_bytes(), name=path.name)
        found.update(label(claim) for claim in find_claims(article))
    golden = golden_rows()
    right = (found & golden).total()
    precision, recall = right / found.total(), right / golden.total()
    with capsys.disabled():
        print(
            f"\nclaims on the originals: precision {precision:.3f} ({right} of {found.total()}), "
            f"recall {recall:.3f} ({right} of {golden.total()})"
        )
    assert precision >= 0.95, sorted((found - golden).elements())
    assert recall >= 0.95, sorted((golden - found).elements())


def test_precision_and_recall_on_articles_labelled_before_they_were_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Some labels were mended after the first reading, where the text bears the day that was read.
    found: Counter[tuple[str, ...]] = Counter()
    for path in sorted(UNSEEN.iterdir()):
        article = read_article(path.read_bytes(), name=path.name)
        found.update(label(claim) for claim in find_claims(article))
    golden = golden_rows(GOLDEN.with_name("unseen_claims.csv"))
    right = (found & golden).total()
    precision, recall = right / found.total(), right / golden.total()
    with capsys.disabled():
        print(
            f"\nclaims on unseen articles: precision {precision:.3f} ({right} of {found.total()}), "
            f"recall {recall:.3f} ({right} of {golden.total()})"
        )
    assert precision >= 0.92, sorted((found - golden).elements())
    assert recall >= 0.9, sorted((golden - found).elements())


def test_figures_of_other_matters_are_no_claims_about_the_program() -> None:
    data = SENTENCES.with_name("other-matters.txt").read_bytes()
    found = find_claims(read_article(data, name="other-matters.txt"))
    checked = {claim.metric for claim in found if not claim.is_part} - {"localities"}
    assert checked <= {"arrests", "deportations", "detained_people", "other", "share_percent"}


def test_the_digests_give_the_labelled_claims() -> None:
    found: set[tuple[str, ...]] = set()
    for path in sorted(DIGESTS.glob("*.html")):
        article = read_article(path.read_bytes(), name=path.name)
        found |= {label(claim) for claim in find_claims(article)}
    assert found == set(golden_rows())


NAMED = """Sheriff's deputies from Jackson County, Texas, joined the 287(g) program.
So did partners in Frederick County, Md., and Jacksonville, Florida.
The Leon County Sheriff's Office in Florida declined, as did the San Diego Police Department.
Leon County is watched closely.
The fair drew visitors from Austin, Texas. Highway patrol troopers in Tennessee took part.
"""


def test_agencies_are_read_as_named_with_the_state_beside_them() -> None:
    assert find_names(Article("made-up", "", NAMED)) == [
        Named("Jackson County, Texas", "Jackson County", "any", "TX"),
        Named("Frederick County, Md.", "Frederick County", "any", "MD"),
        Named("Jacksonville, Florida", "Jacksonville", "any", "FL"),
        Named("Leon County Sheriff's Office in Florida", "Leon County", "sheriff", "FL"),
        Named("San Diego Police Department", "San Diego", "police", None),
        Named("Highway patrol troopers in Tennessee", "Tennessee", "patrol", "TN"),
    ]


def test_a_headline_s_figures_are_read_and_dated_from_the_text() -> None:
    text = "The 287(g) program had 628 agreements on May 28, 2025."
    found = find_claims(Article("made-up", "ICE pacts with police hit 628", text))
    assert [(c.place, c.value, c.as_of, c.start, c.end, c.continues) for c in found] == [
        ("headline", 628, date(2025, 5, 28), 26, 29, "made-up#2"),
        ("text", 628, date(2025, 5, 28), 23, 26, None),
    ]


@pytest.mark.parametrize(
    ("text", "is_part"),
    [
        ("About 20 agencies in Florida have 287(g) agreements.", False),
        ("Officers from about 20 Florida agencies arrested people under 287(g) agreements.", True),
        ("Three campus police departments in Florida signed 287(g) agreements.", True),
        ("ICE has 287(g) agreements with 513 local and county agencies.", False),
        ("Twelve agencies in the Tampa Bay area have 287(g) agreements.", True),
        ("Nine agencies have ended their 287(g) agreements.", True),
    ],
)
def test_what_the_lists_do_not_tell_apart_is_marked(text: str, is_part: bool) -> None:
    assert [claim.is_part for claim in claims_in(text)] == [is_part]
