"""What one can ask of, and tell, a running sandbox over HTTP, under ``/_sandbox``."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import attrs
from aiohttp import web

from wamsg.codec import event_from_dict, event_to_dict
from wamsg.errors import ConfigError, InvalidMessage, Unsupported
from wamsg.model.event import Event, Notice
from wamsg.sandbox.faults import Fault, Script
from wamsg.sandbox.incoming import Note
from wamsg.sandbox.mount import Mount
from wamsg.sandbox.outbox import Outbox, Record
from wamsg.sandbox.script_file import faults_from
from wamsg.sandbox.server_body import Unreadable, read_body
from wamsg.sandbox.tally import Tally
from wamsg.wire import Upload, read_json

NAME = "_sandbox"
_MOST_BYTES = 1_000_000


class Controlled(Protocol):
    """What of a sandbox is controlled from here."""

    @property
    def url(self) -> str: ...
    @property
    def mounts(self) -> Mapping[str, Mount]: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def faults(self) -> Script: ...
    @property
    def counts(self) -> dict[str, dict[str, int]]: ...
    @property
    def callbacks(self) -> Tally: ...
    def incoming(self, note: Note) -> str: ...
    def notice(self, notice: Notice) -> None: ...
    def reset(self, provider: str | None = None) -> None: ...


_Action = Callable[[Controlled, Mapping[str, str], bytes], web.Response]


async def control(sandbox: Controlled, request: web.BaseRequest, path: str) -> web.Response:
    """Answer a request to ``path``, which starts with ``/_sandbox``."""
    actions = _ACTIONS.get(path.rstrip("/"))
    if actions is None:
        return _error(404, f"there is nothing at {path[:80]}; there is {', '.join(_ACTIONS)}")
    action = actions.get(request.method)
    if action is None:
        return _error(405, f"{path} takes {' and '.join(actions)}", {"Allow": ", ".join(actions)})
    try:
        body, _ = await read_body(request, _MOST_BYTES)
        return action(sandbox, request.rel_url.query, body if isinstance(body, bytes) else b"")
    except Unreadable as error:
        return _error(error.status, "the body cannot be read")
    except (ConfigError, InvalidMessage, Unsupported) as error:
        return _error(400, str(error))


def _overview(sandbox: Controlled, _query: Mapping[str, str], _body: bytes) -> web.Response:
    lines = ["wamsg sandbox", ""]
    for name, counts in sandbox.counts.items():
        base = f"{sandbox.url}/{name}{sandbox.mounts[name].provider.sandbox.base_path}"
        lines.append(f"{name:<12} {base}")
        lines.append("             " + ", ".join(f"{count} {word}" for word, count in counts.items()))
    lines += ["", f"{len(sandbox.faults)} faults, {len(sandbox.outbox)} messages kept", ""]
    lines += [f"{' '.join(actions)} {path}" for path, actions in _ACTIONS.items()]
    return web.Response(text="\n".join(lines) + "\n")


def _accepted(sandbox: Controlled, query: Mapping[str, str], _body: bytes) -> web.Response:
    for name in query:
        if name not in {"provider", "recipient", "limit"}:
            raise ConfigError(f"there is no filter {name[:40]!r}; the filters are provider, recipient and limit")
    records = sandbox.outbox.find(provider=query.get("provider"), recipient=query.get("recipient"))
    return _json([_shown(record) for record in _newest(records, query.get("limit"))])


def _newest(records: list[Record], limit: str | None) -> list[Record]:
    if limit is None:
        return records
    if not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        raise ConfigError(f"limit must be a whole number, not {limit[:40]!r}")
    return records[max(0, len(records) - int(limit)) :]


def _forget(sandbox: Controlled, _query: Mapping[str, str], _body: bytes) -> web.Response:
    sandbox.outbox.clear()
    return web.Response(status=204)


def _faults(sandbox: Controlled, _query: Mapping[str, str], _body: bytes) -> web.Response:
    return _json([{**fault.given(), "hits": hits} for fault, hits in sandbox.faults.hits()])


def _add_faults(sandbox: Controlled, _query: Mapping[str, str], body: bytes) -> web.Response:
    document = read_json(body)
    if document is None:
        raise ConfigError("the body is not JSON")
    added = faults_from(document)
    _add(sandbox.faults, added)
    return _json([fault.given() for fault in added], status=201)


def _add(script: Script, faults: tuple[Fault, ...]) -> None:
    # All or none.
    for fault in faults:
        script.check(fault)
    for fault in faults:
        script.add(fault)


def _clear_faults(sandbox: Controlled, _query: Mapping[str, str], _body: bytes) -> web.Response:
    sandbox.faults.clear()
    return web.Response(status=204)


def _counts(sandbox: Controlled, _query: Mapping[str, str], _body: bytes) -> web.Response:
    return _json(sandbox.counts)


def _callbacks(sandbox: Controlled, _query: Mapping[str, str], _body: bytes) -> web.Response:
    return _json(sandbox.callbacks.as_dict())


def _incoming(sandbox: Controlled, _query: Mapping[str, str], body: bytes) -> web.Response:
    return _json({"message_id": sandbox.incoming(Note.of(read_json(body)))}, status=201)


def _notice(sandbox: Controlled, _query: Mapping[str, str], body: bytes) -> web.Response:
    document = read_json(body)
    if not isinstance(document, dict):
        raise ConfigError("the body must be a JSON object")
    event: Event = event_from_dict({"key": secrets.token_hex(16), **document})
    if not isinstance(event, Notice):
        raise ConfigError("type must be one of template, quality, media and record")
    sandbox.notice(event)
    return _json(event_to_dict(event), status=201)


def _memory(sandbox: Controlled, _query: Mapping[str, str], _body: bytes) -> web.Response:
    return _json({name: mount.memory.snapshot() for name, mount in sandbox.mounts.items()})


def _reset(sandbox: Controlled, query: Mapping[str, str], _body: bytes) -> web.Response:
    sandbox.reset(query.get("provider"))
    return web.Response(status=204)


_ACTIONS: Mapping[str, Mapping[str, _Action]] = {
    f"/{NAME}": {"GET": _overview},
    f"/{NAME}/accepted": {"GET": _accepted, "DELETE": _forget},
    f"/{NAME}/faults": {"GET": _faults, "POST": _add_faults, "DELETE": _clear_faults},
    f"/{NAME}/counts": {"GET": _counts},
    f"/{NAME}/callbacks": {"GET": _callbacks},
    f"/{NAME}/incoming": {"POST": _incoming},
    f"/{NAME}/notice": {"POST": _notice},
    f"/{NAME}/memory": {"GET": _memory, "DELETE": _reset},
}


def _shown(record: Record) -> dict[str, Any]:
    return {
        **{item.name: getattr(record, item.name) for item in attrs.fields(Record)},
        "files": [attrs.asdict(file) for file in record.files],
    }


def _plain(value: object) -> object:
    if isinstance(value, Upload):
        return {"name": value.name, "content_type": value.content_type, "size": value.size}
    return dict(value) if isinstance(value, Mapping) else str(value)


def _json(document: object, status: int = 200) -> web.Response:
    return web.Response(status=status, text=json.dumps(document, default=_plain), content_type="application/json")


def _error(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, text=json.dumps({"error": sentence}), content_type="application/json", headers=headers
    )
