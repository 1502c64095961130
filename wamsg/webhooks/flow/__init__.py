"""What is done with events, wherever they come from: stored in groups, then handled, at least once."""

from __future__ import annotations

from wamsg.webhooks.flow.events import EventFlow
from wamsg.webhooks.flow.handler import Handler

__all__ = ["EventFlow", "Handler"]
