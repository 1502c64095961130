"""Limit, dialect, faults and outbox in their order, without a socket."""

from __future__ import annotations

import itertools
import json

import pytest

from wamsg.driver import Provider
from wamsg.sandbox import Fault, FaultKind, Outbox, RetryForm, Script
from wamsg.sandbox.gate import Gate, Rate
from wamsg.sandbox.mount import Mount
from wamsg.testing.clock import ManualClock
from wamsg.wire import Request, retry_after

ACCEPTING = {
    FaultKind.SLOW_HEADERS,
    FaultKind.SLOW_BODY,
    FaultKind.ACCEPTED_THEN_CUT,
    FaultKind.CUT_AFTER_HEADERS,
    FaultKind.CUT_DURING,
    FaultKind.HUGE_BODY,
    FaultKind.TRUNCATED_JSON,
    FaultKind.GARBLED_JSON,
}


def message(to: str = "+919812340001", **headers: str) -> Request:
    return Request(method="POST", url="http://sandbox/v1/send", headers=headers, body=json.dumps({"to": to}).encode())


def mount(
    provider: Provider, clock: ManualClock, *faults: Fault, rate: str | None = None, form: str = "seconds"
) -> Mount:
    return Mount(
        provider=provider,
        serials=itertools.count(1),
        script=Script(faults, providers=[provider.name]),
        outbox=Outbox(),
        clock=clock,
        gate=Gate(Rate.parse(rate)) if rate else None,
        form=RetryForm(form),
    )


@pytest.mark.parametrize("kind", FaultKind)
def test_the_outbox_knows_which_faults_accept(provider: Provider, clock: ManualClock, kind: FaultKind) -> None:
    """The truth that docs/sandbox.md promises for every kind."""
    sandbox = mount(provider, clock, Fault(kind=kind))
    sandbox.reply(message("+919812340001,+919812340002"))

    expected = 2 if kind in ACCEPTING else 0
    assert (expected, expected, 1) == (sandbox.outbox.count(), sandbox.counts.accepted, sandbox.counts.faulted)


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.HTML_200])
def test_a_failing_answer_may_hide_an_acceptance(provider: Provider, clock: ManualClock, kind: FaultKind) -> None:
    """accept=True: the gateway says 503 and the message went out."""
    sandbox = mount(provider, clock, Fault(kind=kind, accept=True))
    sandbox.reply(message())

    assert 1 == sandbox.outbox.count(recipient="919812340001")


def test_a_message_that_the_provider_refuses_is_never_accepted(provider: Provider, clock: ManualClock) -> None:
    """A fault changes how the answer travels, not what the provider thinks of the message."""
    sandbox = mount(provider, clock, Fault(kind=FaultKind.CUT_DURING))
    reply = sandbox.reply(message(**{"X-Key": "wrong"}))

    assert (401, 0) == (reply.response.status, sandbox.outbox.count())


def test_a_request_over_the_limit_is_not_looked_at(provider: Provider, clock: ManualClock) -> None:
    """It is not accepted, meets no fault and uses up no serial."""
    sandbox = mount(provider, clock, Fault(kind=FaultKind.THROTTLE, skip=1), rate="1/s")
    first, second = sandbox.reply(message()), sandbox.reply(message())

    assert (None, None) == (first.fault, second.fault)
    assert [200, 429] == [reply.response.status for reply in (first, second)]
    assert {"answered": 1, "throttled": 1, "faulted": 0, "accepted": 1}.items() <= sandbox.counts.as_dict().items()
    assert [("919812340001", 1)] == [(record.recipient, record.serial) for record in sandbox.outbox.accepted]


@pytest.mark.parametrize("form", ["seconds", "http-date", "milliseconds"])
async def test_waiting_as_a_429_says_is_enough(provider: Provider, clock: ManualClock, form: str) -> None:
    """The true wait, rounded up, in every honest form."""
    sandbox = mount(provider, clock, rate="2/7s", form=form)
    sandbox.reply(message())
    await clock.advance(2.3)
    sandbox.reply(message())
    await clock.advance(1.1)
    response = sandbox.reply(message()).response
    wait = retry_after(response.headers, received_at=clock.time())

    assert wait is not None
    assert 3.6 - 1e-3 <= wait < 5.6
    await clock.advance(3.5)
    assert 429 == sandbox.reply(message()).response.status
    await clock.advance(wait - 3.5)
    assert 200 == sandbox.reply(message()).response.status


@pytest.mark.parametrize("form", ["absent", "milliseconds"])
def test_the_dialects_own_wait_does_not_shine_through(provider: Provider, clock: ManualClock, form: str) -> None:
    """Parrot's 429 says 77; what is told is what was asked for, alone."""
    sandbox = mount(provider, clock, rate="1/s", form=form)
    sandbox.reply(message())

    headers = sandbox.reply(message()).response.headers
    assert "Retry-After" not in headers
    assert ("retry-after-ms" in headers) == (form == "milliseconds")


def test_accounts_have_limits_of_their_own(provider: Provider, clock: ManualClock) -> None:
    """As the dialect tells them apart."""
    sandbox = mount(provider, clock, rate="1/s")

    statuses = [sandbox.reply(message(**{"X-Account": name})).response.status for name in "aba"]
    assert [200, 200, 429] == statuses


def test_a_magic_recipient_is_throttled_once_and_then_accepted(provider: Provider, clock: ManualClock) -> None:
    """Each of them once."""
    sandbox = mount(provider, clock)
    anna, boris = message("+919812399429"), message("+447700999429")

    statuses = [sandbox.reply(each).response.status for each in (anna, boris, anna, anna, boris)]
    assert [429, 429, 200, 200, 200] == statuses
    assert 3 == sandbox.outbox.count()


def test_a_script_comes_before_magic(provider: Provider, clock: ManualClock) -> None:
    """What a test asks for explicitly is what it gets."""
    script = Fault(kind=FaultKind.GARBLED_JSON, times=1)
    sandbox = mount(provider, clock, script)

    assert script == sandbox.reply(message("+919812399002")).fault
    magic = sandbox.reply(message("+919812399002")).fault
    assert magic is not None
    assert FaultKind.CUT_BEFORE == magic.kind


def test_every_request_counts_once(provider: Provider, clock: ManualClock) -> None:
    """The words of the counts add up to the requests."""
    sandbox = mount(provider, clock, Fault(kind=FaultKind.CUT_BEFORE, recipient="7"), rate="4/h")
    for to, key in [("+919812340001", ""), ("+919812340007", ""), ("+919812340001", "wrong"), ("", "")]:
        sandbox.reply(message(to, **{"X-Key": key}))
    sandbox.reply(message())
    sandbox.unreadable(400)

    counts = sandbox.counts.as_dict()
    assert {"answered": 2, "refused": 1, "throttled": 1, "faulted": 1, "unreadable": 1, "accepted": 2} == counts
