"""Send a notice through Apprise. Addresses hold secrets: none is ever shown whole."""

from __future__ import annotations

import hashlib
import logging
import re
from typing import Any


def address_id(address: str) -> str:
    """Return what an address is known by in the log of notices: a hash that tells nothing of it."""
    return hashlib.sha256(address.encode()).hexdigest()[:12]


def label(position: int, address: str) -> str:
    """Return how an address is named to people: its place among the setting's, and its kind."""
    kind = re.match(r"[a-z0-9+.-]{1,20}(?=://)", address.lower())
    return f"address {position} ({kind[0]}://\u2026)" if kind else f"address {position}"


NO_ADDRESS = "is no address that Apprise understands: mend PACTWATCH_NOTIFY"


def is_address(address: str) -> bool:
    """Say whether Apprise understands an address; asks no one whether anybody is there."""
    return bool(_receiver().add(address))


def send(address: str, title: str, body: str) -> str | None:
    """Send a plain text; return None when it was taken, else what is wrong, in a few words."""
    import apprise

    receiver = _receiver()
    if not receiver.add(address):
        return NO_ADDRESS
    if not receiver.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT):
        return "did not take the notice: it is tried again with the next run"
    return None


def _receiver() -> Any:
    import apprise

    # Apprise's log names addresses, and its lines would stand among a command's own.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return apprise.Apprise()
