"""Running a broadcast: what leaves, when, through whom, and what stops it."""

from __future__ import annotations

from wamsg.broadcast.run.gauge import Progress
from wamsg.broadcast.run.runner import Ended, Runner

__all__ = ["Ended", "Progress", "Runner"]
