"""Placeholders: a column, perhaps a default, and nothing else that looks like formatting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.message.placeholder import Hole, Pattern, parse
from wamsg.errors import InvalidMessage


@given(st.text())
def test_text_with_doubled_braces_is_itself(text: str) -> None:
    """Whatever it holds, percent signs and backslashes included."""
    assert text == parse(text.replace("{", "{{").replace("}", "}}"))


_NAMES = st.from_regex(r"[a-zé][a-z0-9_ -]{0,5}[a-z0-9]", fullmatch=True)
_PLAIN = st.text(st.characters(codec="utf-8"), max_size=6)


@given(st.lists(st.tuples(_PLAIN, _NAMES, st.none() | _PLAIN.filter(lambda text: not set(text) & set("{}")))), _PLAIN)
def test_a_pattern_is_filled_as_it_reads(parts: list[tuple[str, str, str | None]], rest: str) -> None:
    """Literal text stays, each column's value goes where its name stands, a default in the place of a blank one."""
    columns = tuple(dict.fromkeys(name for _, name, _ in parts))
    values = tuple(f"%s{place}" if place % 2 else " " for place in range(len(columns)))
    source, meant = "", ""
    for text, name, default in parts:
        bar = "" if default is None else f"|{default}"
        source += text.replace("{", "{{").replace("}", "}}") + "{" + name + bar + "}"
        value = values[columns.index(name)]
        meant += text + (value if default is None or value.strip() else default)

    found = parse(source + rest.replace("{", "{{").replace("}", "}}"))

    filled = found.compile(columns)(values) if isinstance(found, Pattern) else found
    assert meant + rest == filled


@pytest.mark.parametrize(
    "text",
    [
        *("{", "}", "a { b", "{}", "{ }", "{|x}", "{a", "a}", "{a}}", "{{a}", "{a{b}}", "{a|{b}}", "{a|b{{c}"),
        *("{a.b}", "{a[0]}", "{a!r}", "{a:>10}", "{0.__class__}", "{a\nb}", "{\u200b}", "{a%s}", "{" + "a" * 101 + "}"),
    ],
)
def test_anything_else_in_braces_is_refused(text: str) -> None:
    """No attribute, no index, no conversion, no width: what formatting would do is never done."""
    with pytest.raises(InvalidMessage, match="no placeholder"):
        parse(text)


def test_three_braces_are_a_brace_and_a_placeholder() -> None:
    """From the left, as everywhere."""
    assert Pattern(("{", Hole("a"), "}")) == parse("{{{a}}}")
