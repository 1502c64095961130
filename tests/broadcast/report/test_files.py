"""Files that are whole or not there, for their owner only, and never in the place of another."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
from pathlib import Path

import pytest

from wamsg.broadcast.report.files import check_place, replacing
from wamsg.errors import ConfigError


def _write(path: Path, text: str) -> None:
    with replacing(path, setting="csv") as file:
        file.write(text)


def _interrupted(path: Path) -> None:
    with replacing(path, setting="csv") as file:
        file.write("x" * 1_000_000)
        raise KeyboardInterrupt


def _check(path: Path, *, overwrite: bool = False) -> None:
    check_place(path, setting="csv", mark="line,phone", overwrite=overwrite)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_it(tmp_path: Path, umask: int) -> None:
    """Whatever the mask of the process, and also where a file that all could read stood."""
    (tmp_path / "old.csv").write_text("line,phone\n")
    (tmp_path / "old.csv").chmod(0o644)
    before = os.umask(umask)
    try:
        for name in ("new.csv", "old.csv"):
            _write(tmp_path / name, "x")
    finally:
        os.umask(before)

    assert [0o600, 0o600] == [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("new.csv", "old.csv")]


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    """Half a report looks like a whole one; it is never seen."""
    path = tmp_path / "fates.csv"
    path.write_text("line,phone\nold\n")

    with pytest.raises(KeyboardInterrupt):
        _interrupted(path)

    assert "line,phone\nold\n" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_disk_that_takes_no_more_is_said_in_a_sentence(tmp_path: Path) -> None:
    """And no file is left."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(ConfigError, match=r"fates\.csv cannot be written: File too large") as caught:
            _write(tmp_path / "fates.csv", "x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert "csv" == caught.value.setting
    assert [] == list(tmp_path.iterdir())


def test_what_is_no_text_is_written_so_that_it_can_be_seen(tmp_path: Path) -> None:
    """Half of a surrogate pair stops no export."""
    _write(tmp_path / "fates.csv", "a\ud800b\r\n")

    assert b"a\\ud800b\r\n" == (tmp_path / "fates.csv").read_bytes()


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"line,phone,fate\r\n1,2,3", id="a report"),
        pytest.param(b"\xef\xbb\xbfline,phone,fate", id="a report for Excel"),
    ],
)
def test_an_older_report_may_be_replaced(tmp_path: Path, contents: bytes) -> None:
    """That is what a second report is for."""
    (tmp_path / "fates.csv").write_bytes(contents)

    _check(tmp_path / "fates.csv")
    _check(tmp_path / "not there.csv")


@pytest.mark.parametrize("contents", [b"name,phone\n", b"line,phon", b"\x00" * 99, b"\xff\xfe"])
def test_a_file_that_is_no_report_is_kept_unless_told(tmp_path: Path, contents: bytes) -> None:
    """A slip of the pen must not cost the customers' file."""
    (tmp_path / "customers.csv").write_bytes(contents)

    with pytest.raises(ConfigError, match="is there already and is no such report") as caught:
        _check(tmp_path / "customers.csv")
    _check(tmp_path / "customers.csv", overwrite=True)

    assert "csv" == caught.value.setting


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_ledger_is_never_replaced(tmp_path: Path, overwrite: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """Without it nobody knows who was messaged."""
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("CREATE TABLE t (x)")
    connection.close()

    with pytest.raises(ConfigError, match="perhaps the ledger itself"):
        _check(tmp_path / "ledger.db", overwrite=overwrite)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Neither to a file nor to nowhere; and if one appears in between, it is replaced and its target stays."""
    (tmp_path / "target").write_text("")
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "target")

    with pytest.raises(ConfigError, match="is a symbolic link"):
        _check(link, overwrite=True)
    _write(link, "report")

    assert ("", "report") == ((tmp_path / "target").read_text(), link.read_text())
    assert not link.is_symlink()


def test_a_place_where_nothing_can_be_written_is_refused(tmp_path: Path) -> None:
    """A folder, a missing folder, a pipe, a name that is none: a sentence each."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("")

    for path, words in (
        (tmp_path, "is not an ordinary file"),
        (tmp_path / "pipe", "is not an ordinary file"),
        (tmp_path / "no" / "fates.csv", "is no folder; make it first"),
        (tmp_path / "file" / "fates.csv", "is no folder; make it first"),
        (tmp_path / ("x" * 300), "cannot be written"),
        (tmp_path / "a\0b", "cannot be written"),
    ):
        with pytest.raises(ConfigError, match=words):
            _check(path)
