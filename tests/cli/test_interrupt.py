"""Ctrl-C: what has not left is called back, what is on the wire is told truly."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Mapping

import pytest

from tests.support.command_line import HUNG, Serve, Start
from wamsg.cli.interrupt import Recall, Stopped, Wire, on_interrupt
from wamsg.errors import Unanswered
from wamsg.model import Content, Recipients, SendResult, Text
from wamsg.sandbox import Fault, FaultKind
from wamsg.wire import Priority, Request, Response

HELLO = Text(body="hello")
REQUEST = Request(method="POST", url="http://127.0.0.1/")


class Line:
    """A transport whose answers come when the test says so."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.answer = asyncio.Event()
        self.closed = False

    async def send(self, request: Request) -> Response:
        self.reached.set()
        await self.answer.wait()
        return Response(status=200)

    async def aclose(self) -> None:
        self.closed = True


class Queue:
    """A messenger that waits for its turn before it goes on the wire, and tries again as often as it is told."""

    def __init__(self, wire: Wire, tries: int = 1) -> None:
        self.turn = asyncio.Event()
        self.waiting = 0
        self._wire = wire
        self._tries = tries

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> SendResult:
        for _ in range(self._tries):
            self.waiting += 1
            await self.turn.wait()
            self.turn.clear()
            await self._wire.send(REQUEST)
        return SendResult(provider="queue", message_id="1")

    async def aclose(self) -> None:
        await self._wire.aclose()


async def settle() -> None:
    """Let every task that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_what_waits_for_its_turn_is_called_back() -> None:
    """A send that has not left is stopped at once, and said to be not sent."""
    wire = Wire(Line())
    recall = Recall(Queue(wire), wire)
    sending = asyncio.create_task(recall.send(HELLO))
    await settle()

    assert recall.stop() == 0

    with pytest.raises(Stopped):
        await sending
    with pytest.raises(Stopped):
        await recall.send(HELLO)


async def test_what_is_on_the_wire_gets_its_answer() -> None:
    """A send that left is waited for, and its result is the real one."""
    line = Line()
    wire = Wire(line)
    queue = Queue(wire)
    recall = Recall(queue, wire)
    queue.turn.set()
    sending = asyncio.create_task(recall.send(HELLO))
    await line.reached.wait()

    assert recall.stop() == 1
    line.answer.set()

    assert (await sending).message_id == "1"


async def test_what_would_be_tried_again_is_called_back_instead() -> None:
    """A send whose answer asks for another try does not wait for it after Ctrl-C."""
    line = Line()
    wire = Wire(line)
    queue = Queue(wire, tries=2)
    recall = Recall(queue, wire)
    queue.turn.set()
    sending = asyncio.create_task(recall.send(HELLO))
    await line.reached.wait()

    recall.stop()
    line.answer.set()

    with pytest.raises(Stopped):
        await sending
    assert queue.waiting == 2


async def test_a_second_stop_gives_up_what_is_on_the_wire_as_unknown() -> None:
    """Nobody waits any more, and nobody claims that it was not sent."""
    line = Line()
    wire = Wire(line)
    queue = Queue(wire)
    recall = Recall(queue, wire)
    queue.turn.set()
    sending = asyncio.create_task(recall.send(HELLO))
    await line.reached.wait()

    recall.stop()
    recall.cut()

    with pytest.raises(Unanswered):
        await sending


async def test_a_cancellation_from_outside_stays_one() -> None:
    """Only Ctrl-C is told as Ctrl-C; a cancelled task is cancelled, and its send with it."""
    wire = Wire(Line())
    recall = Recall(Queue(wire), wire)
    sending = asyncio.create_task(recall.send(HELLO))
    await settle()

    sending.cancel()

    with pytest.raises(asyncio.CancelledError):
        await sending
    assert recall.stop() == 0


async def test_closing_closes_what_is_inside() -> None:
    """The wrapper keeps no connection open."""
    line = Line()
    wire = Wire(line)

    await Recall(Queue(wire), wire).aclose()

    assert line.closed


async def test_signals_are_counted_and_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    """The first signal shows its sentence, the next ones do not, and afterwards the handler is Python's own."""
    seconds: list[int] = []
    with on_interrupt(lambda: "stopping", lambda: seconds.append(1)):
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0)
            await settle()

    assert [1, 1] == seconds
    assert capsys.readouterr().err == "wamsg: stopping\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_during_a_throttled_send_adds_up(serve: Serve, process: Start) -> None:
    """A process stopped halfway says for everyone whether it was sent, and the server agrees."""
    sandbox = serve()
    people = [f"+1202555{number:04d}" for number in range(100, 160)]
    slow = ("--limit", "1/2s burst 1", "--to", ",".join(people))
    child = process("send", "-p", "kaleyra", *slow, "--json", "--show-numbers", "text", "a")
    assert child.stdout is not None
    first = child.stdout.readline()

    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=HUNG)

    outcomes = [json.loads(line) for line in (first + out).splitlines()]
    accepted = {outcome["recipient"] for outcome in outcomes if outcome["status"] == "accepted"}
    assert child.returncode == 130
    assert accepted == {f"+{record.recipient}" for record in sandbox.outbox.accepted}
    assert len(accepted) == len(outcomes) < len(people)
    assert f"60 recipients: {len(accepted)} accepted, 0 rejected, 0 unknown, {60 - len(accepted)} not sent" in err
    assert "Traceback" not in err


def test_a_second_ctrl_c_leaves_at_once_and_says_unknown(serve: Serve, process: Start) -> None:
    """A send that never gets its answer is given up by a second Ctrl-C, as unknown rather than as not sent."""
    sandbox = serve(faults=(Fault(kind=FaultKind.SLOW_HEADERS, seconds=600.0, first=1),))
    child = process("send", "-p", "wacr", "--timeout", "500", "--to", "+12025550101", "--json", "text", "a")
    assert child.stderr is not None
    while sandbox.outbox.count() == 0:
        assert child.poll() is None

    child.send_signal(signal.SIGINT)
    stopping = child.stderr.readline()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=HUNG)

    assert "waiting for 1 under way" in stopping
    assert json.loads(out)["status"] == "unknown"
    assert (130, "wamsg: 1 recipient: 0 accepted, 0 rejected, 1 unknown\n") == (child.returncode, err)
