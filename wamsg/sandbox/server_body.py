"""The body of an HTTP request as ``wamsg.wire`` has it, read within bounds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

from aiohttp import web

from wamsg.sandbox.multipart import FormReader, ReceivedFile, TooLarge, boundary_of
from wamsg.wire import Form, Part

#: WA.cr takes documents of 100 MB; a form around one needs a little more.
MOST_BYTES = 110 * 10**6
_MOST_FIELDS = 1000

Body = tuple[bytes | Form | None, tuple[ReceivedFile, ...]]


class Unreadable(Exception):
    """The body cannot be read; ``status`` says why: 400 malformed, 413 too large, 417 expectation."""

    def __init__(self, status: int) -> None:
        super().__init__(f"answered with {status}")
        self.status = status


async def read_body(request: web.BaseRequest, most: int = MOST_BYTES) -> Body:
    """Bytes, a `Form`, or None where the request has no body; beside it the facts of uploaded files.

    Raises `Unreadable`.
    """
    if not request.body_exists:
        return None, ()
    await _agree_to_read(request, most)
    try:
        match request.content_type:
            case "multipart/form-data":
                return await _multipart(request, most)
            case "application/x-www-form-urlencoded":
                return _urlencoded(await _bytes(request, most)), ()
            case _:
                return await _bytes(request, most), ()
    except TooLarge:
        raise Unreadable(413) from None
    except (ValueError, web.RequestPayloadError):
        # A broken form, or broken compression.
        raise Unreadable(400) from None


async def _agree_to_read(request: web.BaseRequest, most: int) -> None:
    if (request.content_length or 0) > most:
        raise Unreadable(413)
    expectation = request.headers.get("Expect")
    if expectation is None:
        return
    # curl waits for this word before it sends a large file (RFC 9110, 10.1.1).
    if expectation.lower() != "100-continue":
        raise Unreadable(417)
    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    request.writer.output_size = 0


async def _chunks(request: web.BaseRequest, most: int) -> AsyncIterator[bytes]:
    total = 0
    while chunk := await request.content.readany():
        total += len(chunk)
        if total > most:
            raise TooLarge(f"a body of more than {most} bytes")
        yield chunk


async def _bytes(request: web.BaseRequest, most: int) -> bytes:
    return b"".join([chunk async for chunk in _chunks(request, most)])


async def _multipart(request: web.BaseRequest, most: int) -> Body:
    reader = FormReader(boundary_of(request.headers["Content-Type"]))
    async for chunk in _chunks(request, most):
        reader.feed(chunk)
    return reader.close()


def _urlencoded(body: bytes) -> Form:
    pairs = parse_qsl(
        body.decode("ascii"),
        keep_blank_values=True,
        strict_parsing=bool(body),
        errors="strict",
        max_num_fields=_MOST_FIELDS,
    )
    return Form(tuple(Part(name, value) for name, value in pairs))
