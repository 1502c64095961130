"""Bodies of every kind are read within bounds, and malformed requests end in a plain answer."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import tracemalloc
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from wamsg.sandbox import ReceivedFile, Sandbox
from wamsg.sandbox.server_body import read_body
from wamsg.wire import Upload

Raw = Callable[[Sandbox, bytes], Coroutine[None, None, Any]]

HEAD = b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
URLENCODED = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\n"
FORM = HEAD + b"Content-Type: multipart/form-data; boundary=XX\r\n"


def sized(head: bytes, body: bytes) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def test_a_form_arrives_with_texts_and_files(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    """As aiohttp's own client writes it; the facts of the file are remembered."""
    form = aiohttp.FormData()
    form.add_field("to", "+919812340001")
    form.add_field("file", b"%PDF-1.7", filename="счёт; 1.pdf", content_type="application/pdf")
    async with http.post(f"{sandbox.url}/parrot/v1", data=form) as response:
        assert 200 == response.status

    (record,) = sandbox.outbox.accepted
    upload = record.body["file"]
    assert isinstance(upload, Upload)
    assert ("application/pdf", 8, b"%PDF-1.7") == (upload.content_type, upload.size, upload.data)
    digest = hashlib.sha256(b"%PDF-1.7").hexdigest()
    expected = ReceivedFile(field="file", name=upload.name, content_type="application/pdf", size=8, sha256=digest)
    assert (expected,) == record.files


async def test_an_urlencoded_form_is_a_form(sandbox: Sandbox, raw: Raw) -> None:
    """Names and values are decoded; an empty value stays."""
    heard = await raw(sandbox, sized(URLENCODED, b"to=%2B919812340001&text=a+%C3%A9%26&empty="))

    assert {"to": "+919812340001", "text": "a é&", "empty": ""} == json.loads(heard.body)["fields"]
    assert 1 == sandbox.outbox.count(recipient="919812340001")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"GET /parrot/v1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", id="no body"),
        pytest.param(sized(HEAD, b""), id="empty body"),
        pytest.param(sized(URLENCODED, b""), id="empty urlencoded form"),
        pytest.param(sized(HEAD, b"\xff\x00 not JSON"), id="any bytes"),
    ],
)
async def test_what_a_body_means_is_the_dialects_business(sandbox: Sandbox, raw: Raw, data: bytes) -> None:
    """Parrot finds no fields in these, and nothing goes wrong."""
    heard = await raw(sandbox, data)

    assert (200, {}) == (heard.status, json.loads(heard.body)["fields"])


async def test_a_compressed_body_is_unpacked(sandbox: Sandbox, raw: Raw) -> None:
    """As a server behind a gateway would see it."""
    packed = gzip.compress(b'{"to": "+919812340001"}')
    heard = await raw(sandbox, sized(HEAD + b"Content-Encoding: gzip\r\n", packed))

    assert (200, 1) == (heard.status, sandbox.outbox.count())


async def test_a_client_that_asks_before_sending_is_told_to_go_on(sandbox: Sandbox, raw: Raw) -> None:
    """curl does so with files; without the word it would wait a second."""
    heard = await raw(sandbox, sized(HEAD + b"Expect: 100-continue\r\n", b'{"to": "+919812340001"}'))

    assert heard.data.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


async def test_a_client_that_asks_to_send_too_much_is_told_no_at_once(sandbox: Sandbox) -> None:
    """Before it sends any of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sandbox.url.rpartition(":")[2]))
    writer.write(HEAD + b"Expect: 100-continue\r\nContent-Length: 110000001\r\n\r\n")
    first = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert b"HTTP/1.1 413 Request Entity Too Large\r\n" == first


async def test_a_large_upload_passes_in_little_memory(
    sandbox: Sandbox, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """20 MB are counted and hashed; only the first 64 KiB are there to look at."""
    size = 20_000_000
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.write(b"head")
        file.truncate(size)
    tracemalloc.start()
    try:
        with path.open("rb") as stream:
            form = aiohttp.FormData({"to": "+919812340001"})
            form.add_field("file", stream, filename="film.mp4", content_type="video/mp4")
            async with http.post(f"{sandbox.url}/parrot/v1", data=form) as response:
                assert 200 == response.status
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    (record,) = sandbox.outbox.accepted
    assert size == record.files[0].size
    assert hashlib.sha256(path.read_bytes()).hexdigest() == record.files[0].sha256
    upload = record.body["file"]
    assert isinstance(upload, Upload)
    assert upload.data == b"head".ljust(65_536, b"\0")
    assert peak < 6_000_000


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(sized(FORM, b"--XX\r\nbroken"), 400, id="broken form"),
        pytest.param(sized(FORM, b""), 200, id="a form without any body"),
        pytest.param(sized(HEAD + b"Content-Type: multipart/form-data\r\n", b"x"), 400, id="no boundary"),
        pytest.param(
            sized(FORM, b'--XX\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + b"x" * 1_100_000 + b"\r\n--XX--"),
            413,
            id="long text field",
        ),
        pytest.param(sized(URLENCODED, b"a=%ff"), 400, id="urlencoded, not UTF-8"),
        pytest.param(sized(URLENCODED, "a=é".encode()), 400, id="urlencoded, not ASCII"),
        pytest.param(sized(URLENCODED, b"nonsense"), 400, id="urlencoded, no value"),
        pytest.param(sized(URLENCODED, b"&".join([b"a=1"] * 2000)), 400, id="urlencoded, too many fields"),
        pytest.param(sized(HEAD + b"Content-Encoding: gzip\r\n", b"not gzip"), 400, id="broken compression"),
        pytest.param(sized(HEAD + b"Expect: miracles\r\n", b"x"), 417, id="unknown expectation"),
    ],
)
async def test_an_unreadable_body_is_refused_in_the_providers_words(
    sandbox: Sandbox, raw: Raw, data: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Counted, and never accepted; nothing is logged as an error."""
    heard = await raw(sandbox, data)

    assert status == heard.status
    assert (0 if status == 200 else 1) == sandbox.counts["parrot"]["unreadable"]
    if status != 200:
        assert {"squawk": status} == json.loads(heard.body)
    assert 0 == sandbox.outbox.count()
    assert [] == caplog.records


@pytest.mark.parametrize("way", ["stated", "chunked", "compressed"])
async def test_a_body_is_bounded_however_it_comes(
    sandbox: Sandbox, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Stated, chunked or unpacked: the bytes that come out are what counts."""
    assert read_body.__defaults__ == (110_000_000,)
    monkeypatch.setattr(read_body, "__defaults__", (200_000,))

    async def send(size: int) -> int:
        block = b"x" * size if way != "compressed" else gzip.compress(b"x" * size)

        async def chunks() -> AsyncIterator[bytes]:
            yield block

        headers = {"Content-Encoding": "gzip"} if way == "compressed" else {}
        data = chunks() if way == "chunked" else block
        async with http.post(f"{sandbox.url}/parrot/v1", data=data, headers=headers) as response:
            return response.status

    assert [200, 413] == [await send(200_000), await send(200_001)]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", id="bad content-length"),
        pytest.param(
            b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", id="negative content-length"
        ),
        pytest.param(
            b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            id="two lengths",
        ),
        pytest.param(
            b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\nX-Key: " + b"k" * 100_000 + b"\r\n\r\n", id="huge header"
        ),
        pytest.param(b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 5000 + b"\r\n", id="many headers"),
        pytest.param(b"POST /" + b"p" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", id="huge path"),
        pytest.param(b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\nBad Header: api-key-1234\r\n\r\n", id="bad header"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01 TLS by mistake\r\n\r\n", id="TLS"),
        pytest.param(b"hello\r\n\r\n", id="no HTTP"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", id="broken chunk"),
        pytest.param(b"POST * HTTP/1.1\r\nHost: x\r\n\r\n", id="star"),
    ],
)
async def test_what_is_not_http_gets_a_400_without_a_traceback(
    sandbox: Sandbox, raw: Raw, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither on the line nor in the log, where headers would show."""
    heard = await raw(sandbox, data)

    assert 400 == heard.status
    assert b"Traceback" not in heard.data
    assert "Traceback" not in caplog.text
    assert "api-key-1234" not in caplog.text
    assert 0 == sandbox.outbox.count()


async def test_a_client_that_leaves_in_the_middle_is_not_taken_for_a_sender(
    sandbox: Sandbox, raw: Raw, post: Callable[..., bytes]
) -> None:
    """Half a request is none; the next one is served."""
    whole = post()

    _, writer = await asyncio.open_connection("127.0.0.1", int(sandbox.url.rpartition(":")[2]))
    writer.write(whole[:-5])
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    assert 200 == (await raw(sandbox, whole)).status
    assert 1 == sandbox.outbox.count()
