"""Links as people paste them, and the published addresses in them."""

from __future__ import annotations

import base64
import csv
import html
import re
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from flows.settings import ROOT
from flows.steps.lists.addresses import MAX_LENGTH, published_address

PLAIN = "https://www.ice.gov/doclib/287gMOA/AlachuaCo_FL-TFM%20MOA.pdf"
CODED = quote(PLAIN, safe="")
SAFE = (
    f"safelinks.protection.outlook.com/?url={CODED}&data=05%7C02%7Ca.b%40example.org%7C952&sdata=x"
)
SOPHOS = base64.b64encode(PLAIN.encode()).decode()
V2 = PLAIN.translate({ord("%"): "-25", ord("_"): "-5F", ord("-"): "-2D", ord(":"): "-3A", 47: "_"})
V3 = PLAIN.replace("%", "*")

WRAPPED = {
    "plain": PLAIN,
    "blanks": f" {PLAIN}\u00a0\r\n",
    "brackets": f"<{PLAIN}>",
    "quote behind": f'{PLAIN}"',
    "zero width": f"\u200b{PLAIN}\ufeff",
    "one slash": PLAIN.replace("//", "/", 1),
    "three slashes": PLAIN.replace("//", "///", 1),
    "no colon": PLAIN.replace("://", "//", 1),
    "colon behind": PLAIN.replace("://", "//:", 1),
    "blank behind the scheme": PLAIN.replace("://", ":// ", 1),
    "backslashes": PLAIN.replace("/", "\\"),
    "scheme in capitals": PLAIN.replace("https", "HTTPS"),
    "scheme twice": f"https://{PLAIN}",
    "scheme twice, slip": f"http://{PLAIN.replace('://', '//')}",
    "no scheme": PLAIN.removeprefix("https://"),
    "encoded as a whole": CODED,
    "encoded twice": quote(CODED, safe=""),
    "two in one cell": f"{PLAIN} https://www.ice.gov/other.pdf",
    "archive": f"https://web.archive.org/web/20241201063408/{PLAIN}",
    "archive, one slash": f"https://web.archive.org/web/2024id_/{PLAIN.replace('//', '/', 1)}",
    "archive, no scheme": f"http://web.archive.org/web/2024*/{PLAIN.removeprefix('https://')}",
    "archive, saving": f"https://web.archive.org/save/{PLAIN}",
    "archive.today": f"https://archive.ph/20241201063408/{PLAIN}",
    "archive.today, encoded": f"https://archive.is/o/x1Yz2/{CODED}",
    "other archive": f"https://wayback.archive-it.org/924/20250101000000/{PLAIN}",
    "safelinks": f"https://gcc02.{SAFE}",
    "safelinks, as XML has it": html.escape(f"https://nam12.{SAFE}"),
    "safelinks, escaped twice": html.escape(html.escape(f"https://nam12.{SAFE}")),
    "safelinks in capitals": f"HTTPS://NAM12.SAFELINKS.PROTECTION.OUTLOOK.COM/?URL={CODED}&DATA=x",
    "safelinks, url last": f"https://eur01.safelinks.protection.outlook.com/ap/w-1/?data=x&url={CODED}",
    "Proofpoint v1": f"https://urldefense.proofpoint.com/v1/url?u={CODED}&k=abc%3D%0A&r=x",
    "Proofpoint v2": f"https://urldefense.proofpoint.com/v2/url?u={V2}&d=DwMF&c=x&r=y&m=z&e=",
    "Proofpoint v3": f"https://urldefense.com/v3/__{V3}__;JQ!!AbC-d!Xyz_1$",
    "Proofpoint v3 of the government": f"https://urldefense.us/v3/__{V3}__;JQ!!AbC!Xyz$ ",
    "Barracuda": f"https://linkprotect.cudasvc.com/url?a={CODED}&c=E,1,abc&typo=1",
    "Google": f"https://www.google.com/url?sa=t&url={CODED}&ved=2ah&usg=AOv",
    "Google, q": f"https://www.google.com/url?q={PLAIN}&sa=D&source=docs",
    "Cisco": f"https://secure-web.cisco.com/1AbC-dEf_g/{CODED}",
    "Trend Micro": f"https://imsva91-ctp.trendmicro.com/wis/clicktime/v1/query?url={CODED}&umid=1",
    "Sophos": f"https://us-west-2.protection.sophos.com/?d=ice.gov&u={SOPHOS}&i=NWY&t=x&h=y",
    "Check Point": f"https://protect.checkpoint.com/v2/___{PLAIN}___.YXAzOm",
    "FireEye": f"https://protect2.fireeye.com/v1/url?k=1-2&q=1&e=abc&u={CODED}",
    "Facebook": f"https://l.facebook.com/l.php?u={CODED}&h=AT0x",
    "Bing": f"https://www.bing.com/ck/a?!&&p=12&u=a1{SOPHOS.rstrip('=')}&ntb=1",
    "bulletin": f"https://links-1.govdelivery.com/CL0/{quote(PLAIN, safe=':')}/1/0100-000/x=450",
    "filter nobody knows": f"https://mail.filter.example.net/go?to=a%40b.org&link={CODED}",
    "viewer nobody knows": f"https://viewer.example.net/web/viewer.html?file={CODED}#page=2",
    "browser": f"chrome-extension://efaidnbmnnnibpcajpcglclefindmkaj/{PLAIN}",
    "browser, one slash": f"moz-extension://1-2/{PLAIN.replace('//', '/', 1)}",
    "source": f"view-source:{PLAIN}",
    "reader": f"about:reader?url={CODED}",
    "four deep": "view-source:https://web.archive.org/web/2025/https://nam12.safelinks.protection."
    f"outlook.com/?url={quote(f'https://www.google.com/url?q={CODED}', safe='')}&data=x",
    "who clicked": f"{PLAIN}?recipient=jdoe",
    "mailbox in the query": f"{PLAIN}?to=a.b%40example.org",
    "mailbox in the query, encoded twice": f"{PLAIN}?to=a.b%2540example.org",
    "mailbox in base64": f"{PLAIN}?e={base64.b64encode(b'someone@example.org').decode()}",
    "mailbox in the fragment": f"{PLAIN}#a.b@example.org",
    "mailbox in an entity": f"{PLAIN}?to=a.b&amp;#64;example.org",
    "drive in the query": f"{PLAIN}?from=C%3A%5CUsers%5Cjdoe%5Cx.pdf",
}

KEPT = [
    "http://www.ice.gov/x.pdf",
    "https://www.ice.gov/doclib/a b.pdf",
    "https://www.ice.gov/doclib/a%20b.pdf?v=2&copy=1#page=3",
    "https://www.ICE.gov:443/x.pdf",
    "https://8.8.8.8/x.pdf",
    "https://www.example.org/@sheriff/posts/1",
    "https://www.example.org/logo@2x.png",
    "https://cdn.example.org/viewer@4.2.0/x.pdf",
    "https://www.example.org/viewer?file=https://www.example.org/x.pdf",
    "https://www.ice.gov/go?url=https://www.dhs.gov/x.pdf",
    "https://county.sharepoint.com/sites/sheriff/x.pdf",
    "https://content.govdelivery.com/attachments/2025/x.pdf",
    "https://polizei.m\u00fcnchen.example.org/x.pdf",
    "https://www.xn--mnchen-3ya.xn--p1ai/x.pdf",
]

NONE = [
    "",
    "   ",
    "none",
    "MOA",
    "#top",
    "/doclib/287gMOA/x.pdf",
    "../x.pdf",
    "x.pdf",
    "https://",
    "https:",
    "https://ice/x.pdf",
    "https://localhost:8000/x.pdf",
    "https://files.ice.local/x.pdf",
    "https://intranet.corp/x.pdf",
    "https://10.0.0.7/x.pdf",
    "https://192.168.1.2/x.pdf",
    "https://127.0.0.1/x.pdf",
    "https://169.254.1.1/x.pdf",
    "https://[::1]/x.pdf",
    "https://[bad/x.pdf",
    "https://www.ice.gov:port/x.pdf",
    "https://www.ice..gov/x.pdf",
    "https://-ice.gov/x.pdf",
    "https://www.ice .gov/x.pdf",
    "https://jdoe@www.ice.gov/x.pdf",
    "https://jdoe:secret@www.ice.gov:443/x.pdf",
    "https://www.ice.gov@10.0.0.1/x.pdf",
    "file:///C:\\Users\\jdoe\\Downloads\\x.pdf",
    "file:///C:/Users/jdoe/x.pdf",
    "file://server/share/x.pdf",
    "C:\\Users\\jdoe\\x.pdf",
    "C:/Users/jdoe/x.pdf",
    "\\\\server\\share\\x.pdf",
    "//server/share/x.pdf",
    "mailto:a.b@example.org",
    "mailto:a.b@example.org?body=https://www.ice.gov/x.pdf",
    "a.b@example.org",
    "javascript:void(0)",
    "javascript:open('https://www.ice.gov/x.pdf')",
    "tel:+12025550100",
    "data:text/html,https://www.ice.gov/x.pdf",
    "smb://server/share/x.pdf",
    "ftp://ftp.ice.gov/x.pdf",
    "chrome-extension://efaidnbmnnnibpcajpcglclefindmkaj/file:///C:/Users/jdoe/x.pdf",
    "view-source:file:///C:/x.pdf",
    "https://protect-us.mimecast.com/s/AbCdEf?domain=ice.gov",
    "https://url.us.m.mimecastprotect.com/s/AbCdEf",
    "https://gcc02.safelinks.protection.outlook.com/?data=05%7C02%7Ca.b%40example.org",
    "https://gcc02.safelinks.protection.outlook.com/?url=mailto%3Aa.b%40example.org&data=x",
    "https://gcc02.safelinks.protection.outlook.com/?url=file%3A%2F%2F%2FC%3A%2FUsers%2Fjdoe%2Fx.pdf",
    "https://lnks.gd/l/eyJhbGciOi/s/123/br/1-l",
    "https://agency-my.sharepoint.com/:b:/g/personal/jdoe_agency_gov/Eabc",
    "https://agency-my.sharepoint.com/x.pdf",
    "https://agency.sharepoint.com/personal/jdoe/Documents/x.pdf",
    "https://agency.sharepoint.com/:b:/p/jdoe/Eabc?e=1",
    "https://agency.sharepoint.com/%70ersonal/jdoe/x.pdf",
    "https://d.docs.live.net/0123456789abcdef/Documents/x.pdf",
    "https://onedrive.live.com/?cid=0123456789abcdef",
    "https://www.example.org/C:/Users/jdoe/x.pdf",
    "https://www.example.org/C%3A%5CUsers%5Cjdoe%5Cx.pdf",
    "https://www.example.org/C%253A%255CUsers%255Cjdoe",
    "https://www.example.org/Users/jdoe/Downloads/x.pdf",
    "https://www.example.org/Documents%20and%20Settings/jdoe/My%20Documents/x.pdf",
    "https://www.example.org/%5C%5Cserver%5Cshare%5Cx.pdf",
    "https://www.example.org/\\\\server\\share\\x.pdf",
    "https://www.example.org/file:///home/jdoe/x.pdf",
    "https://www.example.org/a.b@example.org/x.pdf",
    "https://www.example.org/a.b%40example.org.pdf",
    "https://www.example.org/a.b%2525252540example.org.pdf",
    "https://www.example.org/a.b&#64;example.org.pdf",
    "https://www.example.org/a.b%u0040example.org.pdf",
    "https://www.example.org/a.b\uff20example.org.pdf",
    "https://www.example.org/a.b@\u200bexample.org.pdf",
    "https://www.example.org/" + "x" * MAX_LENGTH,
]

HOSTILE = [
    "https://a.gov/" + "a@" * 3990,
    "https://a.gov/a@" + "a." * 3980,
    "https://a.gov/" + "http%" * 1590,
    "https://a.gov/" + "users/" * 1300,
    "https://a.gov/?" + "a=b&" * 1990,
    "https://a.gov/%" + "25" * 3990,
    "https://a.gov/" + "\ufdfa" * 7900,
    "https://" + "a." * 3990 + "gov/",
    "https://" + "a-" * 3990,
    "https:" + "/" * 7990,
    "https:/" * 1140,
    "https%3A%2F%2F" * 560,
    "https://web.archive.org/web/2024/" * 240,
    "https://x.mimecast.com/?u=https:/" * 240,
    "view-source:" * 660,
    "&amp;" * 1600,
    "&#" * 3999,
    "https://urldefense.com/v3/__https://" + "*" * 7000 + "__;AAA!",
]


@pytest.mark.parametrize("link", WRAPPED.values(), ids=WRAPPED)
def test_the_published_address_comes_out_of_any_wrapper(link: str) -> None:
    assert published_address(link) == PLAIN


@pytest.mark.parametrize("link", KEPT)
def test_other_public_addresses_stay_as_they_are(link: str) -> None:
    assert published_address(link) == link


@pytest.mark.parametrize("link", NONE)
def test_what_is_no_public_web_address_or_tells_of_a_person_is_none(link: str) -> None:
    assert published_address(link) is None


def test_proofpoint_puts_back_runs_of_letters() -> None:
    letters = base64.urlsafe_b64encode(b"%%%").decode()
    wrapped = f"https://urldefense.com/v3/__https://www.ice.gov/a**A20b*20c.pdf__;{letters}!!x!y$"
    assert published_address(wrapped) == "https://www.ice.gov/a%%20b%20c.pdf"


@pytest.mark.parametrize("link", [*WRAPPED.values(), *KEPT, *NONE, *HOSTILE])
def test_what_comes_out_comes_back_unchanged(link: str) -> None:
    address = published_address(link)
    assert address is None or published_address(address) == address


def test_every_address_of_the_seeds_stays_as_it_is() -> None:
    with (ROOT / "seeds" / "listings.csv").open(encoding="utf-8", newline="") as file:
        listed = {row[key] for row in csv.DictReader(file) for key in ("moa_url", "addendum_url")}
    listed.discard("")
    assert len(listed) == 1830
    assert [url for url in sorted(listed) if published_address(url) != url] == []


def test_every_link_of_the_record_gives_an_address_of_the_seeds(shared_record: Path) -> None:
    seeds = (ROOT / "seeds" / "listings.csv").read_text(encoding="utf-8")
    links: set[str] = set()
    for path in sorted(shared_record.glob("*/*.xlsx")):
        with zipfile.ZipFile(path) as book:
            for name in book.namelist():
                if name.startswith("xl/worksheets/_rels/"):
                    links |= set(re.findall(r'Target="([^."][^"]*)"', book.read(name).decode()))
    assert len(links) == 1911
    assert [link for link in sorted(links) if (published_address(link) or "-") not in seeds] == []


@pytest.mark.parametrize(
    "tail",
    [
        "?x=&#" + "1" * 7_000,
        "?x=&#x" + "f" * 7_000,
        "?" + ";" * 7_900,
        "?x=&" + "amp;" * 1_900,
        "?a" + "\u0301\u0323" * 3_900,
        "?" + "\ufdfa" * 7_900,
        "#" + "%25" * 2_600,
    ],
)
def test_a_query_made_to_take_long_is_left_off_or_stays(tail: str) -> None:
    assert published_address(f"https://a.gov/x{tail}") in (
        "https://a.gov/x",
        f"https://a.gov/x{tail}",
    )


@pytest.mark.parametrize("path", ["\ufdfa" * 1_000, "a" + "\u0301" * 301])
def test_a_path_that_nobody_writes_is_none(path: str) -> None:
    assert published_address(f"https://a.gov/{path}") is None


def test_a_path_with_accents_of_their_own_stays() -> None:
    address = "https://a.gov/" + "Vie\u0323\u0302t-Nam-" * 20
    assert published_address(address) == address


def test_links_wrapped_in_each_other_give_the_one_within_or_none() -> None:
    link = PLAIN
    for _ in range(5):
        link = "https://nam02.safelinks.protection.outlook.com/?url=" + quote(link, safe="")
    assert published_address(link) == PLAIN
    assert published_address("https://a.safelinks.protection.outlook.com/?url=" * 160) is None
