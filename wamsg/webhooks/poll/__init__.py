"""Reading statuses page by page, where a provider calls nobody back."""

from __future__ import annotations

from wamsg.webhooks.poll.poller import Poller, Round, check_can_poll

__all__ = ["Poller", "Round", "check_can_poll"]
