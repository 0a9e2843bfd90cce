"""Addresses that no browser could follow end nothing."""

from __future__ import annotations

from flows.steps.common.urls import joined, parts_of


def test_an_address_that_is_none_has_no_parts() -> None:
    assert parts_of("https://www.ice.gov/a?b=1").hostname == "www.ice.gov"
    for broken in ("http://[::1", "https://[x]/", "//[/a"):
        assert (parts_of(broken).hostname, parts_of(broken).path) == (None, "")


def test_a_link_is_joined_to_its_base_or_leads_nowhere() -> None:
    assert joined("https://a.gov/b/", "c.xlsx#d") == "https://a.gov/b/c.xlsx#d"
    assert joined("https://a.gov/b/", "http://[::1/c") is None
    assert joined("http://[::1", "c.xlsx") is None
