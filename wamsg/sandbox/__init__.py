"""A local server that speaks every provider's dialect, fails on request, and remembers what it accepted."""

from __future__ import annotations

from wamsg.sandbox.faults import Ending, Fault, FaultBody, FaultKind, Script
from wamsg.sandbox.magic import MAGIC
from wamsg.sandbox.multipart import ReceivedFile
from wamsg.sandbox.outbox import Outbox, Record
from wamsg.sandbox.retry_form import RetryForm
from wamsg.sandbox.script_file import load_faults
from wamsg.sandbox.server import Sandbox

__all__ = [
    "MAGIC",
    "Ending",
    "Fault",
    "FaultBody",
    "FaultKind",
    "Outbox",
    "ReceivedFile",
    "Record",
    "RetryForm",
    "Sandbox",
    "Script",
    "load_faults",
]
