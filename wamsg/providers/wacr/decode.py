"""From an answer to a result or an error; `classify` and `Decoder` stand on one judgement, so they cannot differ."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from wamsg.errors import CodeRefused, PlanLimit
from wamsg.model import PhoneNumber, SendResult
from wamsg.providers.wacr import codes
from wamsg.providers.wacr.codes import Fault
from wamsg.providers.wacr.endpoints import Endpoint
from wamsg.providers.wacr.reply import Reply, one_line
from wamsg.settings import Secret
from wamsg.wire import OK, Meaning, Response, Verdict, retry_after

#: Kinds of lanes that are one phone's alone.
OTP_LANES = ("otp-resend", "otp-verify")


def classify(response: Response) -> Verdict:
    """What an answer means for the pipeline; copes with any bytes."""
    reply = Reply.of(response)
    fault = judge(response.status, reply)
    if fault is None:
        return OK
    # Only 429s about one phone's codes are documented to tell their wait in the body; they must not stop the account.
    kinds = OTP_LANES if fault.meaning is Meaning.THROTTLED and reply.retry_after is not None else ()
    return Verdict(fault.meaning, retry_after=_wait(response, reply), lane_kinds=kinds)


def judge(status: int, reply: Reply, *, media: bool = False) -> Fault | None:
    """What is wrong, or None for an acceptance.

    ``media`` only refines which kind of refusal it is. Any 2xx with a JSON object is an acceptance (201 for a
    created message, an extra field, no message id) unless it says ``success: false`` itself.
    """
    accepted = 200 <= status < 300
    if accepted and reply.document is None:
        return codes.UNREADABLE
    if accepted and not reply.failed:
        return None
    known = codes.CODES.get(reply.code or "")
    if known is not None:
        return known
    if accepted:
        return codes.FAILED
    if status == 422 and media and _is_about_media(reply):
        return codes.INLINE_MEDIA
    return codes.by_status(status)


def _is_about_media(reply: Reply) -> bool:
    # The inline 422 has no code; where it names fields, a complaint about the phone is no complaint about the file.
    names = [name for name, _ in reply.complaints()]
    return not names or any(name.startswith("media") for name in names)


def _wait(response: Response, reply: Reply) -> float | None:
    # Codes of OTPs are documented to carry retry_after in the body; no page speaks of headers, but proxies send them.
    seconds = retry_after(response.headers, received_at=response.received_at)
    return reply.retry_after if seconds is None else seconds


@frozen(kw_only=True)
class Decoder:
    """Reads the answers to one account's requests."""

    #: Kept only to strike it out, should the provider repeat it.
    token: Secret
    lanes: tuple[str, ...]

    def sent(self, endpoint: Endpoint, to: tuple[PhoneNumber, ...], response: Response) -> SendResult:
        """The result of a send; raises a `wamsg.errors.SendError`."""
        reply = self.accepted(response, scope=endpoint.scope, media=endpoint.media)
        return SendResult(provider="wacr", to=to, message_id=reply.message_id, raw=reply.document or {})

    def accepted(
        self,
        response: Response,
        *,
        scope: str | None,
        media: bool = False,
        lanes: tuple[str, ...] | None = None,
    ) -> Reply:
        """The body of an acceptance; raises the `wamsg.errors.SendError` that any other answer means."""
        reply = Reply.of(response)
        # Where the pipeline has asked `classify` already, the same judgement came to OK.
        fault = None if response.verdict is OK else judge(response.status, reply, media=media)
        if fault is None:
            return reply
        raise fault.error(
            self._sentence(fault, scope, reply),
            **self._own_facts(fault, reply),
            **self.facts(response, reply, lanes),
        )

    def facts(self, response: Response, reply: Reply, lanes: tuple[str, ...] | None = None) -> dict[str, Any]:
        """What every error about this answer carries."""
        return {
            "provider": "wacr",
            "code": self.shown(reply.code or "", 64) or None,
            "http_status": response.status,
            "retry_after": _wait(response, reply),
            # Not masked as text is: a uuid often holds as many digits in a row as a phone number.
            "request_id": reply.request_id and self._struck(reply.request_id),
            "lanes": self.lanes if lanes is None else lanes,
        }

    def shown(self, text: str, longest: int) -> str:
        """``text`` fit to be shown to people; see `one_line`."""
        return one_line(self._struck(text), longest)

    def _own_facts(self, fault: Fault, reply: Reply) -> dict[str, Any]:
        """What only this kind of error carries."""
        if fault.error is PlanLimit:
            feature = reply.fact("feature")
            named = self.shown(feature, 64) if isinstance(feature, str) else ""
            return {"feature": named or None, "current": _count(reply, "current"), "maximum": _count(reply, "maximum")}
        if fault.error is CodeRefused:
            return {"attempts_remaining": _count(reply, "attempts_remaining")}
        return {}

    def _sentence(self, fault: Fault, scope: str | None, reply: Reply) -> str:
        own = fault.says.format(scope=scope or "that this needs") + self._used_up(reply)
        said = self.shown(reply.message, 200)
        return f"{own}: {said}" if said else own

    def _used_up(self, reply: Reply) -> str:
        # "Error details" of FEATURE_LIMIT_EXCEEDED: https://docs.app.wa.cr/create-contact-28559784e0
        facts = [reply.fact(name) for name in ("feature", "current", "maximum")]
        if not all(isinstance(fact, str | int) for fact in facts):
            return ""
        feature, current, maximum = (self.shown(str(fact), 32) for fact in facts)
        return f" ({feature}: {current} of {maximum})"

    def _struck(self, text: str) -> str:
        return text.replace(self.token.reveal(), "****")


def _count(reply: Reply, name: str) -> int | None:
    value = reply.fact(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
