"""Which handler gets an event: the first that fits."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.inbound_events import message, status
from wamsg.errors import ConfigError
from wamsg.model import Text
from wamsg.model.event import (
    ButtonReply,
    Event,
    IncomingMessage,
    ListReply,
    ReceivedMedia,
    StatusUpdate,
    TemplateReply,
)
from wamsg.webhooks import Chat, Router


def _found(router: Router, event: Event) -> str | None:
    """The name of the handler."""
    fit = router.find(event)
    if fit is None:
        return None
    handler: Any = fit.route.on_event or fit.route.on_message
    return str(handler.__name__)


def _fits(event: IncomingMessage, **conditions: Any) -> bool:
    router = Router()

    @router.message(**conditions)
    async def only(_chat: Chat) -> None:
        """It fits."""

    return router.find(event) is not None


def test_the_first_that_fits_and_no_other() -> None:
    """In the order of registration, whatever is more specific."""
    router = Router()

    @router.message(text="hi")
    async def greeting(_chat: Chat) -> None: ...

    @router.message()
    async def anything(_chat: Chat) -> None: ...

    @router.message(text="bye")
    async def never(_chat: Chat) -> None: ...

    @router.on(StatusUpdate)
    async def told(_event: StatusUpdate) -> None: ...

    found = [_found(router, event) for event in (message(text="hi"), message(text="bye"), status())]

    assert ["greeting", "anything", "told"] == found


def test_a_class_of_events_takes_what_is_derived_from_it() -> None:
    """So the root takes all that is left."""
    router = Router()

    @router.on(StatusUpdate)
    async def statuses(_event: StatusUpdate) -> None: ...

    @router.on(Event)
    async def rest(_event: Event) -> None: ...

    assert ["statuses", "rest"] == [_found(router, event) for event in (status(), message())]


def test_nothing_fits_nothing() -> None:
    """A router without handlers, and one for something else."""
    assert Router().find(message()) is None
    assert not _fits(message(text="hello"), text="hi")


@pytest.mark.parametrize(
    ("written", "text", "expected"),
    [
        ("hi", "hi", True),
        ("  HI\n", "hi", True),
        ("hi there", "hi", False),
        ("STRASSE", "stra\u00dfe", True),
        ("caf\u00e9", "CAFE\u0301", True),
        ("stop", ("start", "Stop"), True),
        ("", "hi", False),
    ],
)
def test_a_text_is_all_of_what_was_written(written: str, text: Any, expected: bool) -> None:  # noqa: FBT001 -- a column
    """Whatever its case, the space around it and how accents are written."""
    event = message(content=ReceivedMedia(kind="image", caption=written)) if not written else message(text=written)

    assert expected is _fits(event, text=text)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"order\s+(\d+)", "42"),
        (re.compile(r"ORDER (\d+)"), "42"),
        (re.compile(r"order (\d+)"), None),
        (r"^(\d+)", None),
    ],
)
def test_a_pattern_is_looked_for_anywhere(pattern: Any, expected: str | None) -> None:
    """Text ignores case, a compiled one does as it says; what it found is kept."""
    router = Router()

    @router.message(pattern=pattern)
    async def only(_chat: Chat) -> None: ...

    fit = router.find(message(text="my ORDER 42, please"))

    assert expected == (fit and fit.match and fit.match[1])


def test_an_empty_match_is_one() -> None:
    """A pattern that finds nothing much has found it."""
    assert _fits(message(text="hello"), pattern="x*")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ButtonReply(id="yes", title="Sure"), True),
        (ListReply(id="yes", title="Sure"), True),
        (TemplateReply(text="Sure", payload="yes"), True),
        (ButtonReply(id="YES"), False),
        (Text(body="yes"), False),
    ],
)
def test_a_choice_is_the_id_of_what_was_tapped(content: Any, expected: bool) -> None:  # noqa: FBT001 -- a column
    """To the letter: we gave it ourselves."""
    assert expected is _fits(message(content=content), choice=["no", "yes"])


def test_conditions_must_all_fit() -> None:
    """Words and kind together; media without words has none to fit."""
    photo = message(content=ReceivedMedia(kind="image", caption="my receipt"))
    bare = message(content=ReceivedMedia(kind="image"))

    assert _fits(photo, content=ReceivedMedia, pattern="receipt")
    assert not _fits(message(text="receipt"), content=ReceivedMedia, pattern="receipt")
    assert not _fits(bare, content=(Text, ReceivedMedia), pattern="")
    assert _fits(bare, content=(Text, ReceivedMedia))


def test_included_handlers_come_behind_ones_own() -> None:
    """As they are at that moment; also of oneself."""
    router, other = Router(), Router()

    @other.message(text="hi")
    async def theirs(_chat: Chat) -> None: ...

    @other.message(text="bye")
    async def their_other(_chat: Chat) -> None: ...

    @router.message(text="hi")
    async def ours(_chat: Chat) -> None: ...

    router.include(other)
    router.include(router)

    assert ["ours", "their_other"] == [_found(router, message(text=text)) for text in ("hi", "bye")]


def test_handlers_are_asynchronous() -> None:
    """Functions and objects alike; anything else is told at once."""

    class Callable:
        async def __call__(self, _chat: Chat) -> None: ...

    def plain(_chat: Chat) -> None: ...

    router = Router()
    router.message()(Callable())

    with pytest.raises(ConfigError, match="'async def'; plain is not"):
        router.message()(plain)  # type: ignore[arg-type]  # what is refused
    with pytest.raises(ConfigError, match="the pattern"):
        router.message(pattern="(")
