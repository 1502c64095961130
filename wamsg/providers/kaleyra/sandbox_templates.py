"""The fake server's templates: asked for, reviewed at once, edited within the documented bounds, deleted."""

from __future__ import annotations

from wamsg.dialect import Row
from wamsg.dialect.allowance import Allowance
from wamsg.dialect.served import Call, Handler
from wamsg.providers.kaleyra.sandbox_refusals import TOO_MANY, bad, success
from wamsg.providers.kaleyra.sandbox_tables import recent, templates
from wamsg.wire import Response

#: What a review comes to, by the last word of the template's name; everything else is approved.
REVIEWS = {"pending": "PENDING", "rejected": "REJECTED", "paused": "PAUSED", "disabled": "DISABLED"}
#: https://developers.kaleyra.io/docs/whatsapp-template-api-v2-create-template
_LONGEST_TEXT = 1024
_AN_HOUR = Allowance(100, 3600)
#: https://developers.kaleyra.io/docs/whatsapp-template-api-v2-edit-template
_EDITABLE = frozenset({"APPROVED", "REJECTED", "PAUSED"})
_A_DAY, _A_MONTH = Allowance(1, 24 * 3600), Allowance(10, 30 * 24 * 3600)


def _list(call: Call) -> Response:
    return success(_of(call))


def _create(call: Call) -> Response:
    if _AN_HOUR.wait(recent(call.memory), f"templates-create/{call.text('waba_id')}", call.now):
        return TOO_MANY.response()
    name, language = call.text("name"), call.text("language")
    if any((row["name"], row["language"]) == (name, language) for row in _of(call)):
        return bad("there is such a template in this language")
    components = call.values["components"]
    if _too_long(components):
        return bad(f"a text has more than {_LONGEST_TEXT} characters")
    key = str(10**15 + call.serial)
    row = {
        "id": key,
        "name": name,
        "language": language,
        "category": call.text("category"),
        "status": _reviewed(name),
        "components": components,
        "company_id": "1",
        "waba_id": call.text("waba_id"),
    }
    templates(call.memory).put(key, row)
    # The review comes after the answer.
    return success({"id": key, "status": "PENDING", "category": row["category"]})


def _edit(call: Call) -> Response:
    if _AN_HOUR.wait(recent(call.memory), f"templates-edit/{call.text('waba_id')}", call.now):
        return TOO_MANY.response()
    changes = {name: call.values[name] for name in ("category", "components") if name in call.values}
    row = next((row for row in _of(call) if row["id"] == call.text("template_id")), None)
    if row is None:
        return bad("there is no such template")
    if len(changes) != 1:
        return bad("category and components are edited in separate requests")
    if row["status"] not in _EDITABLE or _too_long(changes.get("components")):
        return bad(f"a template that is {row['status']} cannot be edited so")
    if row["status"] == "APPROVED" and ("category" in changes or not _may_edit(call, str(row["id"]))):
        return bad("an approved template keeps its category, and is edited once in 24 hours, 10 times in 30 days")
    edited = {**row, **changes, "status": _reviewed(str(row["name"]))}
    templates(call.memory).put(str(row["id"]), edited)
    return success({"id": row["id"], "status": edited["status"], "category": edited["category"]})


def _may_edit(call: Call, template_id: str) -> bool:
    table = recent(call.memory)
    waits = (
        _A_DAY.wait(table, f"edits/day/{template_id}", call.now),
        _A_MONTH.wait(table, f"edits/month/{template_id}", call.now),
    )
    return not any(waits)


def _delete(call: Call) -> Response:
    wanted = call.text("template_id")
    gone = [row for row in _of(call) if row["name"] == call.text("name") and wanted in ("", row["id"])]
    for row in gone:
        templates(call.memory).drop(str(row["id"]))
    return success({}) if gone else bad("there is no such template")


def _of(call: Call) -> list[Row]:
    return [row for row in templates(call.memory).rows() if row["waba_id"] == call.text("waba_id")]


def _reviewed(name: str) -> str:
    return REVIEWS.get(name.rpartition("_")[2], "APPROVED")


def _too_long(components: object) -> bool:
    texts = [item.get("text") for item in components if isinstance(item, dict)] if isinstance(components, list) else []
    return any(isinstance(text, str) and len(text) > _LONGEST_TEXT for text in texts)


HANDLERS: dict[str, Handler] = {
    "templates.list": _list,
    "templates.create": _create,
    "templates.edit": _edit,
    "templates.delete": _delete,
}
