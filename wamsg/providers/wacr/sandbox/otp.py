"""The fake server's one-time codes: sent, sent again, verified, expired by the sandbox's clock.

Whoever develops learns a code from the outbox, where the message that carries it has ``code`` in its body.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2s

from wamsg.dialect import Row
from wamsg.dialect.allowance import Allowance
from wamsg.dialect.served import Call
from wamsg.driver import Accepted, Answer
from wamsg.providers.wacr.sandbox import messages, people, tables, templates
from wamsg.providers.wacr.sandbox.answers import Data, failure, invalid, success, when
from wamsg.providers.wacr.sandbox.sends import admit
from wamsg.providers.wacr.sandbox.tokens import plan_of

#: https://docs.app.wa.cr/resend-otp-28559799e0
_RESENDS = Allowance(3, 300)
#: The page of verification names the limit and not its figure; this one stands in a sibling product's documentation.
_TRIES = Allowance(10, 60)
#: https://docs.app.wa.cr/verify-otp-28559798e0
_MOST_ATTEMPTS = 5
_PURPOSE, _LANGUAGE, _MINUTES = "authentication", "en", 10


def _send(call: Call) -> Answer:
    return _unsendable(call) or _deliver(call, call.text("code"))


def _resend(call: Call) -> Answer:
    refusal = _unsendable(call)
    if refusal is not None:
        return refusal
    wait = _RESENDS.wait(tables.recent(call), f"otp-resend/{_digits(call)}", call.now)
    if wait:
        return _too_often(call, wait)
    # Of the request alone, so that the same past gives the same code.
    number = int.from_bytes(blake2s(f"{call.serial}/{_digits(call)}".encode(), digest_size=8).digest())
    return _deliver(call, f"{number % 1_000_000:06}")


def _unsendable(call: Call) -> Answer | None:
    if plan_of(call.request)["whatsapp_templates"] == 0:
        message = "Templates are not available in the plan."
        return failure(403, message, call.serial, code="FEATURE_NOT_AVAILABLE")
    if not templates.can_carry_codes(_template(call)):
        says = "The template must exist in this language, be approved and of the category authentication."
        return invalid(call.serial, {"template_name": [says]})
    return None


def _deliver(call: Call, code: str) -> Answer:
    digits, row = _digits(call), _template(call)
    contact_id = call.values.get("contact_id")
    contact = admit(call, digits, contact_id if isinstance(contact_id, int) else None, {})
    if isinstance(contact, Answer):
        return contact
    minutes = int(call.text("expiry_minutes") or _MINUTES)
    more = call.values.get("additional_params")
    values = [code, str(minutes), *(map(str, more) if isinstance(more, list) else ())]
    text = templates.body_of(row, values)
    sent = messages.record(call, people.chat_with(call, digits), digits, "template", text)
    tables.codes(call).put(
        _key(call), {"code": code, "created_at": call.now, "expires_at": call.now + 60 * minutes, "attempts": 0}
    )
    data: Data = {
        "message_id": sent["message_id"],
        "contact_id": contact["id"],
        "phone": digits,
        "template_name": call.text("template_name"),
        "language": call.text("language") or _LANGUAGE,
        "code_sent": True,
        "expiry_minutes": minutes,
        "expires_at": when(call.now + 60 * minutes),
        "status": "sent",
        "sent_at": when(call.now),
    }
    body = {**call.values, "code": code}
    accepted = Accepted(recipient=digits, kind="otp", message_id=sent["message_id"], body=body)
    return success(data, "OTP sent successfully", accepted=[accepted])


def _verify(call: Call) -> Answer:
    tries = f"otp-verify/{_digits(call)}"
    wait = _TRIES.wait(tables.recent(call), tries, call.now)
    if wait:
        return _too_often(call, wait)
    row = tables.codes(call).get(_key(call))
    refusal = _refusal(call, row)
    if refusal is not None:
        return refusal
    tables.codes(call).drop(_key(call))
    tables.recent(call).drop(tries)
    data = {"phone": _digits(call), "purpose": call.text("purpose") or _PURPOSE, "verified_at": when(call.now)}
    return success(data, "OTP verified successfully")


def _refusal(call: Call, row: Row | None) -> Answer | None:
    if row is None:
        return _refused(call, "OTP_NOT_FOUND", "No OTP found for this phone number.")
    if row["attempts"] >= _MOST_ATTEMPTS:
        return _refused(call, "MAX_ATTEMPTS_EXCEEDED", "Maximum verification attempts exceeded.")
    if row["expires_at"] <= call.now:
        return _refused(call, "OTP_EXPIRED", "The OTP has expired.")
    if row["code"] == call.text("code"):
        return None
    attempts = row["attempts"] + 1
    tables.codes(call).put(_key(call), {**row, "attempts": attempts})
    remaining = {"attempts_remaining": _MOST_ATTEMPTS - attempts}
    return _refused(call, "INVALID_CODE", "The code is not right.", remaining)


def _status(call: Call) -> Answer:
    row = tables.codes(call).get(_key(call))
    message = "OTP status retrieved successfully"
    if row is None:
        return success({"has_active_otp": False, "message": "No active OTP found"}, message)
    data = {
        "has_active_otp": True,
        "expires_at": when(row["expires_at"]),
        "expires_in_seconds": int(row["expires_at"] - call.now),
        "is_expired": row["expires_at"] <= call.now,
        "verification_attempts": row["attempts"],
        "max_attempts": _MOST_ATTEMPTS,
        "attempts_remaining": _MOST_ATTEMPTS - row["attempts"],
        "created_at": when(row["created_at"]),
    }
    return success(data, message)


def _refused(call: Call, code: str, message: str, details: Mapping[str, object] | None = None) -> Answer:
    return failure(422, message, call.serial, code=code, details=details or {})


def _too_often(call: Call, wait: float) -> Answer:
    # Up to the next whole second, so that whoever waits so long is not too early.
    details = {"retry_after": -int(-wait // 1)}
    return failure(429, "Too many requests.", call.serial, code="RATE_LIMIT_EXCEEDED", details=details)


def _template(call: Call) -> Row | None:
    return templates.named(call, call.text("template_name"), call.text("language") or _LANGUAGE)


def _digits(call: Call) -> str:
    return people.digits_of(call.text("phone"))


def _key(call: Call) -> str:
    return f"{_digits(call)}/{call.text('purpose') or _PURPOSE}"


HANDLERS = {"otp.send": _send, "otp.resend": _resend, "otp.verify": _verify, "otp.status": _status}
