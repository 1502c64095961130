"""The data that the demo ships: fictional recipients, and a picture."""

from __future__ import annotations

import csv
from importlib.resources import files

from wamsg.model import File


def recipients() -> list[str]:
    """The numbers of recipients.csv in order: ordinary, wrong, repeated, and those that meet trouble in the sandbox."""
    text = (files(__package__) / "recipients.csv").read_text(encoding="utf-8")
    return [row["phone"] for row in csv.DictReader(text.splitlines())]


def picture() -> File:
    """A small PNG."""
    return File.of((files(__package__) / "picture.png").read_bytes(), "picture.png")


def faults() -> str:
    """What goes wrong on top of what the recipients bring about: a fault script for the sandbox."""
    return (files(__package__) / "faults.toml").read_text(encoding="utf-8")
