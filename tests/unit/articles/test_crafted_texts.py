"""Texts made to take long are read in time, and what is not read of them is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.steps.articles import MAX_TITLE, read_article
from flows.steps.claims import find_claims
from flows.steps.claims.reach import MOST_FIGURES, MOST_NUMBERS, end_of_reading
from flows.steps.common.nesting import MAX_DEPTH
from flows.steps.common.records import Article
from tests.faults import texts

TRIALS = {trial.name: trial for trial in texts.trials(1)}
SENTENCE = "The sheriffs hold 7 agreements here. "
# Kinds that take far less than their bound, on a slow machine as well.
QUICK = (
    "one endless sentence (txt)",
    "dots (txt)",
    "marks that end (txt)",
    "mailboxes (txt)",
    "hyphens (txt)",
    "line ends (txt)",
    "eras (txt)",
    "comments (html)",
    "linked data (html)",
)


def test_the_campaign_has_85_texts_of_40_000_characters() -> None:
    assert len(TRIALS) == len(texts.trials(1)) == 85
    sizes = {name: len(texts.crafted(trial, 40_000).decode()) for name, trial in TRIALS.items()}
    assert {name: size for name, size in sizes.items() if not 35_000 < size < 75_000} == {}


def test_a_seed_gives_the_same_texts_and_another_gives_others() -> None:
    def made(seed: int) -> list[bytes]:
        return [texts.crafted(trial, 500) for trial in texts.trials(seed)]

    assert made(1) == made(1) != made(2)


@pytest.mark.parametrize("name", QUICK)
def test_a_crafted_text_is_read_in_time(name: str, tmp_path: Path) -> None:
    assert TRIALS[name].run(tmp_path) == ""


def test_a_text_with_too_many_numbers_is_read_up_to_one_and_says_so() -> None:
    text = "A headline\n\n" + SENTENCE * (MOST_NUMBERS + 50)
    article = read_article(text.encode(), name="many.txt")
    end = end_of_reading(article.text)
    assert article.text[end:].startswith("7 agreements here. ")
    assert article.text[:end].count("7") == MOST_NUMBERS
    assert article.notes == (
        f"figures read in the first {end:,} characters only: too many numbers",
    )
    claims = find_claims(article)
    assert len(claims) == MOST_NUMBERS
    assert claims == find_claims(replace(article, text=article.text[:end]))


def test_a_text_with_as_many_numbers_as_may_be_is_read_whole() -> None:
    text = "A headline\n\n" + SENTENCE * MOST_NUMBERS
    article = read_article(text.encode(), name="many.txt")
    assert end_of_reading(article.text) == len(article.text)
    assert article.notes == ()


def test_a_sentence_with_more_figures_than_states_is_read_in_parts() -> None:
    states = ", ".join(["7 agreements in Ohio"] * (2 * MOST_FIGURES + 5))
    claims = find_claims(Article("made-up", "", f"ICE has {states}."))
    assert len(claims) == 2 * MOST_FIGURES + 5
    assert {(claim.metric, claim.value, claim.state) for claim in claims} == {
        ("agreements", 7.0, "OH")
    }


def test_a_title_longer_than_any_is_cut_and_says_so() -> None:
    title = "7 agreements " * 200
    page = f"<title>{title}</title><body><p>{SENTENCE * 3}</p></body>"
    article = read_article(page.encode(), name="long.html")
    assert article.title == " ".join(title.split())[:MAX_TITLE]
    assert article.notes == (f"title cut after {MAX_TITLE} characters",)


def test_elements_in_elements_to_the_bound_are_read() -> None:
    page = "<div>" * MAX_DEPTH + f"<p>{SENTENCE * 3}</p>" + "</div>" * MAX_DEPTH
    assert read_article(page.encode(), name="deep.html").text == (SENTENCE * 3).strip()
