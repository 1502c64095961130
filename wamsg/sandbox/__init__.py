"""A local server that speaks every provider's dialect, fails on request, and remembers what it accepted."""

from __future__ import annotations

from wamsg.sandbox.callbacks import Callbacks, Late
from wamsg.sandbox.faults import Ending, Fault, FaultBody, FaultKind, Script
from wamsg.sandbox.incoming import Note
from wamsg.sandbox.magic import MAGIC
from wamsg.sandbox.multipart import ReceivedFile
from wamsg.sandbox.outbox import Outbox, Record
from wamsg.sandbox.retry_form import RetryForm
from wamsg.sandbox.script_file import load_callbacks, load_faults
from wamsg.sandbox.server import Sandbox
from wamsg.sandbox.tally import Tally

__all__ = [
    "MAGIC",
    "Callbacks",
    "Ending",
    "Fault",
    "FaultBody",
    "FaultKind",
    "Late",
    "Note",
    "Outbox",
    "ReceivedFile",
    "Record",
    "RetryForm",
    "Sandbox",
    "Script",
    "Tally",
    "load_callbacks",
    "load_faults",
]
