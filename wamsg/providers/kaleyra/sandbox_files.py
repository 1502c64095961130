"""The fake server's files: uploads with a lifetime, and the large ones for templates."""

from __future__ import annotations

from wamsg.dialect.allowance import Allowance
from wamsg.dialect.served import Call, Handler, fields_of, window
from wamsg.providers.kaleyra.api.files import RESUMABLE
from wamsg.providers.kaleyra.limits import FILES
from wamsg.providers.kaleyra.sandbox_refusals import TOO_MANY, bad, success
from wamsg.providers.kaleyra.sandbox_tables import media, recent, resumable
from wamsg.wire import Response, Upload

#: Seconds that an id is good for: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media
MEDIA_LIFE = 30 * 24 * 3600
_MOST = {kind.mime: rule.most_bytes for rule in FILES.values() for kind in rule.types}
_AN_HOUR = Allowance(20, 3600)
#: https://developers.kaleyra.io/docs/whatsapp-resumable-api-v2-upload-resumable-media
_KEPT = 3 * 24 * 3600


def _upload(call: Call) -> Response:
    file, kind = _file(call)
    if kind not in _MOST or file.size > _MOST[kind]:
        return bad("the file is of no type that is taken, or too large")
    key = str(10**14 + call.serial)
    media(call.memory).put(key, {"type": kind, "size": file.size, "until": call.now + MEDIA_LIFE})
    return success({"id": key})


def _create(call: Call) -> Response:
    file, kind = _file(call)
    if kind not in RESUMABLE.types:
        return bad("the file is of no type that is taken")
    if _AN_HOUR.wait(recent(call.memory), f"resumable-media/{call.text('waba_id')}", call.now):
        return TOO_MANY.response()
    key = str(call.serial)
    row = {
        "id": key,
        "file_name": file.name,
        "file_link": f"https://sandbox.example/resumable/{key}",
        "uploaded_file_handle": f"sandbox-handle-{key}",
        "status": "UPLOADED",
        "waba_id": call.text("waba_id"),
        "created_at": call.now,
    }
    resumable(call.memory).put(key, row)
    # It is uploaded in the background: the handle comes later.
    return success({"id": key, "file_name": file.name, "waba_id": row["waba_id"]})


def _list(call: Call) -> Response:
    wanted = call.text("id")
    rows = [
        row
        for row in resumable(call.memory).rows()
        if row["waba_id"] == call.text("waba_id") and wanted in ("", row["id"]) and row["created_at"] > call.now - _KEPT
    ]
    return success(window(rows, **page_of(call))[0])


def page_of(call: Call) -> dict[str, int]:
    """Where a page begins, and how many it has."""
    start, size = call.values["offset"], call.values["limit"]
    assert isinstance(start, int) and isinstance(size, int)  # noqa: S101, PT018 -- their rules say so
    return {"start": start, "size": size}


def _file(call: Call) -> tuple[Upload, str]:
    file = call.values["file"]
    assert isinstance(file, Upload)  # noqa: S101 -- its rule says so
    return file, str(fields_of(call.request.body).get("type"))


HANDLERS: dict[str, Handler] = {
    "media.upload": _upload,
    "resumable_media.create": _create,
    "resumable_media.list": _list,
}
