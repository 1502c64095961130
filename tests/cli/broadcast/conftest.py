"""A folder with a message and recipients in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.broadcast_files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The current folder of the command line."""
    return Files(tmp_path)
