"""From an answer to a result or an error; `classify` and `Decoder` stand on one judgement, so they cannot differ."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from wamsg.model import PhoneNumber, SendResult
from wamsg.providers.wacr import codes
from wamsg.providers.wacr.codes import Fault
from wamsg.providers.wacr.endpoints import ACCOUNT, LIMITS, Endpoint
from wamsg.providers.wacr.reply import Fields, Reply, one_line
from wamsg.settings import Secret
from wamsg.wire import OK, Response, Verdict, retry_after


def classify(response: Response) -> Verdict:
    """What an answer means for the pipeline; copes with any bytes."""
    reply = Reply.of(response)
    fault = judge(response.status, reply)
    return OK if fault is None else Verdict(fault.meaning, retry_after=_wait(response, reply))


def judge(status: int, reply: Reply, endpoint: Endpoint | None = None) -> Fault | None:
    """What is wrong, or None for an acceptance.

    ``endpoint`` only refines which kind of refusal it is. Any 2xx with a JSON object is an acceptance (201 for a
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
    if status == 422 and endpoint is not None and endpoint.media and _is_about_media(reply):
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
        reply = self.accepted(endpoint, response)
        return SendResult(provider="wacr", to=to, message_id=reply.message_id, raw=reply.document or {})

    def account(self, response: Response) -> str:
        """One sentence about the account; raises a `wamsg.errors.SendError`."""
        data = self.accepted(ACCOUNT, response).data
        # The page shows the plan in an object whose name it does not spell out.
        places = [data, *(value for value in data.values() if isinstance(value, dict))]
        plan = next((text for text in (self._text(place, "plan_name") for place in places) if text), "not named")
        name, status = self._text(data, "name"), self._text(data, "status")
        return f"WA.cr account {name or 'without a name'} is {status or 'of unknown status'}, plan {plan}"

    def limits(self, response: Response) -> Mapping[str, str | None]:
        """What `wamsg.Client.learn_limits` takes over: ``data.limits.api_calls_per_minute``, where -1 is unlimited.

        Empty where the answer does not say. Raises a `wamsg.errors.SendError`.
        """
        limits = self.accepted(LIMITS, response).data.get("limits")
        calls = limits.get("api_calls_per_minute") if isinstance(limits, dict) else None
        count = calls.get("limit") if isinstance(calls, dict) else None
        if not isinstance(count, int) or isinstance(count, bool):
            return {}
        if count == -1:
            return {"account": None}
        return {"account": f"{count}/min"} if 0 < count < 1_000_000 else {}

    def accepted(self, endpoint: Endpoint, response: Response) -> Reply:
        """The body of an acceptance; raises the `wamsg.errors.SendError` that any other answer means."""
        reply = Reply.of(response)
        # Where the pipeline has asked `classify` already, the same judgement came to OK.
        fault = None if response.verdict is OK else judge(response.status, reply, endpoint)
        if fault is None:
            return reply
        raise fault.error(
            self._sentence(fault, endpoint, reply),
            provider="wacr",
            code=self._shown(reply.code or "", 64) or None,
            http_status=response.status,
            retry_after=_wait(response, reply),
            # Not masked as text is: a uuid often holds as many digits in a row as a phone number.
            request_id=reply.request_id and self._struck(reply.request_id),
            lanes=self.lanes,
        )

    def _sentence(self, fault: Fault, endpoint: Endpoint, reply: Reply) -> str:
        own = fault.says.format(scope=endpoint.scope) + self._used_up(reply)
        said = self._shown(reply.message, 200)
        return f"{own}: {said}" if said else own

    def _used_up(self, reply: Reply) -> str:
        # "Error details" of FEATURE_LIMIT_EXCEEDED: https://docs.app.wa.cr/create-contact-28559784e0
        facts = [reply.fact(name) for name in ("feature", "current", "maximum")]
        if not all(isinstance(fact, str | int) for fact in facts):
            return ""
        feature, current, maximum = (self._shown(str(fact), 32) for fact in facts)
        return f" ({feature}: {current} of {maximum})"

    def _text(self, place: Fields, name: str) -> str:
        value = place.get(name)
        return self._shown(value, 64) if isinstance(value, str) else ""

    def _shown(self, text: str, longest: int) -> str:
        return one_line(self._struck(text), longest)

    def _struck(self, text: str) -> str:
        return text.replace(self.token.reveal(), "****")
