"""The pure policies of a run: what may be sent when, how an end is settled, when a campaign stops."""

from __future__ import annotations

from wamsg.broadcast.policy.breaker import Breaker, Conviction, convicts
from wamsg.broadcast.policy.canary import Canary, Course, Judgement
from wamsg.broadcast.policy.estimate import Estimate, duration_text, estimate, remaining, total_rate
from wamsg.broadcast.policy.hours import Hours
from wamsg.broadcast.policy.options import OnUnknown, Options, Portion
from wamsg.broadcast.policy.patience import Patience, costs_a_try
from wamsg.broadcast.policy.settling import settle_error, settle_result, without_numbers
from wamsg.broadcast.policy.window import SendWindow
from wamsg.broadcast.policy.zones import zone_named

__all__ = [
    "Breaker",
    "Canary",
    "Conviction",
    "Course",
    "Estimate",
    "Hours",
    "Judgement",
    "OnUnknown",
    "Options",
    "Patience",
    "Portion",
    "SendWindow",
    "convicts",
    "costs_a_try",
    "duration_text",
    "estimate",
    "remaining",
    "settle_error",
    "settle_result",
    "total_rate",
    "without_numbers",
    "zone_named",
]
