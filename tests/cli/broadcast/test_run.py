"""`wamsg broadcast run` and `resume` against the sandbox: what is told is what happened, once for each."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.support.broadcast_files import FAST, FILES, LEDGER, Files, accepted, events, named, number
from tests.support.command_line import HUNG, Run, Serve, Start
from wamsg.clock import SystemClock
from wamsg.sandbox import Fault, FaultKind, Sandbox

RUN = ("broadcast", "run", *FILES, "--yes", *FAST)
RESUME = ("broadcast", "resume", "--ledger", LEDGER, "--rate", "none")
#: So slow that whoever looks at it finds it in the middle.
SLOW = ("broadcast", "run", *FILES, "--yes", "--ledger", LEDGER, "-p", "kaleyra", "--rate", "20/s burst 1")
#: Kaleyra's own trouble in the sandbox: refused for what stands in the request.
REFUSED = "+919812340000"


def wait_for(sandbox: Sandbox, child: subprocess.Popen[str], count: int) -> None:
    """Until the provider accepted so many."""
    while sandbox.outbox.count() < count:
        assert child.poll() is None, child.communicate()


@pytest.mark.parametrize("provider", ["kaleyra", "wacr"])
def test_everyone_gets_their_own_message_once(serve: Serve, run: Run, files: Files, provider: str) -> None:
    """Through each provider: one message per person with their name in it, a count, and code 0."""
    sandbox = serve()
    numbers = files.write(30)
    words = ("--ledger", LEDGER, "--rate", "none", "--provider", provider)
    ran = run("broadcast", "run", *FILES, "--yes", *words)

    assert ran.code == 0
    assert "finished" in ran.lines[-2]
    assert ran.lines[-1].endswith("30 deliveries (30 accepted)")
    assert accepted(sandbox) == Counter(numbers)
    assert "Ann29" in str([record.body for record in sandbox.outbox.find(recipient=numbers[29])])
    assert "Traceback" not in ran.err


def test_the_same_command_again_sends_nothing(serve: Serve, run: Run, files: Files) -> None:
    """What has ended is told as it is, with its own exit code, and nobody gets it twice."""
    sandbox = serve()
    numbers = files.write(10, extra=[f"{REFUSED},Zoe"])
    first, again = run(*RUN), run(*RUN)

    assert (first.code, again.code) == (4, 4)
    assert "nothing is sent" in again.err
    assert "10 accepted + 1 rejected" in again.out
    assert accepted(sandbox) == Counter(numbers)


@pytest.mark.parametrize(
    ("people", "extra", "code"),
    [
        (5, [], 0),
        (0, [f"{REFUSED},Zoe"], 1),
        (0, ["nobody,Zoe"], 1),
        (5, [f"{REFUSED},Zoe"], 4),
        (5, ["+12025599001,Zoe"], 5),
    ],
)
def test_the_exit_code_says_how_it_went(
    serve: Serve, run: Run, files: Files, people: int, extra: list[str], code: int
) -> None:
    """0 all accepted, 1 none, 4 some not, 5 some unknown."""
    serve()
    files.write(people, extra=extra)

    assert run(*RUN).code == code


def test_what_changed_is_named(serve: Serve, run: Run, files: Files) -> None:
    """Another message, other options, other recipients or another provider are refused, and nothing is sent."""
    sandbox = serve()
    files.write(10)
    assert run("broadcast", "plan", *FILES, "--yes", *FAST).code == 0
    options = run(*RUN, "--attempts", "2")
    provider = run("broadcast", "run", *FILES, "--yes", "--ledger", LEDGER, "-p", "wacr")
    files.write(9)
    recipients = run(*RUN)
    files.write(10, message='type = "text"\nbody = "Bye"\n')
    message = run(*RUN)

    for ran, said in ((options, "options"), (provider, "kaleyra, not wacr"), (recipients, "10 rows then, 9 now")):
        assert ran.code == 2
        assert said in ran.complaint
    assert "the message" in message.complaint
    assert sandbox.outbox.count() == 0


def test_a_plan_is_sent_without_naming_it_again(serve: Serve, run: Run, files: Files) -> None:
    """`run --ledger` and `resume --ledger` send what is planned, through the provider of the plan."""
    sandbox = serve()
    numbers = files.write(10)
    run("broadcast", "plan", *FILES, "--yes", *FAST)
    other = run("broadcast", "run", "--ledger", LEDGER, "--yes", "-p", "wacr")
    ran = run("broadcast", "run", "--ledger", LEDGER, "--yes", "--rate", "none")

    assert "planned for kaleyra" in other.complaint
    assert (ran.code, accepted(sandbox)) == (0, Counter(numbers))
    assert {record.provider for record in sandbox.outbox.accepted} == {"kaleyra"}


def test_of_several_plans_the_one_that_is_named_goes_on(serve: Serve, run: Run, files: Files) -> None:
    """A ledger with two plans: each command line sends its own."""
    sandbox = serve()
    for body in ("one", "two"):
        files.write(3, message=f'type = "text"\nbody = "{body}"\n')
        run("broadcast", "plan", *FILES, "--yes", *FAST)
    files.write(3, message='type = "text"\nbody = "one"\n')

    assert run(*RUN).code == 0
    assert [True] * 3 == ["'one'" in str(record.body) for record in sandbox.outbox.accepted]


def test_a_time_of_day_means_the_same_morning_later(
    serve: Serve, run: Run, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command line goes on with the plan on another day, although "09:00" has another meaning by then."""
    sandbox = serve()
    numbers = files.write(5)
    words = ("--start-at", "09:00 Asia/Kolkata")
    assert run("broadcast", "plan", *FILES, "--yes", *FAST, *words).code == 0
    later = SystemClock.time() + 2 * 86_400
    monkeypatch.setattr(SystemClock, "time", staticmethod(lambda: later))
    ran = run(*RUN, *words)

    assert (ran.code, accepted(sandbox)) == (0, Counter(numbers))


def test_events_tell_it_from_plan_to_end(serve: Serve, run: Run, files: Files) -> None:
    """--json: planned, progress, ended; counts add up in each; standard error has nothing to say."""
    serve()
    files.write(20, extra=["nobody,x", f"{number(1)},again"])
    ran = run(*RUN, "--json")

    kinds = [event["event"] for event in events(ran.out)]
    assert (kinds[0], set(kinds[1:-1]), kinds[-1]) == ("planned", {"progress"}, "ended")
    (ended,) = named(ran, "ended")
    assert (ended["phase"], ended["exit_code"], ended["rows"], ended["deliveries"]) == ("finished", 0, 22, 20)
    for progress in named(ran, "progress"):
        states = progress["states"]
        assert isinstance(states, dict)
        assert sum(states.values()) == progress["deliveries"] == 20
    lanes = named(ran, "progress")[-1]["lanes"]
    assert isinstance(lanes, list)
    # The lanes of single recipients are not among them.
    assert [lane["kind"] for lane in lanes] == ["sender"]
    assert (ran.err, "7700900" in ran.out) == ("", False)


def test_ctrl_c_stops_it_and_resume_ends_it(serve: Serve, process: Start, run: Run, files: Files) -> None:
    """Code 130, the command to go on with, and in the end one message for each."""
    sandbox = serve()
    numbers = files.write(40)
    child = process(*SLOW)
    wait_for(sandbox, child, 5)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=HUNG)

    assert child.returncode == 130
    assert "is paused" in out
    assert f"wamsg broadcast resume --ledger {LEDGER}" in out
    assert "Traceback" not in err
    assert accepted(sandbox).total() == len(files.ends()["accepted"]) < 40
    assert run(*RESUME).code == 0
    assert accepted(sandbox) == Counter(numbers)


def test_sigterm_ends_a_wait_at_once(serve: Serve, process: Start, files: Files) -> None:
    """Whoever waits for a moment far off can be stopped, and nothing is lost."""
    serve()
    files.write(5)
    child = process(*RUN, "--start-at", "2090-01-01T00:00Z", "--json")
    assert child.stdout is not None
    while '"waiting": "it has not started yet"' not in child.stdout.readline():
        assert child.poll() is None
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=HUNG)

    assert (child.returncode, set(files.ends())) == (130, {"pending"})


def test_a_second_ctrl_c_leaves_what_is_under_way_unknown(serve: Serve, process: Start, files: Files) -> None:
    """Nobody waits for the answer any more, and nobody claims that it was not sent."""
    sandbox = serve(faults=(Fault(kind=FaultKind.SLOW_HEADERS, seconds=600.0),))
    numbers = files.write(3)
    child = process(*RUN, "--timeout", "500")
    assert child.stderr is not None
    wait_for(sandbox, child, 3)
    child.send_signal(signal.SIGINT)
    while "stopping" not in child.stderr.readline():
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=HUNG)

    assert child.returncode == 130
    assert "3 unknown" in out
    assert sorted(files.ends()["unknown"]) == numbers


def test_killed_and_resumed_nobody_is_messaged_twice(serve: Serve, process: Start, run: Run, files: Files) -> None:
    """After SIGKILL the same command line goes on; accepted ones were sent to once, the others are flagged unknown."""
    sandbox = serve()
    numbers = files.write(40)
    child = process(*SLOW)
    wait_for(sandbox, child, 20)
    child.kill()
    child.wait(HUNG)
    dead = run("broadcast", "status", "--ledger", LEDGER)
    ran = run(*RUN)

    assert "is dead" in dead.out
    assert f"wamsg broadcast resume --ledger {LEDGER}" in dead.out
    ends, server = files.ends(), accepted(sandbox)
    assert sorted(ends["accepted"] + ends.get("unknown", [])) == numbers
    assert all(server[one] == 1 for one in ends["accepted"])
    assert server.total() == len(server)
    assert ran.code == (5 if "unknown" in ends else 0)


def test_a_second_process_is_refused(serve: Serve, process: Start, run: Run, files: Files) -> None:
    """While the first one lives nothing else plans or sends; it goes on undisturbed."""
    sandbox = serve()
    files.write(40)
    child = process(*SLOW)
    wait_for(sandbox, child, 3)
    for words in (RUN, RESUME, ("broadcast", "plan", *FILES, "--yes", *FAST)):
        ran = run(*words)
        assert (ran.code, f"pid {child.pid}" in ran.complaint) == (2, True)
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=HUNG)

    assert child.returncode == 130


def test_several_senders_share_the_work(serve: Serve, run: Run, files: Files, tmp_path: Path) -> None:
    """A named table wins over the environment: the sandbox refuses the second number, and the first one goes on."""
    sandbox = serve()
    numbers = files.write(400)
    config = tmp_path / "config.toml"
    config.write_text('[kaleyra.senders.one]\n[kaleyra.senders.two]\nsender = "+12025550199"\n')
    senders = ("--config", str(config), "--sender", "one", "--sender", "two")
    ran = run("broadcast", "run", *FILES, "--yes", "--ledger", LEDGER, "-p", "kaleyra", "--rate", "200/s", *senders)

    ends = files.ends()
    assert ran.code == 4
    assert "of each of 2 senders" in ran.out
    assert accepted(sandbox) == Counter(ends["accepted"])
    assert sorted(ends["accepted"] + ends["rejected"]) == numbers
    assert 1 <= len(ends["rejected"]) <= 10
