"""What people see of a message before it is sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wamsg import Content, PhoneNumber
from wamsg.broadcast.message import MessageTemplate, describe, examples
from wamsg.ledger import Recipient
from wamsg.testing.strategies import contents

NUMBER = PhoneNumber("+919812340001")


def test_the_first_rows_are_shown_as_they_will_read() -> None:
    """Numbers masked, parameters by their place, options last."""
    template = MessageTemplate.of(
        {
            "type": "template",
            "name": "order_update",
            "language": "en",
            "header": {"type": "image", "link": "https://media.example/1"},
            "body": ["{name}", "{order}"],
            "buttons": [{"type": "url", "index": 0, "text": "{order}"}],
            "options": {"ref1": "{order}"},
        }
    )
    rows = [Recipient(place, place + 2, 919812340000 + place, ("Asha", f"A{place}")) for place in range(5)]

    shown = examples(template, rows)

    assert 3 == len(shown)
    assert shown[1].split("\n") == [
        "To +91********01",
        "Template order_update (en)",
        "  header:",
        "    type: image",
        "    link: https://media.example/1",
        "  body 1: Asha",
        "  body 2: A1",
        "  buttons 1:",
        "    type: url",
        "    index: 0",
        "    text: A1",
        "Options",
        "  ref1: A1",
    ]


def test_texts_keep_their_lines_and_their_letters() -> None:
    """Emoji and joined letters stay; what would steer a terminal is shown as its code."""
    body = "Hi \U0001f469\u200d\U0001f4bb\n\u0915\u094d\u200d\u0937\x1b[2J\u202e"
    template = MessageTemplate.of({"type": "text", "body": body, "preview_url": True})

    (shown,) = examples(template, [Recipient(0, 1, 919812340001, ())])

    assert shown.split("\n") == [
        "To +91********01",
        "Text with a preview of its link",
        "  Hi \U0001f469\u200d\U0001f4bb",
        "  \u0915\u094d\u200d\u0937\\u001b[2J\\u202e",
    ]


def test_long_texts_are_cut() -> None:
    """In their length and in their lines."""
    template = MessageTemplate.of({"type": "text", "body": "x" * 3000 + "\ny" * 30})

    shown = describe(template.render(())).split("\n")

    assert "(19 more lines)" == shown[-1].strip()
    assert max(map(len, shown)) < 210


@given(contents(), st.none() | st.just({"a": [1, True, None, {"b": "\x07"}]}))
def test_every_content_can_be_shown(content: Content, options: dict[str, object] | None) -> None:
    """In printable lines, whatever it holds, without the number."""
    shown = describe(content, options, to=NUMBER)

    assert NUMBER.masked in shown.split("\n")[0]
    for line in shown.split("\n"):
        assert line.replace("\u200c", "").replace("\u200d", "").isprintable()
