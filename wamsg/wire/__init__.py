"""The values that cross the wall between drivers and I/O."""

from __future__ import annotations

from wamsg.wire.json import read_json
from wamsg.wire.operation import Operation
from wamsg.wire.payload import check_payload, read_payload
from wamsg.wire.request import Departure, Form, Part, Priority, Request, Upload
from wamsg.wire.response import OK, REJECTED, UNDECIDED, Headers, Meaning, Response, Verdict
from wamsg.wire.retry_after import retry_after
from wamsg.wire.verification import Basic, Bearer, HmacSha256, Scheme, SharedHeader, verify

__all__ = [
    "OK",
    "REJECTED",
    "UNDECIDED",
    "Basic",
    "Bearer",
    "Departure",
    "Form",
    "Headers",
    "HmacSha256",
    "Meaning",
    "Operation",
    "Part",
    "Priority",
    "Request",
    "Response",
    "Scheme",
    "SharedHeader",
    "Upload",
    "Verdict",
    "check_payload",
    "read_json",
    "read_payload",
    "retry_after",
    "verify",
]
