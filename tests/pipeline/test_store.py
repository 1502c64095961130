"""What lanes have learnt survives the process."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from wamsg.errors import ConfigError
from wamsg.pipeline import FileLaneStore, Rate, Scheduler
from wamsg.testing import ManualClock

LANE = ("account:a",)


def scheduler(path: Path, clock: ManualClock) -> Scheduler:
    return Scheduler({"account": Rate.parse("100/s")}, clock=clock, store=FileLaneStore(path))


async def test_a_new_run_goes_on_at_the_learnt_pace_and_sits_out_the_pause(tmp_path: Path) -> None:
    """A restart is no way around a refusal."""
    clock = ManualClock()
    first = scheduler(tmp_path / "lanes.json", clock)
    first.pause(LANE, 30)
    await clock.advance(10)

    second = scheduler(tmp_path / "lanes.json", ManualClock(start=5.0, epoch=clock.time()))
    assert not second.try_acquire(LANE)

    (lane,) = second.snapshot()
    assert (67.5, 90) == (lane.rate, lane.ceiling)
    assert 20 <= second.paused_for(LANE) <= 23


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Keys of lanes hold the sender's number."""
    path = tmp_path / "lanes.json"
    scheduler(path, ManualClock()).pause(LANE, 1)

    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert ["lanes.json"] == [item.name for item in tmp_path.iterdir()]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 5}', '{"a": {"rate": "x"}}', "\x00\xff"])
def test_a_foreign_file_is_told_and_left_alone(tmp_path: Path, content: str) -> None:
    """Nothing is overwritten."""
    path = tmp_path / "lanes.json"
    path.write_text(content, encoding="latin-1")

    with pytest.raises(ConfigError, match=r"lanes\.json"):
        FileLaneStore(path)

    assert content == path.read_text(encoding="latin-1")


def test_a_folder_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    """Not at the first refusal, in the middle of a broadcast."""
    with pytest.raises(ConfigError, match="no folder"):
        FileLaneStore(tmp_path / "nowhere" / "lanes.json")


def test_a_lesson_that_cannot_be_saved_costs_no_message(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A disk that is gone is told in the log; the pause holds."""
    folder = tmp_path / "lanes"
    folder.mkdir()
    running = scheduler(folder / "lanes.json", ManualClock())
    folder.rmdir()

    running.pause(LANE, 30)

    assert 30 <= running.paused_for(LANE) <= 33
    assert "was not saved" in caplog.text
