"""From an address to a ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from wamsg.errors import ConfigError, LedgerUnusable
from wamsg.ledger.open import open_ledger


@pytest.mark.parametrize("kind", [str, Path])
async def test_a_path_opens_a_file(tmp_path: Path, kind: type[str | Path]) -> None:
    """As text or as a path; it is made only where that is asked."""
    path = kind(tmp_path / "a.ledger")
    with pytest.raises(LedgerUnusable, match="does not exist"):
        await open_ledger(path)

    first = await open_ledger(path, create=True)
    await first.aclose()
    second = await open_ledger(path, durability="process")

    assert first.secret == second.secret
    await second.aclose()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("postgresql://user:hunter2@db/ledger", "not built yet"),
        ("postgres://user:hunter2@db/ledger", "not built yet"),
        ("mysql://user:hunter2@db/ledger", "not mysql://"),
        ("sqlite:///a.ledger?hunter2", "not sqlite://"),
        ("", "empty"),
        ("  ", "empty"),
    ],
)
async def test_other_addresses_are_told_without_their_password(address: str, sentence: str) -> None:
    """As a setting that is wrong."""
    with pytest.raises(ConfigError, match=sentence) as caught:
        await open_ledger(address, create=True)

    assert "ledger" == caught.value.setting
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("path", ["a\0b", "x" * 300])
async def test_a_path_that_no_file_can_have_is_told(tmp_path: Path, path: str) -> None:
    """In one sentence."""
    with pytest.raises(LedgerUnusable, match="cannot be opened"):
        await open_ledger(f"{tmp_path}/{path}", create=True)
