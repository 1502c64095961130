"""A decided reply carried out on the socket: said plainly, slowly, in part, or not at all."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Awaitable, Callable

from aiohttp import web

from wamsg.clock import Clock
from wamsg.sandbox.faults import Ending, Fault, FaultKind
from wamsg.sandbox.mount import Reply
from wamsg.wire import Response

#: What frames a message on the wire is the server's business, not a dialect's.
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})
_BLOCK = b" " * 65_536
_DRIPS = 10
#: A reset also throws away what the kernel holds, so no more is sent than every receiver has room for at once.
_MOST_HALF = 32_768
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)

_Act = Callable[[web.BaseRequest, Response, Fault, Clock], Awaitable[web.StreamResponse]]


async def carry_out(request: web.BaseRequest, reply: Reply, clock: Clock) -> web.StreamResponse:
    """Answer ``request``; aiohttp finishes what comes back, or finds the connection gone."""
    act = None if reply.fault is None else _ACTS.get(reply.fault.kind)
    if reply.fault is None or act is None:
        return plain(reply.response)
    return await act(request, reply.response, reply.fault, clock)


def plain(response: Response) -> web.Response:
    """The whole answer at once."""
    return web.Response(status=response.status, headers=_headers(response), body=response.body)


async def _say_nothing(request: web.BaseRequest, response: Response, fault: Fault, _clock: Clock) -> web.StreamResponse:
    _cut(request, fault.ending)
    return plain(response)


async def _wait_first(_request: web.BaseRequest, response: Response, fault: Fault, clock: Clock) -> web.StreamResponse:
    await clock.sleep(fault.seconds)
    return plain(response)


async def _drip(request: web.BaseRequest, response: Response, fault: Fault, clock: Clock) -> web.StreamResponse:
    body = response.body
    stream = await _begin(request, response, len(body))
    step = max(1, -(-len(body) // _DRIPS))
    for start in range(0, len(body), step):
        await clock.sleep(fault.seconds * min(step, len(body) - start) / len(body))
        await stream.write(body[start : start + step])
    return stream


async def _break_off(request: web.BaseRequest, response: Response, fault: Fault, clock: Clock) -> web.StreamResponse:
    # An empty body could not be cut, so one byte is promised that never comes.
    stream = await _begin(request, response, max(1, len(response.body)))
    if fault.kind is FaultKind.CUT_DURING:
        await stream.write(response.body[: min(len(response.body) // 2, _MOST_HALF)])
    # uvloop hands what is written to the kernel at its next turn, and a reset would throw it away.
    await clock.sleep(0.0)
    _cut(request, fault.ending)
    return stream


async def _go_on_and_on(
    request: web.BaseRequest, response: Response, fault: Fault, _clock: Clock
) -> web.StreamResponse:
    stream = await _begin(request, response, max(fault.size, len(response.body)))
    await stream.write(response.body)
    left = fault.size - len(response.body)
    while left > 0:
        # Blanks after a JSON document are still that document: only its length is wrong.
        await stream.write(_BLOCK[:left])
        left -= len(_BLOCK)
    return stream


_ACTS: dict[FaultKind, _Act] = {
    FaultKind.CUT_BEFORE: _say_nothing,
    FaultKind.ACCEPTED_THEN_CUT: _say_nothing,
    FaultKind.SLOW_HEADERS: _wait_first,
    FaultKind.SLOW_BODY: _drip,
    FaultKind.CUT_AFTER_HEADERS: _break_off,
    FaultKind.CUT_DURING: _break_off,
    FaultKind.HUGE_BODY: _go_on_and_on,
}


async def _begin(request: web.BaseRequest, response: Response, length: int) -> web.StreamResponse:
    stream = web.StreamResponse(status=response.status, headers=_headers(response))
    stream.content_length = length
    await stream.prepare(request)
    return stream


def _cut(request: web.BaseRequest, ending: Ending) -> None:
    transport = request.transport
    if transport is None:
        return
    if ending is Ending.CLOSE:
        transport.close()
        return
    # Without this, closing a socket with nothing left to read says FIN, in good order.
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


def _headers(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.lower() not in _FRAMING}
