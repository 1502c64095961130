"""Answering: to whom, quoting what, once, and through which messenger."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import frozen

from tests.support.inbound_events import NOW, OTHER_PERSON, PERSON, message, status
from wamsg.errors import ConfigError, NotSent, Unsupported, WindowClosed
from wamsg.model import Content, PhoneNumber, Reaction, ReadReceipt, Recipients, SendResult, Template, Text
from wamsg.model.event import IncomingMessage, StatusUpdate
from wamsg.testing import ManualClock
from wamsg.webhooks import Bot, Chat, Router, ServiceWindow, WindowMessenger
from wamsg.wire import Priority

TEMPLATE = Template(name="we_answered", language="en")
DAY = 24 * 3600.0


@frozen
class Posted:
    content: Content
    to: Recipients
    reply_to: str | None
    priority: Priority
    options: Mapping[str, object] | None


class Desk:
    """Takes what is sent, or raises what it was told to."""

    def __init__(self, *errors: Exception, quotes: bool = True) -> None:
        self.errors = list(errors)
        self.quotes = quotes
        self.posted: list[Posted] = []
        self.closed = False

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> SendResult:
        if reply_to and not self.quotes:
            raise Unsupported("no endpoint has a field for it", feature="reply_to")
        if self.errors:
            raise self.errors.pop(0)
        self.posted.append(Posted(content, to, reply_to, priority, provider_options))
        return SendResult(provider="acme", message_id=f"out{len(self.posted)}")

    async def aclose(self) -> None:
        self.closed = True


@pytest.fixture
def window(clock: ManualClock) -> ServiceWindow:
    return ServiceWindow(clock=clock)


@pytest.fixture
def router() -> Router:
    """Says back what it hears."""
    router = Router()

    @router.message(pattern="(.+)")
    async def echo(chat: Chat) -> None:
        assert chat.match is not None
        await chat.reply(chat.match[1])

    return router


async def test_a_reply_goes_to_whoever_wrote_and_quotes_the_message(router: Router) -> None:
    """Ahead of bulk."""
    desk = Desk()

    await Bot(router, desk).handle(message("m1", "hello"))

    assert [Posted(Text(body="hello"), PERSON, "m1", Priority.INTERACTIVE, None)] == desk.posted


async def test_where_nothing_can_be_quoted_the_reply_goes_without(
    router: Router, caplog: pytest.LogCaptureFixture
) -> None:
    """And a line in the log says so."""
    desk = Desk(quotes=False)

    with caplog.at_level(logging.INFO, "wamsg"):
        await Bot(router, desk).handle(message("m1", "hello"))

    assert [None] == [posted.reply_to for posted in desk.posted]
    assert "quotes nothing" in caplog.text


async def test_quoting_is_insisted_on_or_left_out() -> None:
    """What is insisted on and cannot be is refused, and nothing is sent; a reaction names its message itself."""
    desk, plain = Desk(), Desk(quotes=False)
    thumb = Reaction(message_id="m1", emoji="\U0001f44d")

    await Chat(message("m1"), desk).reply("a", quote=False)
    await Chat(message("m1"), desk).reply(thumb)
    with pytest.raises(Unsupported):
        await Chat(message("m1"), plain).reply("a", quote=True)

    assert ([None, None], []) == ([posted.reply_to for posted in desk.posted], plain.posted)


async def test_what_else_cannot_be_expressed_is_not_sent_in_pieces() -> None:
    """Only the quotation is dropped."""
    desk = Desk(Unsupported("no stickers", feature="sticker"))

    with pytest.raises(Unsupported, match="stickers"):
        await Chat(message("m1"), desk).reply("a")
    assert [] == desk.posted


async def test_someone_without_a_number_cannot_be_replied_to() -> None:
    """The handler is told, and can still read."""
    chat = Chat(message("m1", "hello", sender=None, sender_id="IN.42"), Desk())

    with pytest.raises(Unsupported, match="hides the number"):
        await chat.reply("a")
    assert ("hello", None, None) == (chat.text, chat.sender, chat.choice)
    assert "hello" not in repr(chat)


async def test_a_handler_that_is_run_again_does_not_repeat_its_replies() -> None:
    """Those that went out, by what they say; the others go out then, and a new message is answered anew."""
    router, desk = Router(), Desk()

    @router.message()
    async def three(chat: Chat) -> None:
        for text in ("one", "one", "two"):
            await chat.reply(text)

    bot = Bot(router, desk)
    original, fail_at = desk.send, 1

    async def send(*args: Any, **more: Any) -> SendResult:
        nonlocal fail_at
        if len(desk.posted) == fail_at:
            fail_at = 99
            raise NotSent("no line")
        return await original(*args, **more)

    desk.send = send  # type: ignore[method-assign]  # the line is cut once
    with pytest.raises(NotSent):
        await bot.handle(message("m1"))
    desk.errors.append(NotSent("no line"))
    with pytest.raises(NotSent):
        await bot.handle(message("m1"))
    await bot.handle(message("m1"))
    await bot.handle(message("m2"))

    said = [(posted.content.body, posted.reply_to) for posted in desk.posted if isinstance(posted.content, Text)]
    assert [("one", "m1"), ("one", "m1"), ("two", "m1"), ("one", "m2"), ("one", "m2"), ("two", "m2")] == said


async def test_events_go_to_their_handlers_and_the_rest_nowhere(router: Router, window: ServiceWindow) -> None:
    """A bot wants what it has a handler for; with a window, every message too, for its time."""
    heard: list[StatusUpdate] = []

    @router.on(StatusUpdate)
    async def told(event: StatusUpdate) -> None:
        heard.append(event)

    bot, mute = Bot(router, Desk()), Bot(Router(), Desk(), window=window)
    await bot.handle(status())
    await mute.handle(message())
    await mute.handle(status())

    assert [status()] == heard
    assert [True, True] == [bot.wants(event) for event in (message(), status())]
    assert [True, False] == [mute.wants(event) for event in (message(), status())]
    assert not Bot(Router(), Desk()).wants(message())
    assert await window.is_open(PERSON)


def test_a_fallback_needs_a_window(router: Router) -> None:
    """Otherwise it would never be used."""
    with pytest.raises(ConfigError, match="window"):
        Bot(router, Desk(), fallback=TEMPLATE)


async def test_the_window_is_a_day_from_the_last_message(window: ServiceWindow, clock: ManualClock) -> None:
    """An earlier one that comes later shortens nothing, a clock ahead of ours lengthens nothing."""
    window.note(message("a", at=NOW + 5000.0))
    window.note(message("b", at=NOW - 100))
    window.note(message("c", at=None, sender=OTHER_PERSON))
    window.note(message("d", sender=None))

    assert [NOW + DAY] * 2 == [await window.closes_at(person) for person in (PERSON, OTHER_PERSON)]
    await clock.advance(DAY - 0.5)
    assert await window.is_open(PERSON)
    await clock.advance(0.5)
    assert await window.is_open(PERSON) is False
    assert await window.is_open(PhoneNumber("+919812340099")) is None


class _Past:
    def __init__(self) -> None:
        self.asked: list[PhoneNumber] = []
        self.written: float | None = NOW - 10

    async def last_written(self, number: PhoneNumber) -> float | None:
        self.asked.append(number)
        return self.written if number == PERSON else None


async def test_a_history_knows_those_who_are_forgotten(clock: ManualClock) -> None:
    """It is asked once for each person whose window is open; who never wrote has none."""
    past = _Past()
    window = ServiceWindow(history=past, clock=clock, most=2)

    assert await window.is_open(OTHER_PERSON) is False
    assert [NOW - 10 + DAY] * 2 == [await window.closes_at(PERSON), await window.closes_at(PERSON)]
    assert [OTHER_PERSON, PERSON] == past.asked


async def test_a_history_is_asked_again_before_a_window_is_closed(clock: ManualClock) -> None:
    """They may have written to another process; what this one heard itself counts as well."""
    past = _Past()
    window = ServiceWindow(history=past, clock=clock)
    assert await window.is_open(PERSON)

    await clock.advance(DAY)
    closed = await window.is_open(PERSON)
    past.written = NOW + DAY - 5
    opened = await window.closes_at(PERSON)
    past.written = None
    await clock.advance(DAY)

    assert (False, NOW + 2 * DAY - 5) == (closed, opened)
    assert opened == await window.closes_at(PERSON)


async def test_memory_is_bounded(clock: ManualClock) -> None:
    """Those who wrote last are kept."""
    window = ServiceWindow(clock=clock, most=3)
    people = [PhoneNumber(f"+91981234{n:04}") for n in range(6)]

    for person in [*people, people[3]]:
        window.note(message(sender=person))
    window.note(message(sender=people[0]))

    assert [True, None, None, True, None, True] == [await window.is_open(person) for person in people]


async def test_outside_the_window_a_template_goes_instead(window: ServiceWindow) -> None:
    """It quotes nothing; what is always allowed goes as it is."""
    desk = Desk()
    window.note(message(at=NOW - DAY))
    messenger = WindowMessenger(desk, window, fallback=TEMPLATE)
    receipt = ReadReceipt(message_id="m1")

    await messenger.send(Text(body="a"), to=PERSON, reply_to="m1", provider_options={"ref": "r"})
    await messenger.send(Template(name="other", language="en"), to=PERSON, reply_to="m1")
    await messenger.send(receipt)
    await messenger.send(Text(body="b"), to=OTHER_PERSON.e164)
    await messenger.send(Text(body="c"), to=(OTHER_PERSON, PERSON))
    await messenger.aclose()

    assert [TEMPLATE, Template(name="other", language="en"), receipt, Text(body="b"), TEMPLATE] == [
        posted.content for posted in desk.posted
    ]
    assert [None, "m1"] == [posted.reply_to for posted in desk.posted[:2]]
    assert ({"ref": "r"}, True) == (desk.posted[0].options, desk.closed)


async def test_a_fallback_may_be_made_of_the_message(window: ServiceWindow) -> None:
    """By a function."""
    desk = Desk()
    window.note(message(at=NOW - DAY))

    def made(content: Content) -> Template:
        assert isinstance(content, Text)
        return Template(name=f"about_{content.body}", language="en")

    await WindowMessenger(desk, window, fallback=made).send(Text(body="orders"), to=PERSON)

    assert [Template(name="about_orders", language="en")] == [posted.content for posted in desk.posted]


async def test_without_a_fallback_it_is_a_warning(window: ServiceWindow, caplog: pytest.LogCaptureFixture) -> None:
    """The provider judges, and its refusal is raised."""
    desk = Desk()
    window.note(message(at=NOW - DAY))
    messenger = WindowMessenger(desk, window)

    await messenger.send(Text(body="a"), to=PERSON)
    desk.errors.append(WindowClosed("more than 24 hours"))
    with pytest.raises(WindowClosed):
        await messenger.send(Text(body="a"), to=OTHER_PERSON)

    assert [Text(body="a")] == [posted.content for posted in desk.posted]
    assert ["outside_window"] == [getattr(record, "action", "") for record in caplog.records]
    assert "98123" not in caplog.text


async def test_a_provider_that_says_closed_is_believed(window: ServiceWindow) -> None:
    """Whatever we thought: nothing was sent, so the template goes."""
    desk = Desk(WindowClosed("more than 24 hours"))
    window.note(message())

    await WindowMessenger(desk, window, fallback=TEMPLATE).send(Text(body="a"), to=PERSON)

    assert [TEMPLATE] == [posted.content for posted in desk.posted]


async def test_an_old_message_is_answered_with_a_template(router: Router, window: ServiceWindow) -> None:
    """As after an outage of two days."""
    desk = Desk()
    bot = Bot(router, desk, window=window, fallback=TEMPLATE)
    old: IncomingMessage = message("m1", "hello?", at=NOW - 2 * DAY)

    await bot.handle(old)
    await bot.handle(message("m2", "hello!", at=NOW))

    assert [TEMPLATE, Text(body="hello!")] == [posted.content for posted in desk.posted]
