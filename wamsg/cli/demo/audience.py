"""The data that the demo ships: fictional recipients, and a picture."""

from __future__ import annotations

import csv
from importlib.resources import files

from wamsg.model import File

_NAMES = ("Ada", "Bela", "Chloe", "Dev", "Elif", "Femi", "Grace")


def recipients() -> list[str]:
    """The numbers of recipients.csv in order: ordinary, wrong, repeated, and those that meet trouble in the sandbox."""
    text = (files(__package__) / "recipients.csv").read_text(encoding="utf-8")
    return [row["phone"] for row in csv.DictReader(text.splitlines())]


def customers() -> list[tuple[str, str]]:
    """Numbers and first names of some 400 people for a broadcast: ordinary ones, and some of each kind of trouble."""
    ordinary = [f"+447700900{number:03d}" for number in range(400)]
    wrong, again = ["call me", "07700 900001"], ["+44 7700 900007", "+447700900300"]
    # The answer is cut, lost, or a gateway's page: whether the message went out cannot be known.
    unknown = [f"+9198123990{number:02d}" for number in (1, 4, 6, 7)]
    numbers = [*ordinary[:200], *wrong, *unknown, *ordinary[200:], *again]
    return [(number, _NAMES[place % len(_NAMES)]) for place, number in enumerate(numbers)]


def picture() -> File:
    """A small PNG."""
    return File.of((files(__package__) / "picture.png").read_bytes(), "picture.png")


def faults() -> str:
    """What goes wrong on top of what the recipients bring about: a fault script for the sandbox."""
    return (files(__package__) / "faults.toml").read_text(encoding="utf-8")
