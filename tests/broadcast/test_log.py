"""What a run writes to the log."""

from __future__ import annotations

import io
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast import log
from wamsg.broadcast.policy import Breaker, Course, Judgement
from wamsg.errors import LowBalance
from wamsg.ledger import Counts, Lease, Phase, Settled, State

ADDRESS = 919812340078
PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def fields(record: logging.LogRecord) -> dict[str, object]:
    """What was given beside the text."""
    return {name: value for name, value in vars(record).items() if name not in PLAIN}


def test_an_outcome_is_a_line_with_fields_and_a_masked_number(caplog: pytest.LogCaptureFixture) -> None:
    """Enough to find the delivery in a report, not enough to call its owner."""
    outcome = Settled(
        3, State.REJECTED, 5.0, kind="OptedOut", code="131050", http_status=400, detail="+91 98123 40078 said no"
    )

    with caplog.at_level(logging.DEBUG, "wamsg.broadcast"):
        log.settled(1, outcome, address=ADDRESS, attempt=2, sender=1)

    (record,) = caplog.records
    assert record.getMessage() == "delivery 3 to +91********78 is rejected (OptedOut 131050)"
    assert fields(record) == {
        "action": "settled",
        "broadcast": 1,
        "delivery": 3,
        "to": "+91********78",
        "state": "rejected",
        "attempt": 2,
        "sender": 1,
        "kind": "OptedOut",
        "code": "131050",
        "http_status": 400,
        "detail": "*************78 said no",
    }


@pytest.mark.parametrize(
    ("state", "level"),
    [
        (State.ACCEPTED, logging.DEBUG),
        (State.DEFERRED, logging.INFO),
        (State.REJECTED, logging.INFO),
        (State.UNKNOWN, logging.WARNING),
    ],
)
def test_the_level_says_how_much_it_matters(state: State, level: int, caplog: pytest.LogCaptureFixture) -> None:
    """A million acceptances are for those who look for them; an unknown one is for everybody."""
    for least in (level, level + 1):
        caplog.set_level(least, "wamsg.broadcast")
        log.settled(1, Settled(0, state, 0.0), address=ADDRESS, attempt=1)

    assert [level] == [record.levelno for record in caplog.records]


@given(st.text(), st.text(), st.text())
def test_nothing_that_is_said_can_forge_a_line_or_break_the_format(detail: str, code: str, message_id: str) -> None:
    """Line breaks, per cent signs, control characters, whatever an answer holds."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(action)s %(message)s %(detail)s", defaults={"detail": ""}))
    logger = logging.getLogger("wamsg.broadcast")
    logger.addHandler(handler)
    try:
        outcome = Settled(0, State.UNKNOWN, 0.0, code=code, detail=detail, message_id=message_id)
        log.settled(1, outcome, address=ADDRESS, attempt=1)
        log.phase_entered(1, Phase.STOPPED, reason=detail)
        log.canary_judged(1, Judgement(Course.STOP, detail))
    finally:
        logger.removeHandler(handler)

    assert ["settled", "phase", "canary"] == [line.split(" ")[0] for line in out.getvalue().splitlines()]


def test_a_phase_tells_its_reason_and_counts(caplog: pytest.LogCaptureFixture) -> None:
    """A stopped one is a warning."""
    counts = Counts(rows=9, states={**dict.fromkeys(State, 0), State.ACCEPTED: 8, State.UNKNOWN: 1})

    with caplog.at_level(logging.INFO, "wamsg.broadcast"):
        log.phase_entered(4, Phase.RUNNING)
        log.phase_entered(4, Phase.STOPPED, reason="no money", counts=counts)

    running, stopped = caplog.records
    assert (logging.INFO, "broadcast 4 is running") == (running.levelno, running.getMessage())
    assert (logging.WARNING, "broadcast 4 is stopped: no money") == (stopped.levelno, stopped.getMessage())
    assert fields(running) == {"action": "phase", "broadcast": 4, "phase": "running"}
    assert fields(stopped) == {
        "action": "phase",
        "broadcast": 4,
        "phase": "stopped",
        "reason": "no money",
        "accepted": 8,
        "unknown": 1,
    }


def test_what_happens_on_the_way_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """A dropped sender, a canary that has spoken, a chunk that another process took; no waiting."""
    breaker = Breaker(1, senders=2)
    conviction = breaker.failed(LowBalance("no money", code="E110"), 1)
    assert conviction is not None

    with caplog.at_level(logging.DEBUG, "wamsg.broadcast"):
        log.sender_dropped(1, conviction)
        log.canary_judged(1, Judgement(Course.WAIT, "5 have no outcome yet"))
        log.canary_judged(1, Judgement(Course.GO))
        log.lease_lost(Lease(broadcast=1, chunk=2, low=0, high=9, epoch=3))

    dropped, canary, lease = caplog.records
    assert ("sender_dropped", 1, "LowBalance", "E110") == tuple(
        fields(dropped)[name] for name in ("action", "sender", "kind", "code")
    )
    assert (logging.INFO, "canary says go") == (canary.levelno, canary.getMessage())
    assert fields(lease) == {"action": "lease_lost", "broadcast": 1, "chunk": 2, "epoch": 3}


def test_a_program_without_logging_gets_nothing_on_its_terminal() -> None:
    """Python would print warnings of its own accord, into the middle of a progress bar."""
    code = "from wamsg.broadcast import log; from wamsg.ledger import Phase; log.phase_entered(1, Phase.STOPPED)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ("", "") == (done.stdout, done.stderr)
