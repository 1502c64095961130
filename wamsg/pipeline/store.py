"""What lanes have learnt, kept between runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Protocol

from wamsg.errors import ConfigError
from wamsg.pipeline.pace import Learnt


class LaneStore(Protocol):
    """Remembers a lane's pace and pause by its key."""

    def load(self, key: str) -> Learnt | None:
        """What was saved last for this lane, or None."""
        ...

    def save(self, key: str, learnt: Learnt) -> None:
        """Remember; called when a lane is refused, at most about once a second and lane."""
        ...


class FileLaneStore:
    """A JSON file that only its owner can read; each save replaces it whole, so a crash leaves the old or the new one.

    Raises `ConfigError` if the file exists and is not one of ours, or if there is no folder for it.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        if not self._path.parent.is_dir():
            raise ConfigError(f"there is no folder {self._path.parent} for the lane store", setting="lanes")
        self._known = _read(self._path)

    def load(self, key: str) -> Learnt | None:
        return self._known.get(key)

    def save(self, key: str, learnt: Learnt) -> None:
        self._known[key] = learnt
        document = {
            name: {"rate": item.rate, "ceiling": item.ceiling, "paused_until": item.paused_until}
            for name, item in self._known.items()
        }
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            json.dump(document, stream)
        fresh.replace(self._path)


def _read(path: Path) -> dict[str, Learnt]:
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"the lane store {path} cannot be read: {error}", setting="lanes") from error
    try:
        return {name: _learnt(item) for name, item in document.items()}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ConfigError(f"{path} is not a lane store; name another file", setting="lanes") from None


def _learnt(item: dict[str, float | None]) -> Learnt:
    rate, ceiling, paused_until = item["rate"], item["ceiling"], item["paused_until"]
    if rate is None or paused_until is None:
        raise ValueError
    return Learnt(
        rate=float(rate), ceiling=None if ceiling is None else float(ceiling), paused_until=float(paused_until)
    )
