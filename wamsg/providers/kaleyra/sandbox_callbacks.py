"""What the fake server calls back with: Kaleyra's frame of one status, "not sent", Meta's frame of many, and messages.

Sources: https://developers.kaleyra.io/docs/wa-status-update-webhooks-payload-v2-sent and
https://developers.kaleyra.io/docs/wa-status-update-webhooks-payload-v2-daily-limit-reached
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from wamsg.driver import Accepted, Callback, Told, Written
from wamsg.errors import Unsupported
from wamsg.model.event import DeliveryStatus
from wamsg.providers.kaleyra.config import NAME
from wamsg.providers.kaleyra.sandbox_incoming import document_of
from wamsg.providers.kaleyra.sandbox_refusals import DAILY_LIMIT
from wamsg.providers.kaleyra.sandbox_tables import METADATA, WABA
from wamsg.providers.kaleyra.sandbox_variables import STYLES

_Object = dict[str, object]
#: The last five digits of a recipient, and why a message for it fails after it was accepted: Meta's code, Kaleyra's,
#: or the reason of a "not sent" whose code is not documented.
LATE: Mapping[str, str] = MappingProxyType(
    {
        "31026": "131026",
        "31047": "131047",
        "31049": "131049",
        "31050": "131050",
        "42102": DAILY_LIMIT.code,
        "42103": "Number opted out",
        "42104": "Country traffic blocked",
    }
)
#: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
_TITLES = {
    "131026": "Message undeliverable",
    "131047": "Re-engagement message",
    "131049": "This message was not delivered to maintain healthy ecosystem engagement",
    "131050": "User has stopped marketing messages",
}
_UNDELIVERABLE = "131026"


def fate(accepted: Accepted, fault: str | None) -> tuple[Told, ...]:
    """Sent, delivered and read; or sent and failed, with a code of Meta's; or not sent at all."""
    fault = fault or LATE.get(accepted.recipient[-5:])
    if fault is None:
        return tuple(
            Told(accepted=accepted, status=status)
            for status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ)
        )
    failed = Told(accepted=accepted, status=DeliveryStatus.FAILED, fault=fault)
    return (Told(accepted=accepted, status=DeliveryStatus.SENT), failed) if _is_metas(fault) else (failed,)


def callbacks(told: Sequence[Told]) -> tuple[Callback, ...]:
    """One call if they fit into Meta's frame, which holds any number; one more for each "not sent", which does not."""
    apart = [one for one in told if not _fits(one)]
    together = [one for one in told if _fits(one)]
    made = [_call(_not_sent(one), one) for one in apart]
    if len(together) == 1:
        made.append(_call(_status_frame(together[0]), together[0]))
    elif together:
        made.append(_call(_meta_frame(together), *together))
    return tuple(made)


def incoming(written: Written) -> Callback:
    """A message in Kaleyra's frame, or in the variables of a profile if ``style`` says so."""
    if written.style is None:
        return _call(document_of(written))
    if written.style not in STYLES:
        message = f"{NAME} has the styles {', '.join(STYLES)}, beside its own frame"
        raise Unsupported(message, provider=NAME, feature="style")
    return STYLES[written.style](written)


def _is_metas(fault: str) -> bool:
    return fault.isascii() and fault.isdigit()


def _fits(told: Told) -> bool:
    return told.fault is None or _is_metas(told.fault)


def _call(document: Mapping[str, object], *told: Told) -> Callback:
    return Callback(body=json.dumps(document).encode(), told=told)


def _status_frame(told: Told) -> _Object:
    change = {"value": _value([_status(told)]), "field": "messages"}
    answered, other = _ids(told)
    return {
        "meta_object": change,
        "extra_info": _info(told, other),
        "status": told.status.value,
        "message_id": answered,
    }


def _meta_frame(told: Sequence[Told]) -> _Object:
    # Beside several statuses there is no room for Kaleyra's `extra_info`; this is where Meta itself has a reference.
    statuses = [
        {**_status(one), **({"biz_opaque_callback_data": one.accepted.reference} if one.accepted.reference else {})}
        for one in told
    ]
    entry = {"id": WABA, "changes": [{"value": _value(statuses), "field": "messages"}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def _not_sent(told: Told) -> _Object:
    fault, (answered, other) = str(told.fault), _ids(told)
    # In the samples the two ids stand the other way round than in those of the frame.
    why = {"code": fault, "reason": DAILY_LIMIT.message} if fault == DAILY_LIMIT.code else {"reason": fault}
    return {**why, "status": "not sent", "message_id": other, "extra_info": _info(told, answered)}


def _ids(told: Told) -> tuple[str, str]:
    """The id that the send was answered with, and another one that Kaleyra gives the same message."""
    answered = str(told.accepted.message_id)
    return answered, f"wamid.{answered}"


def _value(statuses: list[_Object]) -> _Object:
    return {"messaging_product": "whatsapp", "metadata": METADATA, "statuses": statuses}


def _status(told: Told) -> _Object:
    status: _Object = {
        "id": str(told.accepted.message_id),
        "status": told.status.value,
        "timestamp": _seconds(told.at),
        "recipient_id": told.accepted.recipient,
    }
    if told.status is DeliveryStatus.FAILED:
        code = told.fault or _UNDELIVERABLE
        title = _TITLES.get(code, "Message failed")
        details = {"details": f"{title}."}
        status["errors"] = [{"code": int(code), "title": title, "message": title, "error_data": details}]
    return status


def _info(told: Told, message_id: str) -> _Object:
    sent = told.accepted.body.get("extra_info")
    own = {
        name: value for name in ("ref1", "ref2") if isinstance(sent, dict) and isinstance(value := sent.get(name), str)
    }
    return {
        "trace_id": f"trace-{told.accepted.message_id}",
        "message_id": message_id,
        "waba_id": WABA,
        "ref": told.accepted.reference or "",
        "ref1": "",
        "ref2": "",
        **own,
        "enable_url_tracking_body": False,
        "enable_url_tracking_button": False,
    }


def _seconds(at: float) -> str:
    return str(int(at))
