"""One message to many recipients: a fixed number of workers, one outcome per recipient, nothing started left untold."""

from __future__ import annotations

from wamsg.fanout.run import FanOut, collect, fan_out

__all__ = ["FanOut", "collect", "fan_out"]
