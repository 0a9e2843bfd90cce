"""Only web addresses that anybody may know are kept, out of what wraps them."""

from __future__ import annotations

import polars as pl
import pytest

from flows.settings import ROOT
from flows.steps.lists.addresses import published_address

PDF = "https://www.ice.gov/doclib/287gMOA/x.pdf"
CODED = "https%3A%2F%2Fwww.ice.gov%2Fdoclib%2F287gMOA%2Fx.pdf"

WRAPPED = [
    f"{PDF} ",
    f"https://web.archive.org/web/20241201063408/{PDF}",
    f"https://web.archive.org/web/20241201063408id_/{PDF}",
    f"https://archive.ph/20250101/{PDF}",
    f"https://web.archive.org/web/2024/https://web.archive.org/web/2023if_/{PDF}",
    f"https://gcc02.safelinks.protection.outlook.com/?url={CODED}&amp;data=05%7Ca%40example.org%7C9",
    f"https://NAM12.SAFELINKS.protection.outlook.com/ap/b-5/?url={CODED}&data=a@example.org",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.ice.gov_doclib_287gMOA_x.pdf&d=Dw",
    f"https://urldefense.proofpoint.com/v1/url?u={CODED}&k=1",
    f"https://urldefense.com/v3/__{PDF}__;!!Abc!def$",
    "https://urldefense.com/v3/__https:/*www.ice.gov/doclib/287gMOA/x.pdf__;Lw!!Abc$",
    f"https://linkprotect.cudasvc.com/url?a={CODED}&c=E,1,x",
    f"https://secure-web.cisco.com/1abc/{CODED}",
    "https://us-west-2.protection.sophos.com/?d=ice.gov"
    "&u=aHR0cHM6Ly93d3cuaWNlLmdvdi9kb2NsaWIvMjg3Z01PQS94LnBkZg==&i=x",
    f"https://www.google.com/url?q={CODED}&sa=D&source=editors",
    f"https://docs.google.com/viewer?url={CODED}",
    "chrome-extension://efaidnbmnnnibpcajpcglclefindmkaj/https:/www.ice.gov/doclib/287gMOA/x.pdf",
    f"chrome-extension://abc/viewer.html?pdfurl={CODED}",
    f"moz-extension://abc/{CODED}",
    f"view-source:{PDF}",
    "https:/www.ice.gov/doclib/287gMOA/x.pdf",
    "https//www.ice.gov/doclib/287gMOA/x.pdf",
    "https:///www.ice.gov/doclib/287gMOA/x.pdf",
    "//www.ice.gov/doclib/287gMOA/x.pdf",
    "www.ice.gov/doclib/287gMOA/x.pdf",
    f'"{PDF}"',
    f"{PDF}?sent=jane.doe%40example.org",
    f"{PDF}?sent=jane.doe%2540example.org#page=2",
    f"{PDF}#jane@example.org",
    f"{PDF}?from=C%3A%5CUsers%5CJane",
]


@pytest.mark.parametrize("address", WRAPPED)
def test_the_published_address_is_taken_out_of_what_wraps_it(address: str) -> None:
    assert published_address(address) == PDF


@pytest.mark.parametrize(
    "address",
    [
        "http://www.ice.gov/doclib/a b.pdf",
        "https://www.ice.gov/doclib/a%20b.pdf?a=1&b=2#page=2",
        "https://www.ice.gov/file-download/download/public/12345",
        "https://www.ice.gov/doclib/logo@2x.pdf",
        "https://example.org:8443/a,b;c.pdf",
    ],
)
def test_a_plain_address_stays_as_it_is(address: str) -> None:
    assert published_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        r"file:///C:\Users\Jane\x.pdf",
        r"C:\Users\Jane\x.pdf",
        "C:/Users/Jane/x.pdf",
        r"\\server\share\x.pdf",
        "file://server/share/x.pdf",
        "smb://server/share/x.pdf",
        "ftp://ftp.example.org/x.pdf",
        "mailto:jane@example.org",
        "tel:+1",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://server/share/x.pdf",
        "https://files.corp/x.pdf",
        "http://localhost/x.pdf",
        "http://192.168.1.5/x.pdf",
        "http://[fe80::1]/x.pdf",
        "https://jane:secret@www.ice.gov/x.pdf",
        "https://agency-my.sharepoint.com/personal/jane_doe/x.pdf",
        "https://agency.sharepoint.com/:b:/s/Team/x",
        "https://www.ice.gov/jane.doe@example.org/x.pdf",
        "https://www.ice.gov/C:/Users/Jane/x.pdf",
        "https://protect-us.mimecast.com/s/abc?domain=ice.gov",
        "https://gcc02.safelinks.protection.outlook.com/?url=file%3A%2F%2F%2FC%3A%2Fx.pdf&data=a%40b.org",
        "doclib/287gMOA/x.pdf",
        "#Sheet2!A1",
        "x.pdf",
        "",
        f"{PDF}?{'a' * 9_000}",
        "https://www.ice.gov:port/x.pdf",
        "https://[x/x.pdf",
    ],
)
def test_what_is_no_public_web_address_is_none(address: str) -> None:
    assert published_address(address) is None


def test_every_address_of_the_record_is_one_that_stays() -> None:
    listings = pl.read_csv(ROOT / "seeds" / "listings.csv", infer_schema=False)
    distinct = pl.concat([listings["moa_url"], listings["addendum_url"]]).drop_nulls().unique()
    assert distinct.len() == 1830
    assert [url for url in distinct if published_address(url) != url] == []


@pytest.mark.parametrize("address", WRAPPED)
def test_taking_it_out_twice_changes_nothing(address: str) -> None:
    once = published_address(address)
    assert once is not None
    assert published_address(once) == once
