"""`wamsg providers`: what the drivers say."""

from __future__ import annotations

import json

from attrs import asdict

from tests.support.command_line import Run
from wamsg import registry
from wamsg.capabilities import FEATURES, capabilities, markdown


def test_the_table_is_what_the_drivers_say(run: Run) -> None:
    """A row for every feature, a column for every provider, yes where its driver encodes it."""
    ran = run("providers")

    support = {name: capabilities(registry.load(name)) for name in registry.names()}
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in ran.lines]
    rows = {feature: answers for feature, *answers in filter(None, cells)}
    assert ran.code == 0
    assert rows == {
        feature: ["yes" if each[feature].supported else "-" for each in support.values()] for feature in FEATURES
    }


def test_json_says_the_same_with_the_reasons(run: Run) -> None:
    """One document with names, limits and the reason for everything that is not supported."""
    found = {entry["name"]: entry for entry in json.loads(run("providers", "--json").out)}

    assert list(found) == list(registry.names())
    for name, entry in found.items():
        expected = capabilities(registry.load(name))
        assert entry["features"] == {feature: asdict(support) for feature, support in expected.items()}
        assert entry["limits"]


def test_markdown_is_the_page_of_the_documentation(run: Run) -> None:
    """--markdown prints docs/capabilities.md byte for byte."""
    assert run("providers", "--markdown").out == markdown([registry.load(name) for name in registry.names()])


def test_two_formats_at_once_are_refused(run: Run) -> None:
    """--json and --markdown exclude each other."""
    assert "not several" in run("providers", "--json", "--markdown").complaint
