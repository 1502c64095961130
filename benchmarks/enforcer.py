"""A server that enforces limits exactly, each with a token bucket of its own, and keeps the times of what came.

``python -m benchmarks.enforcer SCHEDULES`` prints its port. ``SCHEDULES`` is JSON: a list of ``[from, count, seconds]``
per name, where ``from`` is seconds after the first request; requests go to ``/NAME/..``, and ``/NAME/times`` tells
``[accepted, refused]`` in seconds after the first request.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

from benchmarks.child import ROOT, environment
from benchmarks.workload import KALEYRA_ACCEPTED

#: ``[from, count, seconds]``: from then on at most ``count`` at once, and ``count`` more every ``seconds``.
Step = tuple[float, int, float]

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_ACCEPTED = KALEYRA_ACCEPTED.encode()
_REFUSED = b'{"code":"429","message":"Too Many Requests","data":{},"error":{}}'
RETRY_AFTER = 1


class Bucket:
    """Holds ``count`` tokens at most and starts full."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._tokens = float(steps[0][1])
        self._start: float | None = None
        self._last = 0.0
        self.accepted: list[float] = []
        self.refused: list[float] = []

    def ask(self) -> bool:
        """Whether one more request is within the limit."""
        now = time.monotonic()
        if self._start is None:
            self._start = now
        moment = now - self._start
        _, count, seconds = next(step for step in reversed(self._steps) if step[0] <= moment)
        self._tokens = min(count, self._tokens + (moment - self._last) * count / seconds)
        self._last = moment
        # Sums of floats: a client exactly at the limit must not be refused for the last bit.
        fine = self._tokens >= 1 - 1e-9
        if fine:
            self._tokens -= 1
        (self.accepted if fine else self.refused).append(moment)
        return fine


class _Connection(asyncio.Protocol):
    """Answers one request after the other."""

    def __init__(self, buckets: Mapping[str, Bucket]) -> None:
        self._buckets = buckets
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        length = _LENGTH.search(head)
        if len(rest) >= (int(length[1]) if length else 0):
            self._buffer = b""
            self._transport.write(self._answer(head.split(b" ", 2)[1].decode().split("/")))

    def _answer(self, path: list[str]) -> bytes:
        bucket = self._buckets[path[1]]
        if path[2] == "times":
            return _response(b"200 OK", json.dumps([bucket.accepted, bucket.refused]).encode())
        if bucket.ask():
            return _response(b"200 OK", _ACCEPTED)
        return _response(b"429 Too Many Requests", _REFUSED, b"Retry-After: %d\r\n" % RETRY_AFTER)


def _response(status: bytes, body: bytes, headers: bytes = b"") -> bytes:
    lines = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%b\r\n"
    return lines % (status, len(body), headers) + body


@contextmanager
def enforcer(schedules: Mapping[str, Sequence[Step]]) -> Iterator[str]:
    """The address of one that runs in a process of its own and ends with the context."""
    command = [sys.executable, "-m", "benchmarks.enforcer", json.dumps(schedules)]
    process = subprocess.Popen(  # noqa: S603 -- our own command
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


async def _serve(schedules: Mapping[str, Sequence[Step]]) -> None:
    buckets = {name: Bucket(steps) for name, steps in schedules.items()}
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(buckets), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
