"""What a call is answered with, what is stored by then, and what happens when we fail or close."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.support.event_stores import FileEventStore
from tests.support.inbound_events import (
    BASIC,
    BEARER,
    OLD_SECRET,
    SECRET,
    message,
    payload,
    signed,
    status,
    webhook,
)
from wamsg.driver import Webhook
from wamsg.errors import ConfigError, WamsgError
from wamsg.ledger.events import StoredEvent
from wamsg.model.event import UnknownEvent
from wamsg.settings import Secret
from wamsg.testing import ManualClock
from wamsg.webhooks import Call, Receiver
from wamsg.wire import HmacSha256
from wamsg.wire.payload import LARGEST

BODY = payload(message("a"))


def _post(body: bytes = BODY, secret: str = SECRET, **headers: str) -> Call:
    return Call(method="POST", headers={**signed(body, secret), **headers})


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def _silence() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.Event().wait()


class _Failing(FileEventStore):
    """Does not store what holds an event called ``poison``, or anything while it is ``down``."""

    down = False

    async def add(self, events: Any, **more: Any) -> list[StoredEvent]:
        if self.down or any(getattr(event, "message_id", "") == "poison" for event in events):
            raise OSError("no space left on device")
        return await super().add(events, **more)


async def test_events_are_stored_by_the_time_of_the_200(opened: Any, store: FileEventStore) -> None:
    """Also while a handler does not come to an end."""
    held = asyncio.Event()

    async def hold(_event: object) -> None:
        await held.wait()

    receiver = await opened(handler=_Handler(hold))

    answer = await receiver.take(_post(), BODY)

    assert (200, b"") == (answer.status, answer.body)
    assert [message("a").key] == [item.event.key for item in await store.unhandled(messages=True, after=0, limit=9)]
    held.set()
    await receiver.idle()
    assert [] == await store.unhandled(messages=True, after=0, limit=9)


class _Handler:
    def __init__(self, act: Callable[[Any], Any]) -> None:
        self.handle = act

    def wants(self, _event: object) -> bool:
        return True


async def test_a_handler_that_fails_to_say_what_it_wants_is_given_it(
    opened: Any, listener: Any, deliver: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Its fault refuses neither the event nor those that came with it, and stands in the log."""

    def wants(event: Any) -> bool:
        if event.text == "odd":
            raise KeyError("a fault of the handler")
        return bool(event.text == "mine")

    listener.wants = wants
    receiver = await opened()

    answer = await deliver(receiver, message("a", "mine"), message("b", "odd"), message("c", "other"))
    await receiver.idle()

    assert (200, ["mine", "odd"]) == (answer, [event.text for event in listener.heard])
    assert "a fault of the handler" in caplog.text


async def test_what_comes_again_is_answered_alike_and_handled_once(opened: Any, listener: Any, deliver: Any) -> None:
    """In the same moment from many callers, in other company, and later."""
    receiver = await opened()

    answers = await asyncio.gather(*(deliver(receiver, message("a"), status(f"s{n % 2}")) for n in range(50)))
    answers.append(await deliver(receiver, message("a"), message("b")))
    await receiver.idle()

    assert {200} == set(answers)
    expected = sorted(event.key for event in (message("a"), message("b"), status("s0"), status("s1")))
    assert expected == sorted(listener.tries)


@pytest.mark.parametrize(
    ("call", "body", "expected"),
    [
        pytest.param(_post(secret="wrong"), BODY, 401, id="wrong secret"),
        pytest.param(_post(payload(message("b"))), BODY, 401, id="signature of another body"),
        pytest.param(Call(method="POST"), BODY, 401, id="no signature"),
        pytest.param(Call(method="GET"), b"", 401, id="GET without proof"),
        pytest.param(_post(b"<xml/>"), b"<xml/>", 400, id="XML"),
        pytest.param(_post(b""), b"", 400, id="empty"),
        pytest.param(_post(b"{}" * 2), b"{}" * 2, 400, id="two documents"),
        pytest.param(Call(method="PUT", headers=signed(BODY)), BODY, 405, id="PUT"),
        pytest.param(Call(method="HEAD"), b"", 405, id="HEAD"),
        pytest.param(Call(method="POST", path="/other", headers=signed(BODY)), BODY, 404, id="another path"),
        pytest.param(_post(Content_Encoding="gzip"), BODY, 200, id="no such header"),
        pytest.param(Call(method="POST", headers={**signed(BODY), "Content-Encoding": "gzip"}), BODY, 415, id="gzip"),
        pytest.param(Call(method="POST", headers={**signed(BODY), "content-encoding": "Identity"}), BODY, 200, id="id"),
        pytest.param(
            Call(method="POST", headers={**signed(BODY), "Content-Length": str(LARGEST + 1)}), BODY, 413, id="announced"
        ),
        pytest.param(Call(method="POST", headers={**signed(BODY), "Content-Length": "9" * 5000}), BODY, 413, id="huge"),
        pytest.param(
            Call(method="POST", headers={**signed(BODY), "Content-Length": "-\u00b2"}), BODY, 200, id="absurd"
        ),
        pytest.param(_post(b"x" * (LARGEST + 1)), b"x" * (LARGEST + 1), 413, id="too large"),
        pytest.param(Call(method="POST", path="//", headers=signed(BODY)), BODY, 200, id="slashes"),
    ],
)
async def test_each_way_to_be_wrong_has_its_status(
    opened: Any, store: FileEventStore, call: Call, body: bytes, expected: int
) -> None:
    """And nothing is stored unless it is a 200."""
    receiver = await opened(handler=None)

    answer = await receiver.take(call, body)

    assert expected == answer.status
    assert (expected == 200) is (await store.add([message("a")], now=1.0) == [])


async def test_both_secrets_count_while_one_is_changed(opened: Any) -> None:
    """And the one that was taken away does not, nor does half of one."""
    both, new = await opened(), await opened(webhooks=webhook(HmacSha256([SECRET])))

    answers = [
        (await receiver.take(_post(secret=secret), BODY)).status
        for receiver in (both, new)
        for secret in (SECRET, OLD_SECRET, SECRET[:-1], f"{SECRET},{OLD_SECRET}")
    ]

    assert [200, 200, 401, 401, 200, 401, 401, 401] == answers


@pytest.mark.parametrize(("scheme", "challenge"), [(BEARER, "Bearer"), (BASIC, 'Basic realm="callbacks"')])
async def test_a_401_says_what_kind_of_proof_is_wanted(opened: Any, scheme: Any, challenge: str) -> None:
    """Callers with basic authentication send it only after they were asked to."""
    receiver = await opened(webhooks=webhook(scheme))

    answer = await receiver.take(Call(method="POST"), BODY)

    assert (401, challenge, b"not verified") == (answer.status, answer.headers["WWW-Authenticate"], answer.body)


async def test_a_405_says_what_is_allowed(opened: Any) -> None:
    """As RFC 9110 asks for."""
    answer = await (await opened()).take(Call(method="DELETE"))

    assert (405, "GET, POST") == (answer.status, answer.headers["Allow"])


async def test_a_callback_by_get_is_read_from_the_query(opened: Any, listener: Any) -> None:
    """It is verified like any other."""
    receiver = await opened(webhooks=webhook(BEARER))
    query = {"message": "q", "text": "by query"}

    refused = await receiver.take(Call(method="GET", query=query))
    taken = await receiver.take(Call(method="GET", query=query, headers={"Authorization": "Bearer fake-bearer-token"}))
    await receiver.idle()

    assert (401, 200) == (refused.status, taken.status)
    assert ["by query"] == [event.text for event in listener.heard]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_signature_of_the_body_says_nothing_of_the_query(opened: Any, listener: Any, method: str) -> None:
    """One that was overheard could be shown beside any query, unless there is another secret beside it."""
    alone, beside = await opened(), await opened(webhooks=webhook(BEARER, HmacSha256([SECRET])))
    headers = {"Authorization": "Bearer fake-bearer-token", **signed(b"")}
    call = Call(method=method, query={"message": "q", "text": "by query"}, headers=headers)

    refused, taken = await alone.take(call), await beside.take(call)
    await beside.idle()

    assert (401, 200) == (refused.status, taken.status)
    assert ["by query"] == [event.text for event in listener.heard]
    blank = Call(method=method, query=call.query, headers=signed(b" "))
    assert 401 == (await alone.take(blank, b" ")).status


async def test_a_body_in_pieces_is_verified_whole(opened: Any) -> None:
    """However it was cut, also within a character."""
    body = payload(message("a", "caf\u00e9 \U0001f44d")).decode("unicode_escape").encode("utf-16", "surrogatepass")
    body = body.decode("utf-16").encode()
    receiver = await opened()

    answer = await receiver.take(_post(body), _pieces(*(body[at : at + 3] for at in range(0, len(body), 3))))

    assert 200 == answer.status


async def test_a_large_body_is_dropped_while_it_is_read(opened: Any) -> None:
    """No more of it is taken than the limit allows, whatever its header says."""
    taken = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(1 << 20)

    answer = await (await opened()).take(_post(), flood())

    assert (413, "close", 4) == (answer.status, answer.headers["Connection"], taken)


async def test_a_body_that_does_not_come_is_not_waited_for(opened: Any) -> None:
    """A slow caller is told so after the patience."""
    receiver = await opened(patience=0.01)

    answer = await receiver.take(_post(), _silence())

    assert (408, "close") == (answer.status, answer.headers["Connection"])


async def test_bodies_together_have_bounds(opened: Any, clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    """Beyond them a call is sent away for a while, and the log says so once a minute; then there is room again."""
    receiver = await opened(clock=clock)
    ends = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield bytes(LARGEST)
        await ends.wait()

    calls = [asyncio.create_task(receiver.take(_post(), slow())) for _ in range(20)]
    await asyncio.sleep(0)
    for wait in (0, 59, 1):
        await clock.advance(wait)
        crowded = await receiver.take(_post(), BODY)
    ends.set()
    await asyncio.gather(*calls)

    assert (503, "1") == (crowded.status, crowded.headers["Retry-After"])
    assert 2 == caplog.text.count("503, bodies under way hold 60 MiB")
    assert 200 == (await receiver.take(_post(), BODY)).status


async def test_strangers_cannot_fill_the_room_for_bodies(opened: Any) -> None:
    """Whoever shows no secret is refused before the body is read, if the secret does not depend on it."""
    receiver = await opened(webhooks=webhook(BEARER, HmacSha256([SECRET])))
    both = {"Authorization": "Bearer fake-bearer-token", **signed(BODY)}

    async def slow() -> AsyncIterator[bytes]:
        yield bytes(LARGEST)
        await asyncio.Event().wait()

    async with asyncio.timeout(10):
        strangers = await asyncio.gather(*(receiver.take(_post(), slow()) for _ in range(20)))

    assert {401} == {answer.status for answer in strangers}
    assert 200 == (await receiver.take(Call(method="POST", headers=both), BODY)).status
    assert 401 == (await receiver.take(Call(method="POST", headers={**both, **signed(b"x")}), BODY)).status


async def test_a_store_that_fails_is_a_500(opened: Any, tmp_path: Any, deliver: Any) -> None:
    """So that the provider delivers again; what it brings then is new."""
    failing = _Failing(tmp_path / "other.jsonl")
    receiver = await opened(store=failing)
    failing.down = True

    assert [500, 500] == [await deliver(receiver, message("a")), await deliver(receiver, status("s"))]
    failing.down = False
    assert 200 == await deliver(receiver, message("a"))

    assert [] == await failing.add([message("a")], now=1.0)
    failing.close()


async def test_one_call_that_cannot_be_stored_does_not_cost_the_others_theirs(
    opened: Any, listener: Any, tmp_path: Any, deliver: Any
) -> None:
    """Even when all of them came at once."""
    failing = _Failing(tmp_path / "other.jsonl")
    receiver = await opened(store=failing)
    names = ["a", "poison", "b", "c"]

    answers = await asyncio.gather(*(deliver(receiver, message(name)) for name in names))
    await receiver.idle()

    assert [200, 500, 200, 200] == answers
    assert sorted(message(name).key for name in "abc") == sorted(listener.tries)
    failing.close()


async def test_a_store_that_hangs_is_a_500(opened: Any, tmp_path: Any, deliver: Any) -> None:
    """The caller is not kept for ever, nor is whoever closes."""

    class _Hanging(FileEventStore):
        async def add(self, *_args: Any, **_more: Any) -> list[StoredEvent]:
            await asyncio.Event().wait()
            raise AssertionError

    hanging = _Hanging(tmp_path / "other.jsonl")
    receiver = await opened(store=hanging, patience=0.01, grace=0.01)

    assert 500 == await deliver(receiver, message("a"))
    await receiver.aclose()
    hanging.close()


async def test_a_fault_of_the_parser_is_a_500_that_quotes_nothing(
    opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the answer and not in the log."""
    body = b'{"boom": "+919812340001"}'
    receiver = await opened()

    with caplog.at_level(logging.DEBUG, "wamsg"):
        answer = await receiver.take(_post(body), body)

    assert (500, b"") == (answer.status, answer.body)
    assert "RuntimeError" in caplog.text
    assert "98123" not in caplog.text


async def test_refusals_are_logged_without_secrets(opened: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Neither what was shown nor what was wanted, nor what was brought."""
    receiver = await opened(webhooks=webhook(BEARER), verify_token="fake-verify-token")
    shown = {"Authorization": "Bearer fake-wrong-token"}
    asked = {"hub.mode": "subscribe", "hub.verify_token": "fake-wrong-token", "hub.challenge": "1"}

    with caplog.at_level(logging.DEBUG, "wamsg"):
        answers = [
            await receiver.take(Call(method="POST", headers=shown), BODY),
            await receiver.take(Call(method="GET", query=asked)),
            await receiver.take(Call(method="POST", headers={"Authorization": "Bearer fake-bearer-token"}), b"hello?"),
        ]

    assert [401, 401, 400] == [answer.status for answer in answers]
    said = caplog.text + "".join(f"{answer.body!r}{dict(answer.headers)}" for answer in answers)
    assert "acme" in said
    assert not [
        secret
        for secret in ("token", "hello")
        if secret in said.replace("bearer token", "").replace("verify token", "")
    ]


async def test_what_is_turned_away_is_told_once_a_minute(
    opened: Any, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """For each status, with the path alone, of which nothing is shown that may be a secret, a number or a line."""
    receiver = await opened(clock=clock)
    path = "/callback/919812340001/\nforged/fake-secret-in-the-address"

    for wait in (0, 59, 1):
        await clock.advance(wait)
        await receiver.take(Call(method="POST", path=path, query={"token": "fake-token"}), BODY)
        await receiver.take(Call(method="PUT"), BODY)

    told = ["a call to /callback/***/?forged/*** was turned away: 404", "a call to / was turned away: 405"] * 2
    assert told == [record.getMessage().partition(",")[0] for record in caplog.records]
    assert "fake" not in caplog.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"hub.verify_token": "fake-new"}, (200, b"1158201444"), id="right"),
        pytest.param({"hub.verify_token": "fake-old"}, (200, b"1158201444"), id="the older one"),
        pytest.param({"hub.verify_token": "fake-new,fake-old"}, (401, b"not verified"), id="both at once"),
        pytest.param({"hub.verify_token": ""}, (401, b"not verified"), id="empty"),
        pytest.param({"hub.verify_token": "\ud800"}, (401, b"not verified"), id="no text"),
        pytest.param({"hub.verify_token": "fake-new", "hub.mode": "unsubscribe"}, (401, b"not verified"), id="mode"),
        pytest.param(
            {"hub.verify_token": "fake-new", "hub.challenge": "<script>"}, (401, b"not verified"), id="not a number"
        ),
        pytest.param({}, (401, b"not verified"), id="no token"),
    ],
)
async def test_the_question_of_meta_is_answered_to_whoever_knows_the_token(
    opened: Any, query: dict[str, str], expected: tuple[int, bytes]
) -> None:
    """With the challenge and nothing else; it brings no event."""
    receiver = await opened(verify_token=Secret("fake-new,fake-old"))
    call = Call(method="GET", query={"hub.mode": "subscribe", "hub.challenge": "1158201444", **query})

    answer = await receiver.take(call)

    assert expected == (answer.status, answer.body)


async def test_without_a_verify_token_nobody_is_answered(opened: Any) -> None:
    """Nor is the question taken for an event, signed or not."""
    receiver = await opened()
    query = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""}

    assert 401 == (await receiver.take(Call(method="GET", query=query, headers=signed(b"")))).status


def _bare(**more: Any) -> Webhook:
    return Webhook(provider="acme", schemes=(), reader=lambda _body, _query: [], **more)


@pytest.mark.parametrize(
    ("hooks", "more", "words"),
    [
        pytest.param(_bare(), {}, "WAMSG_ACME_CALLBACK_SECRET", id="no secret"),
        pytest.param({"/a": webhook(), "/b": _bare()}, {}, "no secret is configured", id="one without"),
        pytest.param({}, {}, "no webhook", id="none"),
        pytest.param({"/a": webhook(), "a/": webhook()}, {}, "two webhooks for the path /a", id="twice"),
        pytest.param(webhook(), {"verify_token": "a,,b"}, "empty token", id="empty token"),
        pytest.param(webhook(), {"concurrency": 0}, "concurrency", id="none at a time"),
    ],
)
def test_a_receiver_that_could_take_nothing_is_not_made(
    store: FileEventStore, hooks: Any, more: dict[str, Any], words: str
) -> None:
    """A clear sentence at the start instead of refusals later."""
    with pytest.raises(ConfigError, match=words):
        Receiver(hooks, store=store, **more)


async def test_several_webhooks_have_their_paths_and_secrets(opened: Any) -> None:
    """One is not opened by the other's."""
    receiver = await opened(webhooks={"/one": webhook(BEARER), "two/b": webhook()})
    bearer = {"Authorization": "Bearer fake-bearer-token"}

    answers = {
        (path, name): (await receiver.take(Call(method="POST", path=path, headers=headers), BODY)).status
        for path in ("/one", "/one/", "two/b", "/two", "/")
        for name, headers in (("bearer", bearer), ("signed", signed(BODY)))
    }

    taken = [asked for asked, found in answers.items() if found == 200]
    assert [("/one", "bearer"), ("/one/", "bearer"), ("two/b", "signed")] == taken
    assert {404} == {found for (path, _), found in answers.items() if path in {"/two", "/"}}


async def test_it_says_when_it_is_not_open(store: FileEventStore, caplog: pytest.LogCaptureFixture) -> None:
    """A mount whose lifespan nobody runs would otherwise take events and handle none."""
    receiver = Receiver(webhook(), store=store)

    assert 500 == (await receiver.take(_post(), BODY)).status
    assert "not open yet" in caplog.text
    assert "not open" not in repr(receiver)


async def test_it_closes_once_and_for_all(opened: Any) -> None:
    """Calls are sent away with a wait; opening again is refused; twice is harmless."""
    receiver = await opened()
    assert await receiver.open() is receiver
    await receiver.aclose()
    await receiver.aclose()

    answer = await receiver.take(_post(), BODY)

    assert (503, "5", "close") == (answer.status, answer.headers["Retry-After"], answer.headers["Connection"])
    assert "closed" in repr(receiver)
    with pytest.raises(WamsgError, match="closed"):
        await receiver.open()


async def test_closing_waits_for_calls_and_handlers_under_way(
    opened: Any, store: FileEventStore, listening: Any, deliver: Any
) -> None:
    """What was begun is answered, handled and noted; nothing else is begun."""
    begun, ends = asyncio.Event(), asyncio.Event()

    async def act(_event: object) -> None:
        begun.set()
        await ends.wait()

    listener = listening(act)
    receiver = await opened(handler=listener, concurrency=1)
    await deliver(receiver, message("a"), message("b", sender=None))
    await begun.wait()

    async def last() -> AsyncIterator[bytes]:
        body = payload(message("c"))
        yield body[:5]
        await asyncio.sleep(0)
        ends.set()
        yield body[5:]

    under_way = asyncio.create_task(receiver.take(_post(payload(message("c"))), last()))
    await asyncio.sleep(0)
    await receiver.aclose()

    assert 200 == (await under_way).status
    assert [message("a").key] == [event.key for event in listener.heard]
    left = await store.unhandled(messages=True, after=0, limit=9)
    assert [message("b").key, message("c").key] == [item.event.key for item in left]


async def test_closing_ends_after_the_last_answer(opened: Any) -> None:
    """Whoever closes may close the store next; all who close wait for the same end."""
    receiver = await opened(handler=None)
    assert 200 == (await receiver.take(_post(), BODY)).status
    goes_on = asyncio.Event()

    async def held() -> AsyncIterator[bytes]:
        await goes_on.wait()
        yield BODY

    call = asyncio.create_task(receiver.take(_post(), held()))
    await asyncio.sleep(0)
    closing = [asyncio.create_task(receiver.aclose()) for _ in range(2)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert not any(task.done() for task in closing)
    goes_on.set()
    await asyncio.gather(*closing)

    assert call.done()
    assert 200 == call.result().status


async def test_closing_does_not_wait_for_ever(
    opened: Any, store: FileEventStore, listening: Any, deliver: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A handler that does not end is cancelled after the grace, and its event kept."""
    begun = asyncio.Event()

    async def act(_event: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    receiver = await opened(handler=listening(act), grace=0.01)
    await deliver(receiver, message("a"))
    await begun.wait()

    await receiver.aclose()

    assert "1 handlers did not end in time" in caplog.text
    assert 1 == len(await store.unhandled(messages=True, after=0, limit=9))


async def test_what_was_left_is_handled_at_the_next_start(opened: Any, store: FileEventStore, listener: Any) -> None:
    """Before anyone calls."""
    await store.add([message("a"), status("s")], now=1.0)

    receiver = await opened()
    await receiver.idle()

    assert {message("a").key, status("s").key} == set(listener.tries)
    assert [] == await store.unhandled(messages=True, after=0, limit=9)


async def test_without_a_handler_all_is_stored_as_handled(opened: Any, store: FileEventStore, deliver: Any) -> None:
    """A process that only stores leaves nothing behind for others to do."""
    receiver = await opened(handler=None)

    assert 200 == await deliver(receiver, message("a"), status("s"))

    assert [] == await store.unhandled(messages=True, after=0, limit=9)
    assert [] == await store.unhandled(messages=False, after=0, limit=9)
    assert [] == await store.add([message("a")], now=1.0)


async def test_a_caller_who_gives_up_takes_nothing_back(opened: Any, listener: Any, tmp_path: Any) -> None:
    """What was read is stored and handled although nobody hears the answer."""
    stored, goes_on = asyncio.Event(), asyncio.Event()

    class _Slow(FileEventStore):
        async def add(self, *args: Any, **more: Any) -> list[StoredEvent]:
            stored.set()
            await goes_on.wait()
            return await super().add(*args, **more)

    slow = _Slow(tmp_path / "other.jsonl")
    receiver = await opened(store=slow)
    call = asyncio.create_task(receiver.take(_post(), BODY))
    await stored.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    goes_on.set()
    # The next one is stored behind it.
    await receiver.take(_post(payload(message("b"))), payload(message("b")))
    await receiver.idle()

    assert {message("a").key, message("b").key} == set(listener.tries)
    slow.close()


async def test_a_call_shows_neither_query_nor_header() -> None:
    """It may be logged."""
    call = Call(method="GET", path="/x", query={"hub.verify_token": SECRET}, headers={"Authorization": SECRET})

    assert SECRET not in repr(call)


async def test_what_is_not_understood_is_told_once_for_each_reason(
    opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """It is a 200 like any other, so nobody would see that nothing is read."""
    receiver = await opened()
    reasons = ["no kind", "no kind", "no id"]

    await receiver.flow.add(
        [
            UnknownEvent(provider="acme", key=str(place), reason=reason, kind="a\nb", raw={"secret": "fake"})
            for place, reason in enumerate(reasons)
        ]
    )

    told = [record.getMessage() for record in caplog.records]
    assert ["acme: an event is stored but not understood: " + why for why in ("no kind", "no id")] == [
        line.partition(" (kind")[0] for line in told
    ]
    assert "fake" not in "".join(told)
    assert "\n" not in "".join(told)
