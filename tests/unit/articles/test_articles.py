"""Reading articles: pages, text exports, encodings, hostile input, and copies of one text."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from flows.settings import ROOT, paths_at
from flows.steps.articles import MAX_BYTES, read_article
from flows.steps.articles.article_frames import article_frames
from flows.steps.articles.ingest import ingest
from flows.steps.articles.same import fingerprint, same_text
from flows.steps.common.errors import Unreadable
from flows.steps.common.records import Article
from flows.steps.fetch import Bounds

ORIGINALS = ROOT.parent / "shared" / "articles"
DIGESTS = ROOT / "seeds" / "articles"
FIXTURES = ROOT / "tests" / "fixtures" / "articles"

needs_originals = pytest.mark.skipif(
    not ORIGINALS.is_dir(),
    reason="the five original articles are not part of the repository (../shared/articles)",
)
STORY = (
    "<p>The sheriff’s office signed on Monday.</p>"
    "<p>It is one of 628 agreements in 40 states, the agency’s list shows.</p>"
)
STORY_TEXT = (
    "The sheriff’s office signed on Monday.\n"
    "It is one of 628 agreements in 40 states, the agency’s list shows."
)


def page(body: str = STORY, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def test_a_page_with_everything_around_it_reads_as_the_article_alone() -> None:
    data = (FIXTURES / "news.html").read_bytes()
    assert read_article(data, name="news.html", url="https://example.org/a") == Article(
        article_id="news",
        title="County joins immigration program",
        text=(FIXTURES / "news.txt").read_text(encoding="utf-8").strip(),
        publisher="The Example Courier",
        authors=("Maria de la Cruz", "Tom O’Neil"),
        published_on=date(2025, 6, 9),
        published_precision="day",
        url="https://example.org/a",
        language="en",
        notes=(),
    )


def test_a_text_export_loses_its_clutter() -> None:
    data = (FIXTURES / "export.txt").read_bytes()
    assert read_article(data, name="export.txt") == Article(
        article_id="export",
        title="Deputies take on a federal task",
        text=(
            "The county signed in March.\n\nKey points\n• 12 deputies were trained\n"
            "• The list held 649 agreements as of June 13\n\nOfficials called it routine."
        ),
        publisher="Sample-News.com",
        authors=("Jo Fields",),
        published_on=date(2025, 6, 14),
        published_precision="day",
    )


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ('<script type="application/ld+json">{"@graph":[{"@type":"WebPage"},{"@type":'
         '["NewsArticle"],"datePublished":"2025-06-09T22:00:00-05:00"}]}</script>', "",
         (date(2025, 6, 9), "day")),
        ('<meta property="article:published_time" content="2025-06-09T08:00:00Z">', "",
         (date(2025, 6, 9), "day")),
        ('<meta name="parsely-pub-date" content="June 9, 2025">', "", (date(2025, 6, 9), "day")),
        ("", '<time datetime="2025-06-09">Monday</time>', (date(2025, 6, 9), "day")),
        ("", '<p class="byline">By Ann Lee | 9 June 2025</p>', (date(2025, 6, 9), "day")),
        ("", "<div>Published 9 June 2025</div>", (date(2025, 6, 9), "day")),
        ("", "<div>Checked on June 9, 2025</div>", (date(2025, 6, 9), "day")),
        ("", "<div>Published June 2025</div>", (date(2025, 6, 1), "month")),
        ("", "", (None, "unknown")),
        ('<script type="application/ld+json">{not json</script>', "", (None, "unknown")),
    ],
)  # fmt: skip
def test_the_date_is_found_wherever_a_page_states_it(
    head: str, body: str, expected: tuple[date | None, str]
) -> None:
    article = read_article(page(body + STORY, head), name="a.html")
    assert (article.published_on, article.published_precision) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (" date 2025-06-09 Deputies join", date(2025, 6, 9)),
        ("Deputies join\nPublished 9 June 2025", date(2025, 6, 9)),
        ("Deputies join\nChecked on November 7, 2025", date(2025, 11, 7)),
        ("Deputies join\nPublished: 6:12 PM CDT June 9, 2025", date(2025, 6, 9)),
        ("Deputies join\nUpdated June 12, 2025\nPublished June 9, 2025", date(2025, 6, 9)),
        ("Deputies join\nThe list of June 6, 2025 was long and the office said so.", None),
    ],
)
def test_the_date_of_a_text_export(line: str, expected: date | None) -> None:
    text = f"{line}\n\nThe sheriff signed, and others followed in the same week.\n"
    article = read_article(text.encode(), name="a.txt")
    assert (article.published_on, article.title) == (expected, "Deputies join")


@pytest.mark.parametrize(
    ("encoding", "declared", "notes"),
    [
        ("utf-8", "iso-8859-1", ()),
        ("utf-8-sig", "", ()),
        ("utf-16", "utf-8", ()),
        ("utf-16-le", "", ()),
        ("cp1252", "", ("encoding: read as cp1252",)),
        ("cp1252", "iso-8859-1", ("encoding: read as cp1252",)),
        ("cp1252", "no-such-code", ("encoding: read as cp1252",)),
    ],
)
def test_the_encoding_is_what_the_bytes_say(
    encoding: str, declared: str, notes: tuple[str, ...]
) -> None:
    head = f'<meta charset="{declared}">' if declared else ""
    data = page(head=head).decode().encode(encoding)
    article = read_article(data, name="a.html")
    assert (article.text, article.notes) == (STORY_TEXT, notes)


def test_doubly_encoded_text_is_mended() -> None:
    data = page(STORY.encode().decode("cp1252")).decode().encode()
    article = read_article(data, name="a.html")
    assert article.text == STORY_TEXT
    assert article.notes == ("encoding: doubly encoded text mended",)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b" \n\x00", "is empty"),
        (b"%PDF-1.7 agreement", "is a PDF"),
        (b"PK\x03\x04 agreement", "zip archive"),
        (b"\x89PNG\r\n", "PNG image"),
        (bytes(range(256)) * 40, "binary data"),
        (b'{"headline": "Agreement signed by the county sheriff"}', "is JSON"),
        (b"<html><body><script>document.write('text')</script></body></html>", "no article text"),
        (b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "no article text"),
        (b"<title>Access Denied</title><p>You have no permission to see this page on this server,"
         b" reference 18.2</p>", "block or error page"),
        (b"<div>" * 50_000 + b"text", "nests deeper"),
        (b"word " * (MAX_BYTES // 5 + 1), "more than any article"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_refused_in_one_sentence(data: bytes, what: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(what)) as refused:
        read_article(data, name="a.html")
    message = str(refused.value)
    assert message.startswith("a.html ")
    assert message.count(". ") == 0
    assert message.endswith(".")


def test_clutter_whose_names_run_together_is_left_out() -> None:
    clutter = (
        '<div id="jp-relatedposts"><p>500 agreements elsewhere</p></div>'
        '<ol class="commentlist"><li>I count 2,000 agreements</li></ol>'
        '<div class="newsletterSignup"><p>Join 9,400 readers</p></div>'
    )
    assert read_article(page(f"<article>{STORY}</article>{clutter}"), name="a").text == STORY_TEXT


def test_footnote_marks_that_are_links_are_left_out() -> None:
    mark = '<a class="footnote-anchor" href="#footnote-1">1</a><a href="#fn2">[2]</a>'
    story = STORY.replace("Monday.", f"Monday{mark}.")
    assert read_article(page(story), name="a").text == STORY_TEXT


def test_a_term_and_what_it_stands_for_are_one_line() -> None:
    body = f"{STORY}<dl><dt>Florida</dt><dd>281 agreements</dd><dt>Texas</dt><dd>101</dd></dl>"
    lines = read_article(page(body), name="a").text.splitlines()
    assert lines[2:] == ["Florida: 281 agreements", "Texas: 101"]


def test_an_empty_cell_keeps_its_place_in_a_row() -> None:
    rows = "<tr><th></th><th>Jail</th><th>Task force</th></tr><tr><td>June</td><td></td><td>9</td>"
    lines = read_article(page(f"{STORY}<table>{rows}</table>"), name="a").text.splitlines()
    assert lines[2:] == ["- | Jail | Task force", "June | - | 9"]


def test_a_table_that_frames_a_page_is_no_row() -> None:
    data = page(f"<table><tr><td>{STORY}</td></tr></table>")
    assert read_article(data, name="a").text == STORY_TEXT


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<title>Sheriff signs | Orchard &amp; Vane</title>", "<h1>Sheriff signs</h1>",
         ("Sheriff signs", "Orchard & Vane", ())),
        ("<title>News Flash</title>", '<h2 class="headline">Sheriff signs</h2>',
         ("Sheriff signs", None, ())),
        ("<title>Sheriff signs</title>", '<p>By <b itemprop="author">Theo Vane</b> and'
         ' <b itemprop="author">Amrita Lall</b></p>',
         ("Sheriff signs", None, ("Theo Vane", "Amrita Lall"))),
        ("<title>Sheriff signs</title>",
         "<div>Submitted by Ines Villalobos on Tue, 06/10/2025 - 09:12</div>",
         ("Sheriff signs", None, ("Ines Villalobos",))),
        ("<title>Sheriff signs</title>",
         '<div class="byline">Published September 2, 2025 at 4:20 PM</div>',
         ("Sheriff signs", None, ())),
    ],
)  # fmt: skip
def test_title_publisher_and_authors_wherever_a_page_states_them(
    head: str, body: str, expected: tuple[str, str | None, tuple[str, ...]]
) -> None:
    article = read_article(page(body + STORY, head), name="a.html")
    assert (article.title, article.publisher, article.authors) == expected


@pytest.mark.parametrize(
    "line", ["By Alma Serrano | July 9, 2025 | 4 min read", "Statehouse Hour, aired July 9, 2025"]
)
def test_a_text_gives_its_day_in_its_byline_or_its_first_line(line: str) -> None:
    article = read_article(f"A title\n{line}\n\n{STORY_TEXT}".encode(), name="a.txt")
    assert article.published_on == date(2025, 7, 9)


MASTHEAD = b"""The Plains Courier
Menu
Home | News | Politics | Weather

Oklahoma becomes the latest state to lean on ICE partnerships

By Dana Whitlow, Staff Writer
October 22, 2025 Updated October 23, 2025, 8:15 a.m. CT

Oklahoma signed 24 agreements this year.
"""


def test_a_paper_s_name_over_the_headline_is_its_publisher() -> None:
    article = read_article(MASTHEAD, name="plains.txt")
    assert article.title == "Oklahoma becomes the latest state to lean on ICE partnerships"
    assert article.publisher == "The Plains Courier"
    assert article.authors == ("Dana Whitlow",)
    assert article.published_on == date(2025, 10, 22)
    assert article.text == "Oklahoma signed 24 agreements this year."


def test_a_short_headline_is_no_paper_s_name() -> None:
    text = MASTHEAD.replace(b"The Plains Courier", b"ICE Agreements Grow").replace(b"Menu\n", b"")
    assert read_article(text, name="plains.txt").title == "ICE Agreements Grow"


def test_a_large_page_is_read_to_its_end() -> None:
    """Sixty thousand elements, most of them never closed, as a page of figures may have."""
    data = page("<table>" + "<tr><td>x<td>1" * 20_000 + "</table>" + STORY)
    lines = read_article(data, name="a.html").text.splitlines()
    assert lines == [*["x | 1"] * 20_000, *STORY_TEXT.splitlines()]


def test_document_types_and_entities_are_never_expanded() -> None:
    doctype = b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    article = read_article(doctype + page(f"<p>&x;</p>{STORY}"), name="a.xhtml")
    assert article.text == f"&x;\n{STORY_TEXT}"


def test_tables_lists_and_footnotes_keep_figures_apart() -> None:
    body = (
        "<h2>Counts</h2><table><tr><th>State</th><th>Agreements</th></tr>"
        "<tr><td>Florida</td><td><b>277</b></td></tr></table>"
        "<ul><li>628<sup>1</sup> agreements</li><li><p>40 states</p></li></ul>first<br>second"
    )
    assert read_article(page(STORY + body), name="a.html").text == (
        f"{STORY_TEXT}\nCounts\nState | Agreements\nFlorida | 277\n• 628 agreements\n• 40 states"
        "\nfirst\nsecond"
    )


def test_machine_paraphrase_is_noted() -> None:
    text = b"Counting deputies\n\nSheriffs had signed 628 agreements as of Would possibly 28, 2025."
    assert read_article(text, name="a.txt").notes == (
        'machine-paraphrased: months and terms read as meant ("Would possibly" is May)',
    )


ESSAY = (FIXTURES / "essay.txt").read_text(encoding="utf-8")
SPUN_WORDS = dict(
    re.findall(
        r"([\w']+):(\w+)",
        "police:cops county:shire said:mentioned people:folks agency:company local:native "
        "agreement:settlement agreements:settlements officers:brokers program:scheme signed:inked "
        "federal:central deputies:aides training:coaching but:however and:plus in:inside by:via "
        "with:alongside for:towards had:held",
    )
)


def spin(text: str) -> str:
    """Return a text as a paraphrasing machine leaves it: other words, the same fixed points."""
    quoted = re.split(r"(“[^”]*”)", text)
    words = [
        part if part.startswith("“") else re.sub(
            r"[a-z']+", lambda found: SPUN_WORDS.get(found[0], found[0]), part
        )
        for part in quoted
    ]  # fmt: skip
    return "".join(words)


def test_one_article_at_two_addresses_is_the_same() -> None:
    other = ESSAY.replace("County", "county", 1) + "\nThis story was corrected on a later day."
    assert same_text(fingerprint(ESSAY), fingerprint(other)) == "same"


def test_a_cut_article_is_the_same() -> None:
    paragraphs = ESSAY.split("\n")
    half = "\n".join(paragraphs[: 2 * len(paragraphs) // 3])
    assert same_text(fingerprint(ESSAY), fingerprint(half)) == "same"


def test_a_spun_copy_is_recognised_by_what_the_machine_leaves_alone() -> None:
    assert same_text(fingerprint(ESSAY), fingerprint(spin(ESSAY))) == "spun"


def test_another_article_on_the_matter_is_another_article() -> None:
    other = (FIXTURES / "news.txt").read_text(encoding="utf-8")
    assert same_text(fingerprint(ESSAY), fingerprint(other)) is None


@needs_originals
def test_relations_among_the_originals() -> None:
    prints = {
        path.stem[:3]: fingerprint(read_article(path.read_bytes(), name=path.name).text)
        for path in ORIGINALS.glob("*.txt")
    }
    related = {
        (left, right): relation
        for left in prints
        for right in prints
        if left < right and (relation := same_text(prints[left], prints[right]))
    }
    assert related == {("000", "001"): "retold"}


def grams(text: str, size: int = 9) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return set(zip(*(words[offset:] for offset in range(size)), strict=False))


@needs_originals
def test_nothing_in_the_repository_repeats_nine_words_of_an_original() -> None:
    original = {
        gram for path in ORIGINALS.glob("*.txt") for gram in grams(path.read_text(encoding="utf-8"))
    }
    ours = [*DIGESTS.glob("*.html"), *FIXTURES.rglob("*.*")]
    ours += (ROOT / "flows" / "steps").rglob("*.py")
    ours += [Path(__file__), ROOT / "tests" / "unit" / "claims" / "test_claims.py"]
    shared = {path.name: grams(path.read_text(encoding="utf-8")) & original for path in ours}
    assert {name: found for name, found in shared.items() if found} == {}


@pytest.mark.parametrize(
    ("article_id", "publisher", "authors", "published_on"),
    [
        ("000_d6d12809eb043f2a", None, ("Thomas Smith",), None),
        ("001_b01255468c4e7b32", None, (), None),
        ("002_bc3546dd2391c8ca", "VisaVerge.com", ("Shashank Singh",), None),
        ("003_ef8e7542aca220e3", None, ("Rafael Carranza", "Gabriel Sandoval"), date(2025, 6, 9)),
        ("004_a42ff53911dc357a", "Factually", (), date(2025, 11, 7)),
    ],
)
def test_a_digest_states_what_its_original_states(
    article_id: str, publisher: str | None, authors: tuple[str, ...], published_on: date | None
) -> None:
    for path in (DIGESTS / f"{article_id}.html", ORIGINALS / f"{article_id}.txt"):
        if not path.exists() and path.suffix == ".txt":
            continue
        article = read_article(path.read_bytes(), name=path.name)
        assert (
            article.article_id,
            article.publisher,
            article.authors,
            article.published_on,
        ) == (article_id, publisher, authors, published_on)
        assert "omment" not in article.text
        assert "ubscribe" not in article.text


def test_an_ingested_copy_is_recognised_and_names_the_article_it_repeats(tmp_path: Path) -> None:
    """The same essay at two addresses, and another page that shares only its file name."""
    paths = paths_at(tmp_path / "data")
    page = f"<html><body><article><h1>An essay</h1><p>{ESSAY}</p></article></body></html>"
    other = page.replace(
        ESSAY, "Sheriffs of nine counties met on Monday to talk about budgets. " * 20
    )
    for folder, text in (("a", page), ("b", other)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "index.html").write_text(text, encoding="utf-8")
    copy = tmp_path / "reprint.html"
    copy.write_text(page.replace("An essay", "An essay, again"), encoding="utf-8")
    sources = [str(tmp_path / "a" / "index.html"), str(tmp_path / "b" / "index.html"), str(copy)]
    ingest(paths, sources, Bounds(()), datetime(2026, 1, 1))
    frame, _ = article_frames(paths.layout, tmp_path / "no-seeds")
    rows = frame.select("article_id", "same_as", "likeness").rows()
    assert [(name.split("-")[0], of, how) for name, of, how in rows] == [
        ("index", None, None),
        ("index", None, None),
        ("reprint", "index", "same"),
    ]
