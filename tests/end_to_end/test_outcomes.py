"""Each row of "what happened to a send", over real sockets, for every provider, against the sandbox's own record."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

import wamsg
from wamsg import Location, Outcome, RetryPolicy, SendResult, Status, Sticker, Text, collect, errors, fan_out
from wamsg.sandbox import Fault, FaultKind, RetryForm, Sandbox

TO = "+919812340001"
HELLO = Text(body="hello")
#: One try, no patience: what the first answer means is what the caller sees.
AT_ONCE = RetryPolicy(attempts=1, deadline=0)


@pytest.fixture(params=["kaleyra", "wacr"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


def connected(sandbox: Sandbox, name: str, **more: Any) -> wamsg.Client:
    settings: dict[str, Any] = {**sandbox.settings(name), "limits": None, **more}
    return wamsg.connect(name, environ={}, **settings)


def requests(sandbox: Sandbox, name: str) -> int:
    """How many requests arrived, whatever became of them."""
    counts = sandbox.counts[name]
    return sum(counts[word] for word in ("answered", "refused", "throttled", "faulted", "unreadable"))


async def ending(client: wamsg.Client, to: str = TO) -> SendResult | errors.WamsgError:
    async with client:
        try:
            return await client.send(HELLO, to=to)
        except errors.WamsgError as error:
            return error


async def test_an_accepted_message_is_in_the_record_once(sandbox: Sandbox, name: str) -> None:
    """The id that the caller gets is the one that the provider gave."""
    result = await ending(connected(sandbox, name))

    (record,) = sandbox.outbox.accepted
    assert isinstance(result, SendResult)
    assert (record.message_id, TO[1:]) == (result.message_id, record.recipient)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (Text(body="x" * 4097), errors.InvalidMessage),
        (Sticker(id="\u00e9" * 2000), None),
        (Location(latitude=1, longitude=2), None),
    ],
    ids=["over a documented limit", "sticker", "location"],
)
async def test_what_cannot_be_expressed_reaches_no_socket(
    sandbox: Sandbox, name: str, content: Any, error: type[Exception] | None
) -> None:
    """Row 1: it is raised before any I/O, and nothing arrives."""
    if error is None and name == "kaleyra":
        return await _expressed_by_kaleyra(sandbox, content)

    async with connected(sandbox, name) as client:
        with pytest.raises(error or errors.Unsupported):
            await client.send(content, to=TO)

    assert 0 == requests(sandbox, name)
    return None


async def _expressed_by_kaleyra(sandbox: Sandbox, content: Any) -> None:
    async with connected(sandbox, "kaleyra") as client:
        await client.send(content, to=TO)
    assert 1 == len(sandbox.outbox)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_refused_connection_was_never_sent(sandbox: Sandbox, name: str) -> None:
    """Row 2: no byte of the request left."""
    nowhere = f"http://127.0.0.1:{_free_port()}"

    error = await ending(connected(sandbox, name, base_url=nowhere, retry=AT_ONCE))

    assert isinstance(error, errors.NotSent)
    assert not error.may_have_gone_out


async def test_a_refused_connection_is_tried_again_until_someone_listens(name: str) -> None:
    """Row 2: retried; the message arrives exactly once."""
    port = _free_port()
    async with Sandbox() as elsewhere:
        settings = elsewhere.settings(name)
    base_url = settings["base_url"].replace(elsewhere.url, f"http://127.0.0.1:{port}")
    policy = RetryPolicy(attempts=1000, deadline=60, first_wait=0.01, longest_wait=0.05)
    arguments: dict[str, Any] = {**settings, "base_url": base_url, "retry": policy, "environ": {}}
    sending = asyncio.create_task(ending(wamsg.connect(name, **arguments)))
    async with Sandbox(port=port) as late:
        result = await sending

    assert isinstance(result, SendResult)
    assert 1 == len(late.outbox)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (RetryForm.SECONDS, 90),
        (RetryForm.DATE, 90),
        (RetryForm.MILLISECONDS, 90),
        (RetryForm.ABSENT, None),
        (RetryForm.NEGATIVE, None),
        (RetryForm.ABSURD, None),
    ],
)
async def test_a_throttled_message_is_not_accepted(
    sandbox: Sandbox, name: str, form: RetryForm, told: float | None
) -> None:
    """Row 3: with each way of saying how long to wait."""
    sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, retry_after=90, form=form))

    error = await ending(connected(sandbox, name, retry=AT_ONCE))

    assert isinstance(error, errors.Throttled)
    assert error.lanes
    assert 0 == len(sandbox.outbox)
    if told is None:
        assert error.retry_after is None
    else:
        assert error.retry_after is not None
        assert told - 1 <= error.retry_after <= told + 1


async def test_a_throttled_message_is_retried_and_arrives_once(sandbox: Sandbox, name: str) -> None:
    """Row 3: it costs no attempt, so a policy of one attempt is enough."""
    sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, retry_after=0.02, form=RetryForm.MILLISECONDS, times=3))

    result = await ending(connected(sandbox, name, retry=RetryPolicy(attempts=1)))

    assert isinstance(result, SendResult)
    assert (1, 4) == (len(sandbox.outbox), requests(sandbox, name))


async def test_try_later_is_retried_when_the_wait_is_short(sandbox: Sandbox, name: str) -> None:
    """Row 4: the provider says that it did not accept."""
    sandbox.faults.add(Fault(kind=FaultKind.STATUS, status=503, times=2))

    result = await ending(connected(sandbox, name, retry=RetryPolicy(first_wait=0.01)))

    assert isinstance(result, SendResult)
    assert (1, 3) == (len(sandbox.outbox), requests(sandbox, name))


async def test_try_later_comes_back_when_the_wait_is_long(sandbox: Sandbox, name: str) -> None:
    """Row 4: long waits belong to a ledger, not to a blocked call."""
    sandbox.faults.add(Fault(kind=FaultKind.STATUS, status=503, retry_after=300))

    error = await ending(connected(sandbox, name))

    assert isinstance(error, errors.Unavailable)
    assert (300, 1) == (error.retry_after, requests(sandbox, name))


REFUSALS = [
    ("kaleyra", "40000", errors.InvalidRequest),
    ("kaleyra", "40100", errors.BadCredentials),
    ("kaleyra", "40101", errors.PermissionDenied),
    ("kaleyra", "40102", errors.SenderRefused),
    ("kaleyra", "40103", errors.SenderRefused),
    ("kaleyra", "40110", errors.LowBalance),
    ("kaleyra", "42101", errors.PlanLimit),
    ("wacr", "40301", errors.OptedOut),
    ("wacr", "40302", errors.PlanLimit),
    ("wacr", "42201", errors.SenderRefused),
    ("wacr", "50001", errors.SendFailed),
]


@pytest.mark.parametrize(("name", "suffix", "kind"), REFUSALS)
async def test_a_refusal_is_final_and_says_why(
    sandbox: Sandbox, name: str, suffix: str, kind: type[errors.Rejected]
) -> None:
    """Row 5: one request, the error's own class, the provider's code."""
    error = await ending(connected(sandbox, name), to=f"+9198123{suffix}")

    assert kind is type(error)
    assert isinstance(error, errors.Rejected)
    assert error.code
    assert not error.may_have_gone_out
    assert (0, 1) == (len(sandbox.outbox), requests(sandbox, name))


async def test_kaleyras_later_is_five_minutes_and_wacrs_internal_error_is_unanswered(sandbox: Sandbox) -> None:
    """The provider's own code goes before the status: both are a 500."""
    later = await ending(connected(sandbox, "kaleyra"), to="+919812350000")
    lost = await ending(connected(sandbox, "wacr"), to="+919812350002")

    assert isinstance(later, errors.Unavailable)
    assert 300 == later.retry_after
    assert isinstance(lost, errors.Unanswered)


@pytest.mark.parametrize("status", [400, 404, 409, 413, 418])
@pytest.mark.parametrize("body", ["html", "empty", "wrong_type"])
async def test_a_refusal_that_nobody_can_read_is_a_refusal_all_the_same(
    sandbox: Sandbox, name: str, status: int, body: Any
) -> None:
    """Row 5: a proxy's page with a 4xx did not accept anything."""
    sandbox.faults.add(Fault(kind=FaultKind.STATUS, status=status, body=body))

    error = await ending(connected(sandbox, name))

    assert isinstance(error, errors.Rejected)
    assert status == error.http_status


UNANSWERED = [
    (Fault(kind=FaultKind.CUT_BEFORE), 0),
    (Fault(kind=FaultKind.CUT_BEFORE, ending="close"), 0),
    (Fault(kind=FaultKind.ACCEPTED_THEN_CUT), 1),
    (Fault(kind=FaultKind.ACCEPTED_THEN_CUT, ending="close"), 1),
    (Fault(kind=FaultKind.CUT_AFTER_HEADERS), 1),
    (Fault(kind=FaultKind.CUT_DURING), 1),
    (Fault(kind=FaultKind.SLOW_HEADERS, seconds=60), 1),
    (Fault(kind=FaultKind.SLOW_BODY, seconds=60), 1),
    (Fault(kind=FaultKind.HTML_200, accept=True), 1),
    (Fault(kind=FaultKind.HTML_200), 0),
    (Fault(kind=FaultKind.HUGE_BODY, size=3_000_000), 1),
    (Fault(kind=FaultKind.TRUNCATED_JSON), 1),
    (Fault(kind=FaultKind.GARBLED_JSON), 1),
    (Fault(kind=FaultKind.STATUS, status=500, accept=True), 1),
    (Fault(kind=FaultKind.STATUS, status=502, body="html", accept=True), 1),
    (Fault(kind=FaultKind.STATUS, status=504, body="empty"), 0),
]


@pytest.mark.parametrize(("fault", "accepted"), UNANSWERED, ids=lambda value: str(getattr(value, "kind", value)))
async def test_what_left_and_got_no_answer_is_unknown_and_never_repeated(
    sandbox: Sandbox, name: str, fault: Fault, accepted: int
) -> None:
    """Row 6: whether it was accepted or not, the caller is told that nobody knows."""
    sandbox.faults.add(fault)

    error = await ending(connected(sandbox, name, timeout=0.3))

    assert isinstance(error, errors.Unanswered)
    assert error.may_have_gone_out
    assert (accepted, 1) == (len(sandbox.outbox), requests(sandbox, name))


async def test_a_crowd_under_every_kind_of_trouble_is_told_the_truth(sandbox: Sandbox, name: str) -> None:
    """Accepted ones were accepted once, rejected ones never, unknown ones at most once; nobody is missing."""
    for seed, kind in enumerate(FaultKind):
        extra: dict[str, Any] = {}
        if kind is FaultKind.THROTTLE:
            extra = {"retry_after": 0.01, "form": RetryForm.MILLISECONDS}
        if kind in {FaultKind.SLOW_HEADERS, FaultKind.SLOW_BODY}:
            extra = {"seconds": 60}
        if kind is FaultKind.HUGE_BODY:
            extra = {"size": 2_000_000}
        sandbox.faults.add(Fault(kind=kind, chance=0.04, seed=seed, **extra))
    audience = [f"+9198125{index:05d}" for index in range(300)]

    policy = RetryPolicy(first_wait=0.01)
    async with connected(sandbox, name, timeout=0.5, limits="1000/s", retry=policy) as client:
        outcomes = await collect(fan_out(client, HELLO, to=audience, concurrency=32))

    assert audience == [outcome.recipient.e164 for outcome in outcomes if outcome.recipient]
    assert {Status.ACCEPTED, Status.UNKNOWN} <= {outcome.status for outcome in outcomes}
    assert [] == sandbox.outbox.duplicates()
    for outcome in outcomes:
        assert _times(sandbox, outcome) in _allowed(outcome)


def _times(sandbox: Sandbox, outcome: Outcome) -> int:
    assert outcome.recipient is not None
    return sandbox.outbox.count(recipient=outcome.recipient.digits)


def _allowed(outcome: Outcome) -> set[int]:
    return {Status.ACCEPTED: {1}, Status.REJECTED: {0}, Status.UNKNOWN: {0, 1}}[outcome.status]


async def test_a_provider_that_enforces_its_limit_gets_every_message_once(name: str) -> None:
    """A client with no limit of its own learns by being refused, and still nobody is lost or messaged twice."""
    audience = [f"+9198126{index:05d}" for index in range(60)]
    async with Sandbox(limit="50/s", retry_after=RetryForm.MILLISECONDS) as sandbox:
        async with connected(sandbox, name) as client:
            outcomes = await collect(fan_out(client, HELLO, to=audience, concurrency=60))

        assert {Status.ACCEPTED} == {outcome.status for outcome in outcomes}
        assert (60, []) == (len(sandbox.outbox), sandbox.outbox.duplicates())
        assert sandbox.counts[name]["throttled"] > 0
