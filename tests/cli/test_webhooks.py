"""`wamsg webhooks` as a process beside a broadcast: it takes what proves itself, settles deliveries, stops cleanly."""

from __future__ import annotations

import asyncio
import http.client
import json
import resource
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.broadcast_files import FAST, FILES, LEDGER, Files
from tests.support.command_line import HUNG, Run, Serve, Start
from wamsg.ledger import Delivery, State
from wamsg.ledger.open import open_ledger

SECRET = "fake-callback-secret"
WORDS = ("webhooks", "--ledger", LEDGER, "-p", "kaleyra", "--path", "/callbacks")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The current folder of the command line."""
    return Files(tmp_path)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAMSG_KALEYRA_CALLBACK_SECRET", SECRET)


def started(child: subprocess.Popen[str]) -> int:
    """The port at which it listens."""
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line.startswith("callbacks of "), (line, child.communicate())
    assert "a secret header" in child.stdout.readline()
    return int(line.split("127.0.0.1:")[1].split("/")[0])


def post(port: int, *statuses: tuple[str, str], secret: str = SECRET, path: str = "/callbacks") -> int:
    """Tell statuses of messages as Meta's frame has them; the answer."""
    told = [{"id": name, "status": status, "timestamp": "1700000000"} for name, status in statuses]
    return call(port, {"statuses": told}, secret=secret, path=path)


def call(port: int, value: dict[str, object], *, secret: str = SECRET, path: str = "/callbacks") -> int:
    """Bring ``value`` in Meta's frame; the answer."""
    frame = {"entry": [{"changes": [{"field": "messages", "value": value}]}]}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=HUNG)
    try:
        body = json.dumps({"object": "whatsapp_business_account", **frame})
        line.request("POST", path, body, {"X-Callback-Secret": secret, "Content-Type": "application/json"})
        return line.getresponse().status
    finally:
        line.close()


def stop(child: subprocess.Popen[str]) -> str:
    """Ctrl-C; what it says in the end."""
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=HUNG)
    assert child.returncode == 0, err
    assert "Traceback" not in err
    return err


def lines(folder: Path) -> list[Delivery]:
    """Of the newest broadcast."""

    async def read() -> list[Delivery]:
        ledger = await open_ledger(folder / LEDGER)
        newest = (await ledger.broadcasts())[-1].id
        found = [line async for line in ledger.deliveries(newest)]
        await ledger.aclose()
        return found

    return asyncio.run(read())


def test_statuses_settle_the_deliveries_of_a_broadcast(
    process: Start, serve: Serve, run: Run, files: Files, tmp_path: Path
) -> None:
    """Sent, then told: the statuses stand in `status` and in the report, and nothing is lost at Ctrl-C."""
    serve()
    files.write(4)
    assert run("broadcast", "run", *FILES, "--yes", *FAST).code == 0
    ids = [str(line.message_id) for line in lines(tmp_path)]

    child = process(*WORDS, "--port", "0")
    port = started(child)
    assert post(port, (ids[0], "delivered"), (ids[1], "read")) == 200
    assert post(port, (ids[0], "sent"), (ids[2], "failed"), ("nobody's", "sent")) == 200
    err = stop(child)

    assert "5 events; 1 statuses wait for their message, 0 are for" in err
    assert ["delivered", "read", "failed", None] == [line.status for line in lines(tmp_path)]
    assert all(line.state is State.ACCEPTED for line in lines(tmp_path))
    told = json.loads(run("broadcast", "status", "--ledger", LEDGER, "--json").lines[-1])
    assert {"delivered": 1, "read": 1, "failed": 1} == told["statuses"]
    assert run("broadcast", "report", "--ledger", LEDGER, "--html", "sale.html").code == 0
    assert "accepted, failed later" in (tmp_path / "sale.html").read_text()


def test_it_runs_beside_a_broadcast_whose_canary_waits_for_it(
    process: Start, serve: Serve, files: Files, tmp_path: Path
) -> None:
    """One process sends and waits, another one takes the statuses of its canary: then the rest goes out."""
    sandbox = serve()
    files.write(12)
    child = process(*WORDS, "--port", "0")
    port = started(child)

    words = ("--callbacks", "--canary", "3", "--canary-wait", "60s")
    sender = process("broadcast", "run", *FILES, "--yes", *FAST, *words)
    while sandbox.outbox.count() < 3:
        assert sender.poll() is None, sender.communicate()
    waiting = lines(tmp_path)
    while any(line.state is State.SENDING for line in waiting):
        waiting = lines(tmp_path)
    assert 3 == sandbox.outbox.count()
    ids = [str(line.message_id) for line in waiting if line.state is State.ACCEPTED]
    assert post(port, *[(name, "delivered") for name in ids]) == 200
    out, err = sender.communicate(timeout=HUNG)
    stop(child)

    assert sender.returncode == 0, (out, err)
    assert 12 == sandbox.outbox.count()


def test_a_canary_without_statuses_stops_the_broadcast(serve: Serve, run: Run, files: Files) -> None:
    """``--callbacks`` is believed: if none comes, something is wrong before thousands are sent."""
    sandbox = serve()
    files.write(12)

    ran = run("broadcast", "run", *FILES, "--yes", *FAST, "--callbacks", "--canary", "3", "--canary-wait", "1s")

    assert "no delivery status came back for the first 3" in ran.out
    assert 3 == sandbox.outbox.count()


def test_what_proves_nothing_is_refused(process: Start) -> None:
    """A wrong secret, and another path."""
    child = process(*WORDS, "--port", "0")
    port = started(child)

    assert (401, 404) == (post(port, ("a", "sent"), secret="wrong"), post(port, ("a", "sent"), path="/"))
    assert "0 events" in stop(child)


def test_stop_words_of_ones_own_stand_beside_the_usual_ones(process: Start, run: Run) -> None:
    """Whoever writes one of either is suppressed."""
    child = process(*WORDS, "--port", "0", "--stop-word", "parar", "--stop-word", "Arr\u00eat")
    port = started(child)
    texts = {"919812340001": "Parar!", "919812340002": "ARR\u00caT", "919812340003": "stop", "919812340004": "hello"}

    messages = [
        {"from": sender, "id": sender, "timestamp": "1700000000", "type": "text", "text": {"body": text}}
        for sender, text in texts.items()
    ]
    answer = call(port, {"messages": messages})
    stop(child)

    assert answer == 200
    listed = run("suppress", "list", "--ledger", LEDGER, "--json", "--show-numbers").lines
    assert [f"+{sender}" for sender in list(texts)[:3]] == [json.loads(line)["number"] for line in listed]


def test_what_is_not_understood_is_told(process: Start) -> None:
    """Once when it comes, and how many in the end: a wrong callback profile looks healthy otherwise."""
    child = process(*WORDS, "--port", "0")
    port = started(child)

    answers = [call(port, {"odd": number}) for number in range(3)]
    err = stop(child)

    assert answers == [200] * 3
    assert 1 == err.count("kaleyra: an event is stored but not understood: not a known kind of change")
    assert "3 that came now were not understood" in err


def test_a_ledger_that_is_made_is_told(process: Start) -> None:
    """A name that was mistyped is seen before anything is taken."""
    child = process(*WORDS, "--port", "0")
    started(child)
    assert child.stdout is not None

    said = child.stdout.readline()
    stop(child)

    assert f"new ledger {LEDGER}\n" == said


def test_a_second_interrupt_does_not_wait_for_what_is_coming_in(process: Start) -> None:
    """The first one does; either way it ends with sentences."""
    child = process(*WORDS, "--port", "0")
    port = started(child)
    with socket.create_connection(("127.0.0.1", port)) as line:
        head = f"POST /callbacks HTTP/1.1\r\nHost: x\r\nX-Callback-Secret: {SECRET}\r\nContent-Length: 9\r\n"
        line.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert b"100" in line.recv(100)
        line.sendall(b"{")
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        first = child.stderr.readline()
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=HUNG)

    assert "another Ctrl-C does not wait" in first
    assert 130 == child.returncode
    assert ["wamsg: cut off", "wamsg: 0 events"] == [said.partition(";")[0] for said in err.splitlines()]


def test_a_ledger_that_cannot_be_written_ends_it(process: Start) -> None:
    """The call is not acknowledged, and whoever supervises the command is to start it again."""
    child = process(*WORDS, "--port", "0")
    port = started(child)
    assert post(port, ("a", "sent")) == 200

    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    answer = post(port, ("b", "sent"))
    _, err = child.communicate(timeout=HUNG)

    assert (500, 1) == (answer, child.returncode)
    assert f"{LEDGER} cannot be" in err
    assert "start it again" in err.splitlines()[-1]


def test_a_ledger_that_was_removed_ends_it(process: Start, tmp_path: Path) -> None:
    """What would be acknowledged could be found by nobody."""
    child = process(*WORDS, "--port", "0")
    port = started(child)
    assert post(port, ("a", "sent")) == 200

    (tmp_path / LEDGER).unlink()
    answer = post(port, ("b", "sent"))
    _, err = child.communicate(timeout=HUNG)

    assert (500, 1) == (answer, child.returncode)
    assert "was removed while it was in use" in err.splitlines()[-1]


def test_without_a_secret_it_does_not_start(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It says which variable to set, and makes no ledger."""
    monkeypatch.delenv("WAMSG_KALEYRA_CALLBACK_SECRET")

    ran = run(*WORDS, "--port", "0")

    assert ran.code == 2
    assert "WAMSG_KALEYRA_CALLBACK_SECRET" in ran.complaint
    assert [] == list(tmp_path.glob("*.ledger*"))


def test_a_port_in_use_and_a_setting_that_there_is_none_are_errors(run: Run, tmp_path: Path) -> None:
    """One sentence each, and no ledger is made."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "cannot listen on" in run(*WORDS, "--port", port).complaint
    assert "file" in run(*WORDS, "--port", "0", "--set", "file=x").complaint
    assert [] == list(tmp_path.glob("*.ledger*"))
