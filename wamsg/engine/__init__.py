"""What makes sure that some worker runs the next chunk; it never decides who may be sent to."""

from __future__ import annotations

from wamsg.engine.local import LocalEngine
from wamsg.engine.port import Engine, Handler

__all__ = ["Engine", "Handler", "LocalEngine"]
