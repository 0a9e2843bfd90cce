"""The archive: objects named by their hash, a manifest row for every attempt, a ledger of runs."""

from .ledger import end_broken_runs, read_ledger, read_notices, write_ledger, write_lines
from .manifest import append_manifest, read_manifest
from .objects import adopt, digest, extension, load, object_path, orphans, store, stored

__all__ = [
    "adopt",
    "append_manifest",
    "digest",
    "end_broken_runs",
    "extension",
    "load",
    "object_path",
    "orphans",
    "read_ledger",
    "read_manifest",
    "read_notices",
    "store",
    "stored",
    "write_ledger",
    "write_lines",
]
