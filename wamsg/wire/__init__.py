"""The values that cross the wall between drivers and I/O."""

from __future__ import annotations

from wamsg.wire.json import read_json
from wamsg.wire.operation import Operation
from wamsg.wire.request import Departure, Form, Part, Priority, Request, Upload
from wamsg.wire.response import OK, REJECTED, UNDECIDED, Headers, Meaning, Response, Verdict
from wamsg.wire.retry_after import retry_after

__all__ = [
    "OK",
    "REJECTED",
    "UNDECIDED",
    "Departure",
    "Form",
    "Headers",
    "Meaning",
    "Operation",
    "Part",
    "Priority",
    "Request",
    "Response",
    "Upload",
    "Verdict",
    "read_json",
    "retry_after",
]
