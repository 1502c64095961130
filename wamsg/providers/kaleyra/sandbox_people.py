"""The fake server's people and numbers: who is blocked, who has opted in, who is told, and who sends."""

from __future__ import annotations

import re
from typing import TypeAlias

from wamsg.dialect.served import Call, Handler, window
from wamsg.model import PhoneNumber
from wamsg.providers.kaleyra.config import EXAMPLE
from wamsg.providers.kaleyra.sandbox_files import page_of
from wamsg.providers.kaleyra.sandbox_refusals import UNKNOWN_SENDER, answer, bad, success
from wamsg.providers.kaleyra.sandbox_tables import MOST_BLOCKED, blocked, consent, profiles
from wamsg.wire import Response

_User: TypeAlias = dict[str, object]
_SENDER = PhoneNumber(EXAMPLE["sender"])
_CURSOR = re.compile(r"sandbox-([0-9]{1,18})")
_STATUSES = {"OPT_IN": 1, "OPT_OUT": 0}
_UNKNOWN = -1
_PAGE = 25


def _block(call: Call) -> Response:
    table = blocked(call.memory)
    added: list[_User] = []
    failed: list[_User] = []
    for index, number in enumerate(_numbers(call)):
        digits = number.removeprefix("+")
        user: _User = {"input": number, "wa_id": digits}
        if digits not in table and len(table) >= MOST_BLOCKED:
            failed.append({**user, "errors": [{"message": f"The block list has {MOST_BLOCKED} users already."}]})
            continue
        if digits not in table:
            # The mark grows with every entry, so that a page goes on behind it whoever was unblocked meanwhile.
            table.put(digits, {"wa_id": digits, "mark": call.serial * 1000 + index})
        added.append(user)
    return _outcome(added_users=added, failed_users=failed)


def _unblock(call: Call) -> Response:
    removed: list[_User] = []
    failed: list[_User] = []
    for number in _numbers(call):
        digits = number.removeprefix("+")
        known = blocked(call.memory).drop(digits)
        (failed if known is None else removed).append({"input": number, "wa_id": digits})
    return _outcome(removed_users=removed, failed_users=failed)


def _blocked(call: Call) -> Response:
    cursor = _CURSOR.fullmatch(call.text("after") or "sandbox-0")
    if cursor is None:
        return bad("there is no such cursor")
    size = call.values.get("limit", _PAGE)
    rows = [row for row in blocked(call.memory).rows() if row["mark"] >= int(cursor[1])]
    page, _ = window(rows, start=0, size=size if isinstance(size, int) else _PAGE)
    users = [{"messaging_product": "whatsapp", "wa_id": row["wa_id"]} for row in page]
    cursors = {"before": f"sandbox-{page[0]['mark']}", "after": f"sandbox-{page[-1]['mark'] + 1}"} if page else {}
    return success(users, paging={"cursors": cursors})


def _outcome(**users: list[_User]) -> Response:
    told = {name: items for name, items in users.items() if items}
    return success({"messaging_product": "whatsapp", "block_users": told})


def _numbers(call: Call) -> list[str]:
    numbers = call.values["block_users"]
    return [str(number) for number in numbers] if isinstance(numbers, list) else []


def _update(call: Call) -> Response:
    if call.text("sender") != _SENDER.e164:
        return UNKNOWN_SENDER.response()
    row = {"contact_identifier": call.text("contact"), "status": _STATUSES[call.text("consent_status")]}
    consent(call.memory).put(f"{call.text('channel')}/{call.text('contact')}", row)
    return answer(202, {"message": "Accepted"})


def _validate(call: Call) -> Response:
    if call.text("sender") != _SENDER.e164:
        return UNKNOWN_SENDER.response()
    contacts = call.values["contacts"]
    known = consent(call.memory)
    return success(
        [
            known.get(f"{call.text('channel')}/{contact}") or {"contact_identifier": contact, "status": _UNKNOWN}
            for contact in (contacts if isinstance(contacts, list) else [])
        ]
    )


def _create_profile(call: Call) -> Response:
    key = str(call.serial)
    given = {name: value for name, value in call.values.items() if value is not None}
    return success(profiles(call.memory).put(key, {"id": key, **given}))


def _list_profiles(call: Call) -> Response:
    wanted = call.text("title")
    rows = [row for row in profiles(call.memory).rows() if wanted in ("", row["title"])]
    return success(window(rows, **page_of(call))[0])


def _details(_call: Call) -> Response:
    # What is listed at https://developers.kaleyra.io/docs/fetch-phone-number-details-api, under Meta's names.
    number = {
        "id": "100000000000001",
        "display_phone_number": _SENDER.e164,
        "verified_name": "Sandbox",
        "name_status": "APPROVED",
        "quality_rating": "GREEN",
        "messaging_limit_tier": "TIER_1K",
        "status": "CONNECTED",
        "throughput": {"level": "STANDARD"},
        "health_status": {
            "can_send_message": "AVAILABLE",
            "entities": [
                {"entity_type": "PHONE_NUMBER", "id": "100000000000001", "can_send_message": "AVAILABLE"},
            ],
        },
    }
    return success(number)


def _list_numbers(call: Call) -> Response:
    number = {
        "id": "100000000000001",
        "display_phone_number": _SENDER.e164,
        "verified_name": "Sandbox",
        "status": "CONNECTED",
        "waba_id": call.text("waba_id"),
    }
    return success([number])


HANDLERS: dict[str, Handler] = {
    "users.block": _block,
    "users.unblock": _unblock,
    "users.blocked": _blocked,
    "consent.update": _update,
    "consent.validate": _validate,
    "callback_profiles.create": _create_profile,
    "callback_profiles.list": _list_profiles,
    "numbers.details": _details,
    "numbers.list": _list_numbers,
}
