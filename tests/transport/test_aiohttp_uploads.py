"""Forms and files on the wire."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp.http_writer import StreamWriter

from tests.transport.conftest import Open, Serve
from tests.transport.raw_server import Dialogue, ok, polite, silent
from wamsg.errors import InvalidMessage, NotSent, Unanswered
from wamsg.transport.aiohttp_body import bytes_body
from wamsg.transport.upload import BLOCK, UploadStream
from wamsg.wire import Form, Part, Request, Upload

CONTENT = bytes(range(256)) * (BLOCK // 256) * 2 + b"end"


def at(path: Path, **changes: object) -> Upload:
    fields: dict[str, object] = {"name": path.name, "content_type": "image/png", "path": path}
    return Upload(**{"size": path.stat().st_size, **fields, **changes})  # type: ignore[arg-type]  # test data


def sending(url: str, *parts: Part) -> Request:
    return Request(method="POST", url=f"{url}/media", headers={"Authorization": "Bearer fake"}, body=Form(parts))


def is_open(path: Path) -> bool:
    """Whether this process holds the file open (Linux)."""
    gc.collect()
    links = [entry for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    return any(link.readlink() == path for link in links)


async def closed(path: Path) -> None:
    """Wait until nobody holds the file; a read that goes on in a thread ends first."""
    while is_open(path):  # noqa: ASYNC110 -- the system tells nobody that a descriptor was closed
        await asyncio.sleep(0)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A file of three blocks, the last one not full."""
    path = tmp_path / "picture.png"
    path.write_bytes(CONTENT)
    return path


async def test_a_form_arrives_byte_for_byte(serve: Serve, connect: Open, picture: Path) -> None:
    """Names are literal, the length is announced, the file is whole, and it is closed afterwards."""
    server = await serve(polite)

    await connect().send(
        sending(server.url, Part("contact[firstname]", "Zoë\nline two"), Part("file", at(picture, name='a"b.png')))
    )

    head, body = server.heads[0].decode(), server.bodies[0]
    boundary = head.split("Content-Type: multipart/form-data; boundary=")[1].split("\r\n")[0]
    assert (
        body
        == (
            f'--{boundary}\r\nContent-Disposition: form-data; name="contact[firstname]"\r\n\r\nZoë\nline two\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a%22b.png"\r\n'
            "Content-Type: image/png\r\n\r\n"
        ).encode()
        + CONTENT
        + f"\r\n--{boundary}--\r\n".encode()
    )
    assert f"Content-Length: {len(body)}\r\n" in head
    assert "chunked" not in head
    assert not is_open(picture)


async def test_a_form_of_text_alone_is_multipart_too(serve: Serve, connect: Open) -> None:
    """WA.cr takes no urlencoded form."""
    server = await serve(polite)

    await connect().send(sending(server.url, Part("phone", "+12025550100")))

    assert b"multipart/form-data" in server.heads[0]
    assert b'name="phone"\r\n\r\n+12025550100\r\n' in server.bodies[0]


async def test_every_form_has_a_boundary_of_its_own(serve: Serve, connect: Open) -> None:
    """So that no text can know it beforehand."""
    server = await serve(polite)
    transport = connect()

    for _ in range(2):
        await transport.send(sending(server.url, Part("a", "b")))

    assert server.bodies[0] != server.bodies[1]


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1])
async def test_bytes_in_memory_are_sent_as_a_file(serve: Serve, connect: Open, size: int) -> None:
    """An upload without a path is its data, whatever its size."""
    server = await serve(polite)
    data = os.urandom(size)

    await connect().send(
        sending(server.url, Part("file", Upload(name="a.png", content_type="image/png", size=size, data=data)))
    )

    assert server.bodies[0].split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0] == data


def vanish(path: Path) -> None:
    path.unlink()


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"!")


def shrink(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("change", [vanish, grow, shrink, become_a_folder, become_a_pipe])
async def test_a_file_that_changed_is_not_sent(
    serve: Serve, connect: Open, picture: Path, change: Callable[[Path], None]
) -> None:
    """What was checked is what is sent, or nothing is; a pipe in its place does not hold anything up."""
    server = await serve(polite)
    request = sending(server.url, Part("file", at(picture)))
    change(picture)

    with pytest.raises(InvalidMessage, match=r"picture\.png"):
        await connect().send(request)

    assert server.connections == 0
    assert not is_open(picture)


async def test_data_of_another_size_is_not_sent(serve: Serve, connect: Open) -> None:
    """The announced size counts for bytes in memory as well."""
    server = await serve(polite)
    wrong = Upload(name="a.png", content_type="image/png", size=3, data=b"four")

    with pytest.raises(InvalidMessage, match="3 bytes were announced, it has 4"):
        await connect().send(sending(server.url, Part("file", wrong)))

    assert server.connections == 0


async def test_a_later_file_that_is_gone_closes_the_earlier_one(connect: Open, picture: Path, tmp_path: Path) -> None:
    """Of several files all are opened or none stays open."""
    gone = Upload(name="gone.png", content_type="image/png", size=1, path=tmp_path / "gone.png")

    with pytest.raises(InvalidMessage, match=r"gone\.png"):
        await connect().send(sending("http://127.0.0.1:1", Part("a", at(picture)), Part("b", gone)))

    assert not is_open(picture)


async def test_a_file_is_closed_when_nobody_listens(connect: Open, picture: Path) -> None:
    """A refused connection leaves no file open."""
    with pytest.raises(NotSent):
        await connect().send(sending("http://127.0.0.1:1", Part("file", at(picture))))

    assert not is_open(picture)


@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled", "too late"])
async def test_a_file_is_closed_when_its_upload_is_broken_off(
    serve: Serve,
    connect: Open,
    tmp_path: Path,
    cancelled: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    """Neither a cancellation nor a deadline in the middle of an upload leaves the file open."""
    path = tmp_path / "large.png"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)

    async def script(dialogue: Dialogue) -> None:
        await dialogue.head()
        await dialogue.reader.readexactly(1_000_000)
        await never.wait()

    never = asyncio.Event()
    server = await serve(script)
    transport = connect(timeout=None if cancelled else 0.2)
    task = asyncio.ensure_future(transport.send(sending(server.url, Part("file", at(path)))))
    await server.arrived.wait()
    if cancelled:
        task.cancel()

    with pytest.raises(asyncio.CancelledError if cancelled else Unanswered):
        await task

    await closed(path)


async def test_a_file_that_shrinks_on_the_way_is_unanswered(serve: Serve, connect: Open, tmp_path: Path) -> None:
    """Part of it has left; the connection is given up rather than filled with something else."""
    path = tmp_path / "large.png"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    received = 0

    async def script(dialogue: Dialogue) -> None:
        nonlocal received
        await dialogue.head()
        os.truncate(path, 0)
        while block := await dialogue.reader.read(1_000_000):
            received += len(block)

    server = await serve(script)

    with pytest.raises(Unanswered, match="broke"):
        await connect().send(sending(server.url, Part("file", at(path))))

    await server.gone.wait()
    assert received < 50_000_000
    assert not is_open(path)


async def test_a_large_file_is_streamed(serve: Serve, connect: Open, tmp_path: Path) -> None:
    """100 MB pass through a few blocks of memory."""
    path = tmp_path / "film.mp4"
    size = 100_000_000
    with path.open("wb") as stream:
        stream.truncate(size)
    received = 0

    async def script(dialogue: Dialogue) -> None:
        nonlocal received
        head = await dialogue.head()
        length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        while received < length:
            received += len(await dialogue.reader.read(1_000_000))
        await dialogue.say(ok())

    server = await serve(script)
    transport = connect()
    tracemalloc.start()

    response = await transport.send(sending(server.url, Part("file", at(path))))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert response.status == 200
    assert received > size
    assert peak < 20_000_000


async def test_a_form_can_be_sent_again(serve: Serve, connect: Open, picture: Path) -> None:
    """A retry opens the files anew."""
    server = await serve(polite)
    transport = connect()
    request = sending(server.url, Part("file", at(picture)))

    for _ in range(2):
        await transport.send(request)

    assert len(server.bodies[0]) == len(server.bodies[1])


class Slow(io.BytesIO):
    """A file on a disk that hangs until it is released."""

    released = threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.released.wait(10)
        return super().read(size)


async def test_a_file_being_read_is_closed_after_the_read(picture: Path) -> None:
    """Closing neither waits for the thread that reads nor pulls the file away from under it."""
    stream = UploadStream(at(picture))
    assert stream._stream is not None
    stream._stream.close()
    slow = stream._stream = Slow(CONTENT)
    reading = asyncio.ensure_future(stream.read())
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait({reading})

    stream.close()

    assert not slow.closed
    slow.released.set()
    while not slow.closed:  # noqa: ASYNC110 -- the file tells nobody that it was closed
        await asyncio.sleep(0)


class Closing(asyncio.Transport):
    """A connection that the other side has just closed."""

    def is_closing(self) -> bool:
        return True


async def test_a_connection_that_closed_in_the_pool_got_nothing() -> None:
    """aiohttp refuses to write to it, so the request has surely not left."""
    loop = asyncio.get_running_loop()
    protocol = aiohttp.client_proto.ResponseHandler(loop)
    protocol.transport = Closing()
    body = bytes_body(b"x")
    writer = StreamWriter(protocol, loop)

    with pytest.raises(aiohttp.ClientConnectionResetError):
        await body.write(writer)

    assert not body.handed


async def test_a_body_knows_once_it_was_handed_over(serve: Serve) -> None:
    """From the first write on, the body may have arrived."""
    server = await serve(silent)
    body = bytes_body(b"x")
    async with aiohttp.ClientSession() as session:
        task = asyncio.ensure_future(session.request("POST", server.url, data=body))
        assert not body.handed
        await server.arrived.wait()

        assert body.handed
        task.cancel()
        await asyncio.wait({task})


def test_a_body_is_no_text() -> None:
    """Nothing may read a whole body into memory to look at it."""
    with pytest.raises(TypeError, match="not text"):
        bytes_body(b"x").decode()
