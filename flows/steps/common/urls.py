"""Take addresses apart and put them together, also such as no browser could follow."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

NO_ADDRESS = SplitResult("", "", "", "", "")


def parts_of(url: str) -> SplitResult:
    """Return the parts of an address, all of them empty when it is none (`http://[::1`)."""
    try:
        return urlsplit(url)
    except ValueError:
        return NO_ADDRESS


def joined(base: str, href: str) -> str | None:
    """Return where a link leads from `base`; None when it leads nowhere."""
    try:
        url = urljoin(base, href)
        urlsplit(url)
    except ValueError:
        return None
    return url
