"""Changes of CRM records as the fake server tells them, in the shape that a sibling product documents.

Source: https://docs.getrasl.io/webhook-format
"""

from __future__ import annotations

import json
import re

from wamsg.driver import Callback
from wamsg.errors import Unsupported
from wamsg.model.event import Notice, RecordChange
from wamsg.providers.wacr.sandbox.answers import TENANT, when

_NAME = "wacr"
_RESOURCES, _ACTIONS = ("contact", "source", "status"), ("created", "updated", "deleted")
_WHOLE = re.compile(r"[1-9][0-9]{0,14}")


def notice_call(notice: Notice) -> Callback:
    """The call that tells it. Raises `Unsupported` for all else than these records and what happens to them."""
    if not isinstance(notice, RecordChange) or notice.resource not in _RESOURCES or notice.action not in _ACTIONS:
        message = f"{_NAME} tells that a {' or '.join(_RESOURCES)} was {' or '.join(_ACTIONS)}, and nothing else"
        raise Unsupported(message, provider=_NAME, feature=type(notice).__name__)
    at = notice.at or 0.0
    current, previous = dict(notice.attributes), dict(notice.previous)
    document = {
        "event": {
            "id": f"evt_{int(at)}_{notice.key}",
            "type": f"{notice.resource}.{notice.action}",
            "timestamp": when(at),
            "version": "1.0",
        },
        "tenant": {"id": TENANT, "name": "Sandbox", "domain": "sandbox.example"},
        "data": {
            "resource": {"type": notice.resource, "id": _number(notice.record_id), "attributes": current},
            "relationships": {},
        },
        "changes": {"previous": previous or None, "current": current, "modified_fields": sorted(previous) or None},
        "metadata": {"source": "api_webhook_manager", "environment": "sandbox", "request_id": notice.key},
    }
    return Callback(body=json.dumps(document).encode())


def _number(record_id: str | None) -> int | str | None:
    """A number, as the ids of records are, where that loses nothing."""
    return int(record_id) if record_id and _WHOLE.fullmatch(record_id) else record_id
