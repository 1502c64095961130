"""Holding a template message against what was approved: each way to be wrong, and none where nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from wamsg.model import CopyCode, Document, Image, Location, QuickReply, Template, UrlButton, Video
from wamsg.views import ApprovedButton, ApprovedTemplate, Flaw, HeaderKind, Parameters, misfits

LINK = "https://files.example/a"
PLAIN = ApprovedTemplate(
    name="welcome",
    language="en",
    status="APPROVED",
    header=HeaderKind.NONE,
    body=Parameters(count=2),
    buttons=(),
)
NAMED = evolve(PLAIN, body=Parameters(count=2, names=("first", "order")))
BUTTONS = evolve(
    PLAIN,
    body=Parameters(count=0),
    buttons=(
        ApprovedButton(kind="URL", needs_value=True),
        ApprovedButton(kind="URL"),
        ApprovedButton(kind="QUICK_REPLY"),
        ApprovedButton(kind="PHONE_NUMBER"),
    ),
)


def message(**parts: Any) -> Template:
    return Template(**{"name": "welcome", "language": "en", **parts})


def flaws(given: Template, *approved: ApprovedTemplate) -> list[tuple[Flaw, str]]:
    return [(one.flaw, one.field) for one in misfits(given, approved)]


def test_what_fits_has_no_misfit() -> None:
    """By numbers, by names, with each kind of header, with buttons and without."""
    assert not flaws(message(body=("a", "b")), PLAIN)
    assert not flaws(message(body={"order": "5", "first": "a"}), NAMED)
    for kind, header in {
        HeaderKind.IMAGE: Image(link=LINK),
        HeaderKind.VIDEO: Video(link=LINK),
        HeaderKind.DOCUMENT: Document(link=LINK),
        HeaderKind.LOCATION: Location(latitude=1, longitude=2),
    }.items():
        assert not flaws(message(body=("a", "b"), header=header), evolve(PLAIN, header=kind))
    text = evolve(PLAIN, header=HeaderKind.TEXT, header_parameters=Parameters(count=1))
    assert not flaws(message(body=("a", "b"), header="now"), text)
    fixed = evolve(PLAIN, header=HeaderKind.TEXT, header_parameters=Parameters(count=0))
    assert not flaws(message(body=("a", "b")), fixed)
    assert not flaws(message(buttons=(UrlButton(index=0, text="x"), QuickReply(index=2, payload="y"))), BUTTONS)


@pytest.mark.parametrize("button", [UrlButton(index=0, text="123456"), CopyCode(index=0, code="123456")])
def test_the_button_of_a_code_takes_either_form(button: UrlButton | CopyCode) -> None:
    """Authentication templates are filled as an address, and shown as a button that copies."""
    code = evolve(PLAIN, body=Parameters(count=1), buttons=(ApprovedButton(kind="OTP"),))

    assert not flaws(message(body=("123456",), buttons=(button,)), code)


@pytest.mark.parametrize(
    ("given", "approved", "expected"),
    [
        (message(body=("a",)), PLAIN, [(Flaw.MISSING, "body")]),
        (message(), PLAIN, [(Flaw.MISSING, "body")]),
        (message(body=("a", "b", "c")), PLAIN, [(Flaw.EXTRA, "body")]),
        (message(body={"first": "a", "order": "b"}), PLAIN, [(Flaw.WRONG_KIND, "body")]),
        (message(body=("a", "b")), NAMED, [(Flaw.WRONG_KIND, "body")]),
        (message(body={"first": "a"}), NAMED, [(Flaw.MISSING, "body")]),
        (message(body={"first": "a", "ordre": "b"}), NAMED, [(Flaw.MISSING, "body"), (Flaw.EXTRA, "body")]),
        (message(), NAMED, [(Flaw.MISSING, "body")]),
        (message(body={"a": "b"}), evolve(PLAIN, body=Parameters(count=0)), [(Flaw.EXTRA, "body")]),
        (message(body=("a", "b"), header="x"), PLAIN, [(Flaw.EXTRA, "header")]),
        (message(body=("a", "b")), evolve(PLAIN, header=HeaderKind.IMAGE), [(Flaw.MISSING, "header")]),
        (
            message(body=("a", "b"), header=Video(link=LINK)),
            evolve(PLAIN, header=HeaderKind.IMAGE),
            [(Flaw.WRONG_KIND, "header")],
        ),
        (
            message(body=("a", "b"), header=Image(link=LINK)),
            evolve(PLAIN, header=HeaderKind.TEXT),
            [(Flaw.WRONG_KIND, "header")],
        ),
        (
            message(body=("a", "b")),
            evolve(PLAIN, header=HeaderKind.TEXT, header_parameters=Parameters(count=1)),
            [(Flaw.MISSING, "header")],
        ),
        (
            message(body=("a", "b"), header="x"),
            evolve(PLAIN, header=HeaderKind.TEXT, header_parameters=Parameters(count=0)),
            [(Flaw.EXTRA, "header")],
        ),
        (message(), BUTTONS, [(Flaw.MISSING, "buttons[0]")]),
        (
            message(buttons=(UrlButton(index=0, text="x"), UrlButton(index=1, text="x"))),
            BUTTONS,
            [(Flaw.EXTRA, "buttons[1]")],
        ),
        (
            message(buttons=(QuickReply(index=0, payload="x"), CopyCode(index=3, code="y"))),
            BUTTONS,
            [(Flaw.WRONG_KIND, "buttons[0]"), (Flaw.WRONG_KIND, "buttons[3]")],
        ),
        (
            message(buttons=(UrlButton(index=0, text="x"), UrlButton(index=4, text="x"))),
            BUTTONS,
            [(Flaw.EXTRA, "buttons[4]")],
        ),
        (message(body=("a", "b")), evolve(PLAIN, status="PAUSED"), [(Flaw.NOT_APPROVED, "name")]),
        (
            message(body=("a",)),
            evolve(PLAIN, status="REJECTED"),
            [(Flaw.NOT_APPROVED, "name"), (Flaw.MISSING, "body")],
        ),
    ],
)
def test_each_way_to_be_wrong_is_told(
    given: Template, approved: ApprovedTemplate, expected: list[tuple[Flaw, str]]
) -> None:
    """With its place, and all of them together."""
    assert expected == flaws(given, approved)


def test_a_language_that_is_not_there_names_those_that_are() -> None:
    """``en`` is not ``en_US``, which is how such messages are refused by the thousand."""
    approved = [evolve(PLAIN, language=language) for language in ("pt_BR", "en_US", "en_US")]
    (found,) = misfits(message(body=("a", "b")), approved)

    assert (Flaw.UNKNOWN_LANGUAGE, "language") == (found.flaw, found.field)
    assert found.says.endswith("but in en_US, pt_BR")


def test_a_name_that_is_not_there_is_told() -> None:
    """However many others there are."""
    assert [(Flaw.UNKNOWN_NAME, "name")] == flaws(message(name="welcom"), PLAIN, NAMED)
    assert [(Flaw.UNKNOWN_NAME, "name")] == flaws(message())


def test_what_was_approved_later_counts() -> None:
    """An old refusal of the same name and language stands beside it in some lists."""
    assert not flaws(message(body=("a", "b")), evolve(PLAIN, status="REJECTED", body=Parameters(count=5)), PLAIN)


@given(
    st.lists(st.text(min_size=1, max_size=5).filter(str.strip), max_size=4),
    st.sampled_from([None, "now", Image(link=LINK), Location(latitude=1, longitude=2)]),
)
def test_nothing_is_held_against_what_the_provider_does_not_tell(body: list[str], header: Any) -> None:
    """Without header, body, buttons and status there is nothing to be wrong about."""
    assert not flaws(message(body=tuple(body), header=header), ApprovedTemplate(name="welcome", language="en"))
