"""`wamsg broadcast retry`: once more to those whom a person picks, and to nobody else."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.broadcast_files import FAST, FILES, LEDGER, Files, accepted, number
from tests.support.command_line import Run, Serve
from wamsg.sandbox import Fault, FaultKind

RUN = ("broadcast", "run", *FILES, "--yes", *FAST)
RETRY = ("broadcast", "retry", "--yes", "--ledger", LEDGER, "--rate", "none")
#: The answer breaks off; the provider accepted it all the same.
CUT = Fault(kind=FaultKind.ACCEPTED_THEN_CUT, recipient=number(2)[-5:], first=1)


def test_rejected_ones_are_sent_to_again(serve: Serve, run: Run, files: Files) -> None:
    """Nobody who was accepted gets it again, and --code picks by the provider's own code."""
    sandbox = serve(faults=(Fault(kind=FaultKind.STATUS, status=400, recipient=number(1)[-5:], first=1),))
    numbers = files.write(5)
    assert run(*RUN).code == 4
    assert files.ends()["rejected"] == [number(1)]
    other = run(*RETRY, "--only", "rejected", "--code", "E999")
    ran = run(*RETRY, "--only", "rejected")

    assert (other.code, "nobody to send to again" in other.err) == (0, True)
    assert (ran.code, accepted(sandbox)) == (0, Counter(numbers))


def test_unknown_ones_need_consent(serve: Serve, run: Run, files: Files) -> None:
    """Without it nothing happens; with it exactly they are sent to a second time."""
    sandbox = serve(faults=(CUT,))
    numbers = files.write(5)
    assert run(*RUN).code == 5
    refused = run(*RETRY, "--only", "unknown")
    assert (refused.code, accepted(sandbox)) == (2, Counter(numbers))
    ran = run(*RETRY, "--only", "rejected,unknown", "--consent-to-duplicates")

    assert "--consent-to-duplicates" in refused.complaint
    assert (ran.code, accepted(sandbox)) == (0, Counter(numbers) + Counter([number(2)]))


def test_the_sending_can_be_left_to_resume(serve: Serve, run: Run, files: Files) -> None:
    """--no-run makes them due again, and says what sends them."""
    sandbox = serve(faults=(CUT,))
    files.write(5)
    run(*RUN)
    ran = run(*RETRY, "--only", "unknown", "--consent-to-duplicates", "--no-run")

    assert (ran.code, sandbox.outbox.count()) == (0, 5)
    assert f"wamsg broadcast resume --ledger {LEDGER}" in ran.out
    assert run("broadcast", "resume", "--ledger", LEDGER).code == 0
    assert sandbox.outbox.count() == 6


@pytest.mark.parametrize("word", ["accepted", "everyone", "", "rejected;unknown"])
def test_only_some_ends_can_be_picked(run: Run, word: str) -> None:
    """Whoever was accepted is never among them."""
    assert "rejected, deferred, unknown" in run(*RETRY, "--only", word).complaint
