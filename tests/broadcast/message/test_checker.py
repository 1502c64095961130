"""Rows are judged quickly, and never let through where rendering or the provider would refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg import Message
from wamsg.broadcast.message import Checker, MessageTemplate
from wamsg.driver import Driver
from wamsg.errors import InvalidMessage, Unsupported
from wamsg.registry import load
from wamsg.settings import resolve

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20
NOBODY = "+12025550100"


def driver(name: str) -> Driver:
    """A provider's driver with its made-up settings."""
    provider = load(name)
    return provider.driver(resolve(name, provider.settings, given=provider.example, environ={}).values)


DRIVERS: dict[str, Driver | None] = {"none": None, "kaleyra": driver("kaleyra"), "wacr": driver("wacr")}
BUTTONS = {"type": "buttons", "buttons": [{"id": "1", "title": "Yes"}]}
DOCUMENTS: list[dict[str, Any]] = [
    {"type": "text", "body": "Hello {a}"},
    {"type": "text", "body": "{a}{b|friend}"},
    {"type": "text", "body": "{a|}"},
    {"type": "text", "body": "{a|\n}{b}"},
    {"type": "template", "name": "n", "language": "en", "body": ["{a}", "{b|x} and {a}"]},
    {"type": "template", "name": "n", "language": "{a}", "body": {"who": "{b}"}},
    {"type": "template", "name": "n", "language": "en", "buttons": [{"type": "url", "index": 0, "text": "{a}"}]},
    {"type": "image", "link": "https://x.example/{a}", "caption": "{b}"},
    {"type": "document", "id": "{a}", "filename": "{b}.pdf"},
    {**BUTTONS, "body": "{a}", "footer": "{b}"},
    {"type": "buttons", "body": "x", "buttons": [{"id": "1", "title": "{a}"}, {"id": "2", "title": "{b}"}]},
    {"type": "list", "body": "{a}", "button": "{b}", "sections": [{"rows": [{"id": "1", "title": "x"}]}]},
    {"type": "location", "latitude": "{a}", "longitude": 1, "name": "{b}"},
    {"type": "contacts", "contacts": [{"name": {"formatted_name": "{a}"}, "birthday": "{b}"}]},
    {"type": "text", "body": "{a}", "options": {"ref1": "{b}"}},
    {"type": "text", "body": "{a}", "options": {"contact.groups": "{b}"}},
    {"type": "flow", "body": "{a}", "button": "x", "flow_id": "1", "token": "t", "screen": "s", "data": {"x": "{b}"}},
]
_VALUES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["", " ", "Asha", "Zoë", "5", "1,2", "en", "2000-01-01", "a\nb", "\u00a0", "\U0001f44b", "a b"]),
    st.builds(lambda size, one: one * size, st.integers(1, 5000), st.sampled_from(["x", "é", "\U0001d465", " "])),
)


def _refused(template: MessageTemplate, by: Driver | None, values: tuple[str, ...]) -> bool:
    """The long way: make the content, the options and the request."""
    try:
        content, options = template.render(values), template.provider_options(values)
        if by is not None:
            by.encode(Message(content=content, to=NOBODY, provider_options=options))
    except (InvalidMessage, Unsupported):
        return True
    return False


@settings(deadline=None, max_examples=300)
@given(
    document=st.sampled_from(DOCUMENTS),
    provider=st.sampled_from(sorted(DRIVERS)),
    rows=st.lists(st.tuples(_VALUES, _VALUES), min_size=1, max_size=12),
)
def test_the_check_says_what_rendering_and_encoding_say(
    document: dict[str, Any], provider: str, rows: list[tuple[str, str]]
) -> None:
    """For rows of any lengths in any order, with and without a provider."""
    by, template = DRIVERS[provider], MessageTemplate.of(document)
    try:
        checker = Checker(template, driver=by)
    except Unsupported:
        assert all(_refused(template, by, row[: len(template.columns)]) for row in rows)
        return
    for row in rows:
        values = tuple(row["ab".index(column)] for column in template.columns)

        assert _refused(template, by, values) == (checker.check(values) is not None), values


class Counting:
    """A driver that counts what it is asked to encode."""

    def __init__(self) -> None:
        self.inner = driver("kaleyra")
        self.asked = 0

    def encode(self, message: Message) -> Any:
        """As the real one does."""
        self.asked += 1
        return self.inner.encode(message)


def test_few_rows_are_rendered_where_placeholders_stand_in_prose() -> None:
    """What is no longer than a witness needs no look of its own."""
    counting = Counting()
    template = MessageTemplate.of({"type": "template", "name": "n", "language": "en", "body": ["{a}", "{b|none}"]})
    checker = Checker(template, driver=counting)  # type: ignore[arg-type]  # the rest is not asked for

    for size in range(1, 2000):
        assert checker.check(("x" * (size % 40 + 1), "é" * (size % 7))) is None

    assert counting.asked < 40


@pytest.mark.parametrize(
    ("document", "good", "bad"),
    [
        (
            {**BUTTONS, "body": "x", "buttons": [{"id": "1", "title": "{a}"}, {"id": "2", "title": "{b}"}]},
            "Yes No",
            "Ja Ja",
        ),
        ({"type": "image", "link": "https://{a}.example/{b}"}, "aaaa bbbb", "[ x"),
        (
            {"type": "contacts", "contacts": [{"name": {"formatted_name": "{a}"}, "birthday": "{b}"}]},
            "A 2000-01-01",
            "A x",
        ),
        ({"type": "location", "latitude": "{a}", "longitude": "{b}"}, "10.5 20.5", "x y"),
        ({"type": "text", "body": "{a}", "options": {"wa_source": "{b}"}}, "A api", "A x"),
    ],
)
def test_fields_with_rules_of_their_own_are_looked_at_row_by_row(document: Any, good: str, bad: str) -> None:
    """However many longer values passed before."""
    checker = Checker(MessageTemplate.of(document), driver=DRIVERS["kaleyra"] if "options" in document else None)

    for _ in range(3):
        checker.check(tuple(good.split()))
    assert checker.check(tuple(bad.split())) is not None


def test_rows_beyond_a_limit_are_told_one_by_one() -> None:
    """And those within it still pass, however many were refused."""
    checker = Checker(MessageTemplate.of({**BUTTONS, "body": "b", "footer": "{a}"}), driver=DRIVERS["kaleyra"])

    for _ in range(100):
        assert "60" in str(checker.check(("x" * 61,)))
    assert checker.check(("x" * 60,)) is None


def test_what_no_values_can_mend_is_told_at_once() -> None:
    """A kind of message that the provider does not have, a text that is too long for all."""
    with pytest.raises(Unsupported):
        Checker(MessageTemplate.of({"type": "sticker", "link": "https://x.example/{a}"}), driver=DRIVERS["wacr"])
    with pytest.raises(InvalidMessage, match="4096"):
        Checker(MessageTemplate.of({"type": "text", "body": "x" * 5000}), driver=DRIVERS["kaleyra"])
    with pytest.raises(InvalidMessage, match="has no option"):
        Checker(MessageTemplate.of({"type": "text", "body": "x", "options": {"zz": 1}}), driver=DRIVERS["kaleyra"])


def test_a_reference_is_checked_with_the_options() -> None:
    """It may take the place of one of them."""
    template = MessageTemplate.of({"type": "text", "body": "x", "options": {"ref": "mine"}})

    Checker(template, driver=DRIVERS["kaleyra"])
    with pytest.raises(InvalidMessage, match="reference"):
        Checker(template, driver=DRIVERS["kaleyra"], reference="ours")


@pytest.mark.parametrize("provider", ["kaleyra", "wacr"])
def test_local_files_are_checked_as_they_will_be_sent(provider: str, tmp_path: Path) -> None:
    """Uploaded first or inside the message; a type that the provider does not take is told for its row."""
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "b.gif").write_bytes(b"GIF89a" + b"x" * 20)
    checker = Checker(MessageTemplate.of({"type": "image", "file": "{a}"}, files=tmp_path), driver=DRIVERS[provider])
    constant = MessageTemplate.of({"type": "image", "file": "a.png", "caption": "{a}"}, files=tmp_path)

    assert checker.check(("a.png",)) is None
    assert checker.check(("b.gif",)) is not None
    assert Checker(constant, driver=DRIVERS[provider]).check(("x",)) is None
