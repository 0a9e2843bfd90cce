"""Settings that hold as such, and would fail when used: what a person is told of them before."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from flows import settings
from flows.serve import no_cron_line
from flows.steps.common.causes import SystemFault
from flows.steps.notify import send


def unusable(known: settings.Settings) -> list[str]:
    """Return a sentence on each cron line, notice address and folder that would fail when used.

    Those who use them are asked: Prefect and Apprise. Addresses hold secrets: none is shown whole.
    """
    found = []
    for name, field in settings.Settings.model_fields.items():
        line = getattr(known, name)
        if name.startswith("schedule_") and line not in ("", field.default):
            found += no_cron_line(name, line)
    for position, address in enumerate(known.notify, start=1):
        if not send.is_address(address.get_secret_value()):
            label = send.label(position, address.get_secret_value())
            found.append(f"{label[0].upper()}{label[1:]} {send.NO_ADDRESS}.")
    return [*found, *_no_folder(known.data)]


def _no_folder(data: Path) -> list[str]:
    """Return a sentence on a data folder that cannot be written to, none when it can or may be."""
    if not data.exists() or (data.is_dir() and os.access(data, os.W_OK | os.X_OK)):
        return []
    number = errno.EACCES if data.is_dir() else errno.EEXIST
    return [str(SystemFault(OSError(number, ""), data, "the data folder", "written"))]
