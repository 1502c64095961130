"""What a listing shows of a message, held against what was sent: the same, surely another, or open."""

from __future__ import annotations

import html
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg.model import (
    Audio,
    Button,
    Buttons,
    Content,
    CurrencyParameter,
    Document,
    Image,
    ListMenu,
    Reaction,
    Row,
    Section,
    Template,
    Text,
    Video,
)
from wamsg.providers.wacr.api import ListedMessage
from wamsg.providers.wacr.likeness import Likeness, likeness

SAME, OPEN, OTHER = Likeness.SAME, Likeness.OPEN, Likeness.OTHER
LINK = "https://files.example/a"
HELLO = Text(body="Hello Asha,\nyour order 17 is ready")
WELCOME = Template(name="welcome", language="en", body=("Asha", "order 17"))
BUTTONS = Buttons(body="Coming tomorrow?", buttons=(Button(id="1", title="Yes"),))
MENU = ListMenu(body="Choose a day", button="Days", sections=(Section(title="s", rows=(Row(id="1", title="Mon"),)),))


def listed(kind: str | None, message: str | None, **extra: Any) -> ListedMessage:
    return ListedMessage(id=1, type=kind, message=message, extra=extra)


@pytest.mark.parametrize(
    ("content", "item", "expected"),
    [
        (HELLO, listed("text", HELLO.body), SAME),
        (HELLO, listed("TEXT ", "Hello Asha,\r\nyour order 17 is ready\n"), SAME),
        (HELLO, listed("text", "<p>Hello Asha,<br>your order 17 is ready</p>"), OPEN),
        (HELLO, listed("text", "Hello Asha,\nyour ord"), OPEN),
        (HELLO, listed("text", "Hello Ravi,\nyour order 17 is ready"), OTHER),
        (HELLO, listed("text", None), OPEN),
        (HELLO, listed(None, HELLO.body), OPEN),
        (HELLO, listed("image", HELLO.body), OTHER),
        (Text(body="Hello @{contact_first_name}"), listed("text", "Hello Ravi"), OPEN),
        (Text(body="\N{THUMBS UP SIGN}"), listed("text", "\N{THUMBS DOWN SIGN}"), OPEN),
        (Image(link=LINK, caption="Our shop"), listed("image", "Our shop"), SAME),
        (Image(link=LINK, caption="Our shop"), listed("image", "We have moved"), OTHER),
        (Image(link=LINK, caption="Our shop"), listed("image", "Your shop is closed"), OPEN),
        (Image(link=LINK, caption="Our shop"), listed("image", None), OPEN),
        (Image(link=LINK, caption="Our shop"), listed("video", "Our shop"), OTHER),
        (Image(link=LINK), listed("image", None), OPEN),
        (Video(link=LINK, caption="Our shop"), listed("video", "Our shop"), SAME),
        (Audio(link=LINK), listed("audio", None), OPEN),
        (Document(link=LINK, filename="a.pdf"), listed("document", "a.pdf"), OPEN),
        (BUTTONS, listed("interactive", "Coming tomorrow?"), SAME),
        (BUTTONS, listed("interactive", "<b>Coming tomorrow?</b> [Yes]"), OPEN),
        (BUTTONS, listed("interactive", "Something else"), OTHER),
        (MENU, listed("interactive", "Choose a day"), SAME),
        (MENU, listed("text", "Choose a day"), OTHER),
        (WELCOME, listed("template", "<p>Hello Asha, your order 17 is ready</p>"), OPEN),
        (WELCOME, listed("template", "Hello Ravi, your order 17 is ready"), OTHER),
        (WELCOME, listed("template", None), OPEN),
        (WELCOME, listed("template", "Asha: order 17", template_name="welcome"), SAME),
        (WELCOME, listed("template", "Ravi: order 17", template_name="welcome"), OTHER),
        (WELCOME, listed("template", None, template_name="welcome"), OPEN),
        (WELCOME, listed("template", "Asha: order 17", template_name="goodbye"), OTHER),
        (
            Template(name="welcome", language="en", body=("@{contact_first_name}",)),
            listed("template", "Ravi", template_name="welcome"),
            OPEN,
        ),
        (
            Template(
                name="welcome", language="en", body=(CurrencyParameter(fallback="$1", code="USD", amount_1000=1000),)
            ),
            listed("template", "one dollar", template_name="welcome"),
            OPEN,
        ),
        (Reaction(message_id="wamid.A", emoji="\N{THUMBS UP SIGN}"), listed("text", "x"), OPEN),
    ],
)
def test_each_kind_is_compared_by_what_a_listing_shows_of_it(
    content: Content, item: ListedMessage, expected: Likeness
) -> None:
    """And where a listing does not show enough of it, that is open."""
    assert expected is likeness(content, item)


#: With whatever a careless reading of markup would stumble over.
TEXTS = (
    st.lists(st.text() | st.sampled_from(["<", ">", "&amp;", "&", "e\u0301", "<b>", ";", "\u0131"]))
    .map("".join)
    .filter(str.strip)
)


@settings(max_examples=200, deadline=None)
@given(
    TEXTS,
    st.sampled_from(
        [
            lambda text: text,
            lambda text: f"<div>\n {html.escape(text)} </div>",
            lambda text: html.escape(text).replace("\n", "<br />"),
            lambda text: f"*Notice* {text} (sent by bot)",
            lambda text: " ".join(text.split()),
            lambda text: f"<p>{text}</p>",
        ],
    ),
)
def test_no_rendering_makes_ours_another(text: str, render: Any) -> None:
    """Marked up, escaped, wrapped, folded: whoever took it for another message would send it twice."""
    try:
        content = Text(body=text)
    except ValueError:
        return

    assert likeness(content, listed("text", render(text))) is not OTHER


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(1, 200))
def test_what_is_cut_off_is_no_other(text: str, length: int) -> None:
    """Wherever it is cut."""
    try:
        content = Text(body=text)
    except ValueError:
        return

    assert likeness(content, listed("text", text[:length])) is not OTHER
