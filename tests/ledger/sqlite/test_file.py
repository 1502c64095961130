"""The ledger's file: private when new, refused when it is anything else, never written over."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.ledger.stores import NOW, all_lines, frozen, gathered, plan, settled, taken
from tests.support.inbound_events import message
from wamsg.errors import LedgerError, LedgerUnusable
from wamsg.ledger import State
from wamsg.ledger.sqlite import SqliteLedger, open_sqlite
from wamsg.ledger.sqlite import file as file_module


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger with a half-done broadcast of 600."""
    import asyncio

    path = tmp_path_factory.mktemp("sound") / "a.ledger"

    async def make() -> None:
        ledger = await open_sqlite(path, create=True)
        await ledger.lock()
        broadcast = await frozen(ledger, 600, chunk=1000)
        lease = await taken(ledger, broadcast)
        await gathered(ledger.claim(lease, seq, now=NOW) for seq in range(300))
        for seq in range(250):
            ledger.settle(lease, settled(seq, State.ACCEPTED))
        await ledger.aclose()

    asyncio.run(make())
    return path


def copied(sound: Path, folder: Path) -> Path:
    return Path(shutil.copy(sound, folder / "a.ledger"))


async def refused(path: Path, sentence: str, *, create: bool = True) -> None:
    """It is refused in one sentence that names it, and left as it was."""
    before = content_of(path)
    with pytest.raises(LedgerUnusable, match=sentence) as caught:
        await open_sqlite(path, create=create)
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)
    assert before == content_of(path)


def content_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
async def test_a_new_ledger_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """Its log, its index and its lock too."""
    old = os.umask(umask)
    try:
        ledger = await open_sqlite(tmp_path / "a.ledger", create=True)
        await ledger.lock()
        await ledger.begin(plan())
        found = {name: mode(tmp_path / name) for name in names(tmp_path)}
    finally:
        os.umask(old)
    await ledger.aclose()

    four = ("a.ledger", "a.ledger-shm", "a.ledger-wal", "a.ledger.lock")
    assert dict.fromkeys(four, 0o600) == found


async def test_nothing_is_left_beside_a_closed_ledger_but_its_lock(tmp_path: Path) -> None:
    """The log is folded in, so that the one file is the whole ledger."""
    ledger = await open_sqlite(tmp_path / "a.ledger", create=True)
    await ledger.lock()
    await frozen(ledger, 5)
    await ledger.aclose()

    assert ["a.ledger", "a.ledger.lock"] == names(tmp_path)


async def test_two_who_create_it_at_once_get_one_ledger(tmp_path: Path) -> None:
    """Whoever is second opens what the first made."""
    import asyncio

    ledgers = await asyncio.gather(*[open_sqlite(tmp_path / "a.ledger", create=True) for _ in range(8)])

    assert 1 == len({ledger.secret for ledger in ledgers})
    for ledger in ledgers:
        await ledger.aclose()
    assert ["a.ledger"] == names(tmp_path)


async def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is reserved first, and nothing is replaced but that."""

    def no_link(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", no_link)

    await (await open_sqlite(tmp_path / "a.ledger", create=True)).aclose()

    await (await open_sqlite(tmp_path / "a.ledger", create=False)).aclose()
    assert ["a.ledger"] == names(tmp_path)
    assert 0o600 == mode(tmp_path / "a.ledger")


async def test_a_new_ledger_needs_a_folder(tmp_path: Path) -> None:
    """None is made."""
    await refused(tmp_path / "none" / "a.ledger", "there is no folder")
    assert [] == names(tmp_path)


async def test_a_missing_ledger_is_not_made_by_looking(tmp_path: Path) -> None:
    """Reading a report of a mistyped name leaves no empty ledger behind."""
    await refused(tmp_path / "a.ledger", "does not exist", create=False)
    assert [] == names(tmp_path)


async def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """Folders, pipes and links to nothing; a link to a ledger is the ledger."""
    folder, pipe, broken, link = (tmp_path / name for name in ("folder", "pipe", "broken", "link"))
    folder.mkdir()
    os.mkfifo(pipe)
    broken.symlink_to(tmp_path / "nothing")

    await refused(folder, "is no file")
    await refused(pipe, "is no file")
    await refused(broken, "is a link to nothing")
    assert not (tmp_path / "nothing").exists()

    real = await open_sqlite(tmp_path / "real", create=True)
    link.symlink_to(tmp_path / "real")
    linked = await open_sqlite(link, create=False)
    await real.lock()
    with pytest.raises(LedgerError, match="another process"):
        await linked.lock()
    await real.aclose()
    await linked.aclose()


async def test_a_second_name_of_the_file_is_refused(sound: Path, tmp_path: Path) -> None:
    """Each name would have a log and a lock of its own."""
    path = copied(sound, tmp_path)
    os.link(path, tmp_path / "b.ledger")

    await refused(path, "second name")


async def test_a_creator_that_was_killed_is_cleaned_up_after(sound: Path, tmp_path: Path) -> None:
    """Between giving the ledger its name and removing the other one; a file of the same form that is none stays."""
    path = copied(sound, tmp_path)
    os.link(path, tmp_path / ".a.ledger.k2x.new")
    (tmp_path / ".a.ledger.mine.new").touch()

    await (await open_sqlite(path, create=False)).aclose()

    assert [".a.ledger.mine.new", "a.ledger"] == names(tmp_path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"phone,name\n+919812340000,A\n", "is no ledger", id="text"),
        pytest.param(b"\0" * 5000, "is no ledger", id="zeros"),
        pytest.param(b"SQLite", "cut off", id="cut in the name"),
        pytest.param(b"SQLite format 3\0" + b"\0" * 50, "cut off", id="cut in the header"),
        pytest.param(b"SQLite format 3\0" + b"\0" * 84, "another program", id="header of nothing"),
    ],
)
async def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path, content: bytes, sentence: str) -> None:
    """An empty one too: it may be a ledger that was cut off, and people of it would be messaged again."""
    path = tmp_path / "a.ledger"
    path.write_bytes(content)

    await refused(path, sentence)


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """SQLite never gets to touch it."""
    path = tmp_path / "a.ledger"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmark (address TEXT)")

    await refused(path, "another program")
    assert ["a.ledger"] == names(tmp_path)


@pytest.mark.parametrize(("version", "sentence"), [(2, "newer wamsg"), (99, "newer wamsg"), (0, "no format 0")])
async def test_a_ledger_of_another_version_is_left_alone(
    sound: Path, tmp_path: Path, version: int, sentence: str
) -> None:
    """What is newer may hold what we do not know of."""
    path = copied(sound, tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")

    await refused(path, sentence)


async def test_an_old_sqlite_is_told(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the file is touched."""
    monkeypatch.setattr(file_module, "MINIMUM", (99, 1, 0))

    with pytest.raises(LedgerUnusable, match=r"needs 99\.1 or newer"):
        await open_sqlite(copied(sound, tmp_path), create=False)


@pytest.mark.parametrize("table", ["meta", "lane"])
async def test_a_ledger_without_one_of_its_tables_is_damaged(sound: Path, tmp_path: Path, table: str) -> None:
    """Whoever dropped it."""
    path = copied(sound, tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"DROP TABLE {table}")

    await refused(path, "is damaged")


async def used(path: Path) -> list[State | None]:
    """All that a run does with a ledger."""
    ledger = await open_sqlite(path, create=False)
    try:
        await ledger.lock()
        (broadcast,) = await ledger.broadcasts()
        await ledger.counts(broadcast.id)
        lease = await ledger.take(broadcast.id, now=NOW + 9, owner="me")
        if lease is not None:
            for due in await ledger.due(lease, after=-1, limit=1000, now=NOW + 9):
                assert await ledger.claim(lease, due.seq, now=NOW + 9)
        return [line.state for line in await all_lines(ledger, broadcast.id)]
    finally:
        await ledger.aclose()


async def test_the_sound_ledger_is_sound(sound: Path, tmp_path: Path) -> None:
    """So that the damage below is what is found."""
    states = await used(copied(sound, tmp_path))

    assert [State.ACCEPTED] * 250 + [State.UNKNOWN] * 50 + [State.SENDING] * 300 == states


@pytest.mark.parametrize("seed", range(12))
async def test_a_cut_off_ledger_is_refused(sound: Path, tmp_path: Path, seed: int) -> None:
    """Wherever it was cut, nothing is sent from it."""
    path = copied(sound, tmp_path)
    size = path.stat().st_size
    os.truncate(path, random.Random(seed).randrange(size))

    with pytest.raises(LedgerUnusable):
        await used(path)


@pytest.mark.parametrize("seed", range(25))
async def test_a_garbled_page_is_refused_before_anything_is_claimed(sound: Path, tmp_path: Path, seed: int) -> None:
    """A page of noise, as a broken disk or a bad copy leaves it: the lock is not even given."""
    path = copied(sound, tmp_path)
    chance = random.Random(seed)
    page = chance.randrange(1, path.stat().st_size // 4096)
    with closing(sqlite3.connect(path)) as connection:
        free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    assert free == 0
    with path.open("r+b") as stream:
        stream.seek(page * 4096)
        stream.write(chance.randbytes(4096))

    try:
        ledger = await open_sqlite(path, create=False)
    except LedgerUnusable:
        return
    with pytest.raises(LedgerUnusable, match="damaged"):
        await ledger.lock()
    await ledger.aclose()


@pytest.mark.parametrize("seed", range(25))
async def test_flipped_bytes_end_in_sentences_or_in_the_same_states(sound: Path, tmp_path: Path, seed: int) -> None:
    """Never in anything but our own errors, and never in one who was sent to becoming someone to send to."""
    path = copied(sound, tmp_path)
    chance = random.Random(seed)
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 1, 3, 20])):
        content[chance.randrange(100, len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)

    try:
        await used(path)
    except LedgerError as error:
        assert "\n" not in str(error)  # noqa: PT017 -- either ending is right; what is wrong is any other error


NOBODY = 65534

READ_ONLY = """
import asyncio, os, sys
from wamsg.errors import LedgerUnusable
from wamsg.ledger.sqlite import open_sqlite

async def main():
    try:
        ledger = await open_sqlite(sys.argv[1], create=sys.argv[2] == "create")
    except LedgerUnusable as error:
        print(error)

if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
asyncio.run(main())
"""


def as_anyone(path: Path, word: str) -> str:
    """What is said to a user whom file modes bind, which they do not do for root."""
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(path), word], capture_output=True, text=True, check=False, timeout=60
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that anyone can reach."""
    folder = Path(tempfile.mkdtemp(prefix="wamsg-ledger-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "sentence"),
    [
        pytest.param(0o400, 0o755, "a.ledger cannot be written: the file or its folder is read-only", id="file"),
        pytest.param(0o600, 0o555, "a.ledger cannot be", id="folder"),
        pytest.param(0o000, 0o755, "a.ledger cannot be opened: Permission denied", id="unreadable"),
    ],
)
def test_a_read_only_ledger_is_refused(
    sound: Path, open_folder: Path, file_mode: int, folder_mode: int, sentence: str
) -> None:
    """At the start, not at the first claim; nothing of it is changed."""
    path = copied(sound, open_folder)
    if os.geteuid() == 0:
        os.chown(open_folder, NOBODY, NOBODY)
        os.chown(path, NOBODY, NOBODY)
    path.chmod(file_mode)
    open_folder.chmod(folder_mode)

    said = as_anyone(path, "open")

    assert sentence in said
    assert 1 == len(said.splitlines())
    open_folder.chmod(0o755)
    path.chmod(0o600)
    assert sound.read_bytes() == path.read_bytes()


def test_no_ledger_is_made_in_a_read_only_folder(open_folder: Path) -> None:
    """Nor half of one."""
    open_folder.chmod(0o555)

    assert "cannot be opened: Permission denied" in as_anyone(open_folder / "a.ledger", "create")
    assert [] == names(open_folder)


async def test_its_repr_shows_the_path_and_no_secret(tmp_path: Path) -> None:
    """As it may stand in a log."""
    ledger = await open_sqlite(tmp_path / "a.ledger", create=True)

    assert f"SqliteLedger({str(tmp_path / 'a.ledger')!r})" == repr(ledger)
    assert isinstance(ledger, SqliteLedger)
    await ledger.aclose()


async def test_keys_are_forgotten_by_processes_that_live_for_a_few_calls(tmp_path: Path) -> None:
    """As those of a daily job are; together they look at all of them."""
    path, days, each = tmp_path / "daily.ledger", 60, 100
    for day in range(days):
        ledger = await open_sqlite(path, create=True)
        await ledger.add([message(f"{day}-{number}") for number in range(each)], now=day * 86_400.0)
        await ledger.aclose()

    with closing(sqlite3.connect(path)) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM seen").fetchone()

    assert 8 * each <= kept < days * each // 2
