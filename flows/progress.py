"""Tell whoever watches how far a long stage is. Nobody watching costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Watcher = Callable[[str, int, int], None]
_watchers: list[Watcher] = []


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Call `watcher(stage, done, total)` as stages go on."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def of(stage: str) -> Callable[[int, int], None]:
    """Return the callback that a stage reports its progress to."""

    def tell(done: int, total: int) -> None:
        for watcher in _watchers:
            watcher(stage, done, total)

    return tell
