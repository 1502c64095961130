"""Every installed provider's own dialect runs in the sandbox: its client and its fake server agree."""

from __future__ import annotations

import asyncio

import pytest

import wamsg
from wamsg import registry
from wamsg.errors import SendError, Throttled, Unanswered, Unavailable
from wamsg.pipeline import RetryPolicy
from wamsg.sandbox import Sandbox

ONCE = RetryPolicy(attempts=1)
each_provider = pytest.mark.parametrize("name", registry.names())


@each_provider
async def test_a_message_goes_through(name: str) -> None:
    """The example settings are good credentials."""
    async with Sandbox() as sandbox, wamsg.connect(name, **sandbox.settings(name)) as messenger:
        result = await messenger.send(wamsg.Text(body="hello"), to="+919812340001")

    (record,) = sandbox.outbox.accepted
    assert (name, "919812340001", "text", result.message_id) == (
        record.provider,
        record.recipient,
        record.kind,
        record.message_id,
    )


@each_provider
@pytest.mark.parametrize(
    ("suffix", "error", "accepted"),
    [
        ("99001", Unanswered, 1),
        ("99002", Unanswered, 0),
        ("99004", Unanswered, 0),
        ("99005", Unavailable, 0),
        ("99006", Unanswered, 1),
        ("99007", Unanswered, 1),
    ],
)
async def test_magic_recipients_mean_the_same_with_every_provider(
    name: str, suffix: str, error: type[SendError], accepted: int
) -> None:
    """The client names what happened, and never sends twice."""
    async with Sandbox() as sandbox, wamsg.connect(name, retry=ONCE, **sandbox.settings(name)) as messenger:
        with pytest.raises(error):
            await messenger.send(wamsg.Text(body="hello"), to=f"+9198123{suffix}")

    assert accepted == sandbox.outbox.count(recipient=f"+9198123{suffix}")


@each_provider
async def test_the_limit_answers_in_the_providers_words(name: str) -> None:
    """A client without a limit of its own is told that it is too fast."""
    async with (
        Sandbox(limit="3/h") as sandbox,
        wamsg.connect(name, retry=ONCE, limits=None, **sandbox.settings(name)) as messenger,
    ):
        sends = [messenger.send(wamsg.Text(body="hello"), to=f"+91981234500{place}") for place in range(5)]
        outcomes = await asyncio.gather(*sends, return_exceptions=True)

    assert [False] * 3 + [True] * 2 == sorted(isinstance(outcome, Throttled) for outcome in outcomes)
    assert (3, 2) == (sandbox.outbox.count(), sandbox.counts[name]["throttled"])
