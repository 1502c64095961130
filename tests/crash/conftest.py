"""A provider and a stage for each test; assertions of the shared checks say what they found."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

# A ledger in a file is refused where there is no fcntl, so there is nothing to kill.
collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []

pytest.register_assert_rewrite("tests.support.crash_truth", "tests.support.crash_play")

from tests.support.crash_double import Double  # noqa: E402 -- after the line above, which is what it needs
from tests.support.crash_stage import Stage, staged  # noqa: E402 -- as above


@pytest.fixture
async def double() -> AsyncIterator[Double]:
    """A provider at which nothing goes wrong."""
    async with Double() as double:
        yield double


@pytest.fixture
async def stage(tmp_path: Path, double: Double) -> AsyncIterator[Stage]:
    """A broadcast to a few hundred people."""
    async with staged(tmp_path / "stage", double, 400) as stage:
        yield stage
