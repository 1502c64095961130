"""The recipients of a broadcast, from files, streams and Python rows to batches that a ledger takes."""

from __future__ import annotations

from wamsg.broadcast.audience.audience import BATCH, Audience, AudienceSource, PythonRow, open_audience
from wamsg.broadcast.audience.intake import Check, Intake
from wamsg.broadcast.audience.layout import DELIMITERS, FORMATS, Layout
from wamsg.broadcast.audience.number import read_number
from wamsg.broadcast.audience.row import Batch, Row

__all__ = [
    "BATCH",
    "DELIMITERS",
    "FORMATS",
    "Audience",
    "AudienceSource",
    "Batch",
    "Check",
    "Intake",
    "Layout",
    "PythonRow",
    "Row",
    "open_audience",
    "read_number",
]
