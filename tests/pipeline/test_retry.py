"""What is tried again, how long, and what never is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from wamsg.errors import ConfigError, NotSent, SendError, Throttled, Unanswered
from wamsg.pipeline import Rate, RetryPolicy, RetryQuota, Scheduler, limit, retry
from wamsg.testing import ManualClock
from wamsg.wire import OK, REJECTED, UNDECIDED, Meaning, Request, Response, Verdict

REQUEST = Request(method="POST", url="https://host.example/messages", lanes=("account:a",))
READ = Request(method="GET", url="https://host.example/account", repeatable=True)

End = Response | SendError


def answer(verdict: Verdict) -> Response:
    return Response(status=200, verdict=verdict)


def unavailable(wait: float | None = None) -> Response:
    return answer(Verdict(Meaning.UNAVAILABLE, wait))


def throttled(wait: float | None = None) -> Response:
    return answer(Verdict(Meaning.THROTTLED, wait))


class Server:
    """Ends each try as the script says; the last line of the script goes on for ever."""

    def __init__(self, clock: ManualClock, *script: End) -> None:
        self.clock = clock
        self.script = list(script)
        self.tries: list[float] = []

    async def __call__(self, request: Request) -> Response:
        self.tries.append(self.clock.monotonic() - 1000)
        end = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(end, SendError):
            raise end
        return end


async def run(
    *script: End,
    request: Request = REQUEST,
    policy: RetryPolicy | None = None,
    quota: RetryQuota | None = None,
    wrap: Callable[[Server, ManualClock], Callable[[Request], object]] | None = None,
    paced: bool = True,
    seconds: float = 1000,
) -> tuple[End, list[float]]:
    """The end of one request after ``seconds``, and when each try was made."""
    clock = ManualClock()
    server = Server(clock, *script)
    inner = wrap(server, clock) if wrap else server
    stage = retry(
        inner,  # type: ignore[arg-type]  # a stage
        policy or RetryPolicy(),
        clock=clock,
        quota=quota or RetryQuota(),
        paced=paced,
        chance=random.Random(1),
    )
    task = asyncio.ensure_future(stage(request))
    await clock.advance(seconds)
    assert task.done(), "it never ended"
    error = task.exception()
    return (error if isinstance(error, SendError) else task.result()), server.tries


async def test_a_success_is_tried_once() -> None:
    """And tenacity is not entered for it."""
    end, tries = await run(answer(OK))

    assert (OK, 1) == (end.verdict if isinstance(end, Response) else None, len(tries))


@pytest.mark.parametrize(
    "failure", [NotSent("refused"), unavailable(), unavailable(2.0)], ids=["refused", "later", "in 2 s"]
)
async def test_what_surely_did_not_go_out_is_tried_again(failure: End) -> None:
    """Nothing left, or the provider says that it did not accept."""
    end, tries = await run(failure, answer(OK))

    assert isinstance(end, Response)
    assert (OK, 2) == (end.verdict, len(tries))


@pytest.mark.parametrize(
    "failure", [Unanswered("cut"), answer(UNDECIDED), answer(REJECTED)], ids=["cut", "500", "refused"]
)
async def test_what_may_have_gone_out_or_was_refused_is_never_repeated(failure: End) -> None:
    """A timeout treated as "not sent" is how others message people twice (camel #4280, expo #27433)."""
    end, tries = await run(failure, answer(OK))

    assert end is failure
    assert 1 == len(tries)


@pytest.mark.parametrize("failure", [Unanswered("cut"), answer(UNDECIDED)], ids=["cut", "500"])
async def test_a_read_is_repeated_when_it_got_no_answer(failure: End) -> None:
    """Reading twice harms nobody."""
    end, tries = await run(failure, answer(OK), request=READ)

    assert isinstance(end, Response)
    assert 2 == len(tries)


async def test_the_number_of_tries_is_bounded() -> None:
    """Four by default; the last failure is what the caller sees."""
    end, tries = await run(NotSent("refused"))

    assert isinstance(end, NotSent)
    assert 4 == len(tries)


async def test_waits_are_jittered_and_grow_at_most_to_the_longest() -> None:
    """Full jitter: anything from zero to 0.5, 1, 2 .. 8 seconds."""
    _, tries = await run(NotSent("refused"), policy=RetryPolicy(attempts=10))

    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert 10 == len(tries)
    assert all(gap <= min(8, 0.5 * 2**number) for number, gap in enumerate(gaps))
    assert len(set(gaps)) == len(gaps)


async def test_a_stated_wait_is_kept() -> None:
    """The provider's "in 5 seconds" is waited out, not undercut by jitter."""
    _, tries = await run(unavailable(5.0), answer(OK))

    assert tries[1] >= 5


@pytest.mark.parametrize("failure", [unavailable(300.0), throttled(300.0)], ids=["later", "throttled"])
async def test_a_stated_wait_above_the_bound_is_raised_instead_of_slept(failure: Response) -> None:
    """Kaleyra's five minutes go back to the caller (or the ledger) at once."""
    end, tries = await run(failure, answer(OK))

    assert end is failure
    assert [0] == tries


async def test_nothing_is_tried_after_the_deadline() -> None:
    """Attempts and time bound it together."""
    end, tries = await run(unavailable(20.0), policy=RetryPolicy(attempts=100, deadline=70))

    assert isinstance(end, Response)
    assert [0, 20, 40, 60] == tries


async def test_throttling_costs_no_attempt_but_is_bounded_by_the_deadline() -> None:
    """Ten refusals in a row are sat out in the limiter, then the message goes."""

    def limited(server: Server, clock: ManualClock) -> Callable[[Request], object]:
        return limit(server, Scheduler({"account": Rate.parse("100/s")}, clock=clock, chance=random.Random(1)), clock)

    end, tries = await run(*[throttled(1.0)] * 10, answer(OK), policy=RetryPolicy(attempts=2), wrap=limited)
    assert isinstance(end, Response)
    assert (OK, 11) == (end.verdict, len(tries))

    end, tries = await run(throttled(10.0), policy=RetryPolicy(deadline=60), wrap=limited)
    assert isinstance(end, Response)
    assert Meaning.THROTTLED is end.verdict.meaning
    assert 4 <= len(tries) <= 7


async def test_without_a_limiter_a_throttled_request_waits_by_itself() -> None:
    """It costs tries then, because nobody else knows of the pause."""
    _, tries = await run(throttled(5.0), policy=RetryPolicy(attempts=3), paced=False)

    assert [0, 5, 10] == tries


async def test_one_refusal_stops_everyone_on_the_lane() -> None:
    """Sleeping only the refused request leaves the rest hammering (jasmin #425)."""
    clock = ManualClock()
    server = Server(clock, throttled(30.0), answer(OK))
    scheduler = Scheduler({}, clock=clock, chance=random.Random(1))
    stage = limit(server, scheduler, clock)
    await stage(REQUEST)

    others = [asyncio.ensure_future(stage(REQUEST)) for _ in range(3)]
    await clock.advance(29)
    assert [0] == server.tries
    await clock.advance(10)

    assert all(task.done() for task in others)
    assert min(server.tries[1:]) >= 30


async def test_a_throttled_wait_that_grows_too_long_meanwhile_raises() -> None:
    """The pause was fine when it began; then the provider asked for an hour."""
    clock = ManualClock()
    scheduler = Scheduler({}, clock=clock, max_wait=60, chance=random.Random(1))
    stage = retry(
        limit(Server(clock, throttled(30.0), answer(OK)), scheduler, clock),
        RetryPolicy(),
        clock=clock,
        quota=RetryQuota(),
    )
    task = asyncio.ensure_future(stage(REQUEST))
    await clock.advance(1)
    scheduler.pause(REQUEST.lanes, 3600)
    await clock.settle()

    assert isinstance(task.exception(), Throttled)


async def test_an_outage_is_not_doubled() -> None:
    """When the quota is used up each request is tried once; successes earn it back."""
    quota = RetryQuota(capacity=20, cost=5)
    tries = 0
    for _ in range(50):
        _, times = await run(NotSent("refused"), quota=quota)
        tries += len(times)
    assert 50 + 4 == tries

    for _ in range(10):
        await run(answer(OK), quota=quota)
    _, times = await run(NotSent("refused"), quota=quota)
    assert 3 == len(times)


async def test_cancelling_during_a_wait_ends_at_once() -> None:
    """No further try is made for someone who has gone."""
    clock = ManualClock()
    server = Server(clock, unavailable(30.0))
    task = asyncio.ensure_future(retry(server, RetryPolicy(), clock=clock, quota=RetryQuota())(REQUEST))
    await clock.advance(1)
    task.cancel()
    await clock.advance(100)

    assert task.cancelled()
    assert [0] == server.tries


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"deadline": -1}, {"max_wait": -0.1}])
def test_a_policy_that_makes_no_sense_is_told(wrong: dict[str, float]) -> None:
    """As a setting, before anything is sent."""
    with pytest.raises(ConfigError, match="retry"):
        RetryPolicy(**wrong)  # type: ignore[arg-type]  # wrong on purpose
