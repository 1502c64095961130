"""Escaping."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.report.markup import Markup, escape, fill, joined

anything = st.text(st.characters(), max_size=40)


@given(anything)
def test_escaped_text_has_no_markup_and_keeps_every_visible_character(text: str) -> None:
    """It can be written as UTF-8, ends no attribute, opens no tag, and reads as it was."""
    escaped = escape(text)

    assert not set("<>\"'") & set(escaped)
    assert escaped == escaped.encode().decode()
    assert "\n" not in escaped
    assert len(text) == len(html.unescape(escaped))
    assert all(seen == meant or seen in " \ufffd" for seen, meant in zip(html.unescape(escaped), text, strict=True))


def test_marks_that_turn_the_text_around_are_shown_as_broken() -> None:
    """A file called "gpj.exe" must not read as "exe.jpg"; right-to-left writing itself stays as it is."""
    assert "\ufffdgpj.exe" == escape("\u202egpj.exe")
    assert "\u0645\u0631\u062d\u0628\u0627\u200f" == escape("\u0645\u0631\u062d\u0628\u0627\u200f")


@given(anything)
def test_a_value_is_never_a_template(text: str) -> None:
    """A dollar sign in a value names nothing."""
    assert f"<b>{escape(text)}</b>" == fill("<b>$value</b>", value=text)
    assert f"<b>{escape('$value' + text)}</b>" == fill("<b>$value</b>", value="$value" + text)


def test_only_what_was_made_here_stays_markup() -> None:
    """Pieces are escaped one by one."""
    assert "<br>, &lt;br&gt;" == joined([Markup("<br>"), "<br>"], ", ")
