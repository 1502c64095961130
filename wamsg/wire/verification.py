"""How a webhook's caller proves who it is: one value per scheme, all of them constant in time and closed by default.

A provider only says which schemes its settings ask for; `verify` holds them against what came in.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Protocol

from attrs import field, frozen

from wamsg.errors import NotVerified
from wamsg.wire.response import Headers

#: How far, in seconds, a signed timestamp may lie from now: the five minutes that signed webhooks commonly allow.
TOLERANCE = 300.0
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class Scheme(Protocol):
    """One way of proof."""

    #: Whether it is over the body. Whatever else fails is refused before anything of the body is held.
    needs_body: ClassVar[bool]

    def check(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Raise `NotVerified` unless ``headers`` (any case) and ``body`` prove it at ``now`` (seconds since 1970)."""
        ...


def verify(schemes: Sequence[Scheme], headers: Mapping[str, str], body: bytes, *, now: float) -> None:
    """Raise `NotVerified` unless every scheme is satisfied; without any scheme nothing is."""
    if not schemes:
        raise NotVerified(
            "no secret is configured for callbacks, so none is taken; set one and have the provider send it"
        )
    known = headers if isinstance(headers, Headers) else Headers(headers)
    for scheme in schemes:
        scheme.check(known, body, now)


def _secrets(values: Iterable[str]) -> tuple[bytes, ...]:
    found = tuple(value.encode() for value in values)
    if not all(found) or not found:
        raise ValueError("holds an empty secret")
    return found


@frozen
class Bearer:
    """``Authorization: Bearer <token>``; several tokens while they are being changed."""

    tokens: tuple[bytes, ...] = field(converter=_secrets, repr=False)
    needs_body: ClassVar[bool] = False

    def check(self, headers: Mapping[str, str], _body: bytes, _now: float) -> None:
        """See `Scheme.check`."""
        if not _one_of(self.tokens, _credentials(headers, "bearer")):
            raise NotVerified("the Authorization header holds no valid bearer token")


@frozen
class SharedHeader:
    """A header with an agreed value; several values while they are being changed."""

    name: str
    secrets: tuple[bytes, ...] = field(converter=_secrets, repr=False)
    needs_body: ClassVar[bool] = False

    def check(self, headers: Mapping[str, str], _body: bytes, _now: float) -> None:
        """See `Scheme.check`."""
        if not _one_of(self.secrets, _bytes(headers.get(self.name, ""))):
            raise NotVerified(f"the header {self.name} does not hold the agreed secret")


@frozen
class Basic:
    """``Authorization: Basic ..``; each pair is ``user:password``."""

    pairs: tuple[bytes, ...] = field(converter=_secrets, repr=False)
    needs_body: ClassVar[bool] = False

    def check(self, headers: Mapping[str, str], _body: bytes, _now: float) -> None:
        """See `Scheme.check`."""
        try:
            given = b64decode(_credentials(headers, "basic"), validate=True)
        except ValueError:
            given = b""
        if not _one_of(self.pairs, given):
            raise NotVerified("the Authorization header holds no valid user and password")


@frozen
class HmacSha256:
    """``X-Hub-Signature-256: sha256=<hex>`` over the raw body, as Meta signs.

    With ``timestamp_header`` what is signed is ``<timestamp>.<body>``, and a timestamp (seconds since 1970) that lies
    more than ``tolerance`` seconds from now is refused, so that a recorded call cannot be played again later.
    """

    secrets: tuple[bytes, ...] = field(converter=_secrets, repr=False)
    header: str = "X-Hub-Signature-256"
    timestamp_header: str | None = None
    tolerance: float = TOLERANCE
    needs_body: ClassVar[bool] = True

    def check(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """See `Scheme.check`."""
        given = _bytes(headers.get(self.header, "").strip().lower().removeprefix("sha256="))
        signed = self._stamped(headers, body, now)
        wanted = tuple(hmac.new(secret, signed, hashlib.sha256).hexdigest().encode() for secret in self.secrets)
        if not _one_of(wanted, given):
            raise NotVerified(f"the signature in {self.header} does not fit the body")

    def _stamped(self, headers: Mapping[str, str], body: bytes, now: float) -> bytes:
        if self.timestamp_header is None:
            return body
        stamp = headers.get(self.timestamp_header, "").strip()
        if not _TIMESTAMP.fullmatch(stamp) or abs(now - int(stamp)) > self.tolerance:
            raise NotVerified(f"the time in {self.timestamp_header} is missing or too far from now")
        return stamp.encode() + b"." + body


def _one_of(secrets: tuple[bytes, ...], given: bytes) -> bool:
    # A list, not a generator: all are compared, so that the time does not tell which one came close.
    return any([hmac.compare_digest(secret, given) for secret in secrets])  # noqa: C419 -- see above


def _credentials(headers: Mapping[str, str], scheme: str) -> bytes:
    word, _, rest = headers.get("Authorization", "").strip().partition(" ")
    return _bytes(rest.strip()) if word.lower() == scheme else b""


def _bytes(text: str) -> bytes:
    # Servers hand on what is no text as halves of pairs; it matches nothing, but must not raise either.
    return text.encode(errors="surrogatepass")
