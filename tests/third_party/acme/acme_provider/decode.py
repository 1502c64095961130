"""From an answer to a result or an error; the verdict and the error stand on one reading, so they cannot differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from acme_provider import codes
from acme_provider.config import NAME
from wamsg.errors import SendError, Unanswered
from wamsg.model import PhoneNumber, SendResult
from wamsg.settings import Secret
from wamsg.wire import OK, Response, Verdict, retry_after

_CODE = re.compile(r"A\d{3}", re.ASCII)
_NUMBER = re.compile(r"\d{7,}")


@frozen
class Reading:
    """What an answer says; ``error`` is None for an acceptance."""

    error: type[SendError] | None
    code: str | None
    document: Mapping[str, Any]


def read(response: Response) -> Reading:
    """Acme's own code before the status: its 400 may be an empty balance, its 500 a plain "later"."""
    found = response.json()
    document = found if isinstance(found, dict) else {}
    accepted = 200 <= response.status < 300
    if accepted and document.get("ok") is True:
        return Reading(None, None, document)
    code = _fault(document).get("code")
    code = code if isinstance(code, str) and _CODE.fullmatch(code) else None
    error = codes.CODES.get(code or "")
    if error is None:
        # A 2xx that cannot be understood may be an acceptance.
        error = Unanswered if accepted else codes.by_status(response.status)
    return Reading(error, code, document)


def classify(response: Response) -> Verdict:
    """What an answer means for the pipeline."""
    error = read(response).error
    return OK if error is None else Verdict(codes.meaning(error), retry_after=_wait(response))


@frozen(kw_only=True)
class Decoder:
    """Reads the answers to one account's requests."""

    #: Kept only to strike it out, should Acme repeat it.
    token: Secret
    lanes: tuple[str, ...]

    def sent(self, to: tuple[PhoneNumber, ...]) -> Callable[[Response], SendResult]:
        """What decodes the answer to a send."""

        def decode(response: Response) -> SendResult:
            document = self._accepted(response)
            return SendResult(provider=NAME, to=to, message_id=_text(document, "id"), raw=document)

        return decode

    def uploaded(self, response: Response) -> str:
        """The id of uploaded media. Raises `Unanswered` where the answer names none."""
        media_id = _text(self._accepted(response), "media_id")
        if media_id is None:
            raise self._error(Unanswered, "the answer names no media_id", response)
        return media_id

    def account(self, response: Response) -> str:
        """One sentence about the account."""
        name = _text(self._accepted(response), "account") or "without a name"
        return f"Acme account {self._shown(name)} is good"

    def _accepted(self, response: Response) -> Mapping[str, Any]:
        reading = read(response)
        if reading.error is None:
            return reading.document
        said = _text(_fault(reading.document), "say") or f"answered with status {response.status}"
        raise self._error(reading.error, said, response, code=reading.code)

    def _error(self, kind: type[SendError], said: str, response: Response, *, code: str | None = None) -> SendError:
        return kind(
            self._shown(said),
            provider=NAME,
            code=code,
            http_status=response.status,
            retry_after=_wait(response),
            lanes=self.lanes,
        )

    def _shown(self, text: str) -> str:
        """Acme's words fit for an error: on one line, bounded, without the token and without phone numbers."""
        line = "".join(character if character.isprintable() else " " for character in text)
        return _NUMBER.sub("..", " ".join(line.split()).replace(self.token.reveal(), "****"))[:200]


def _fault(document: Mapping[str, Any]) -> Mapping[str, Any]:
    fault = document.get("fault")
    return fault if isinstance(fault, dict) else {}


def _text(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and value.strip() and value.isprintable() else None


def _wait(response: Response) -> float | None:
    return retry_after(response.headers, received_at=response.received_at)
