"""The other side of `wamsg.wire.verification`: the headers with which a caller proves who it is."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from wamsg.wire.verification import Basic, Bearer, HmacSha256, Scheme, SharedHeader


def proof(schemes: Sequence[Scheme], body: bytes, *, now: float) -> dict[str, str]:
    """Headers that satisfy all of ``schemes`` at ``now`` (seconds since 1970), by the first secret of each.

    Raises TypeError for a scheme of another kind than those of this package.
    """
    return {name: value for scheme in schemes for name, value in _shown(scheme, body, now).items()}


def spoiled(headers: dict[str, str]) -> dict[str, str]:
    """A proof that proves nothing: every value is another one."""
    return {name: f"{value}0" for name, value in headers.items()}


@singledispatch
def _shown(scheme: Any, _body: bytes, _now: float) -> dict[str, str]:
    raise TypeError(f"nobody knows how to satisfy {type(scheme).__name__}")


@_shown.register
def _(scheme: Bearer, _body: bytes, _now: float) -> dict[str, str]:
    return {"Authorization": f"Bearer {scheme.tokens[0].decode()}"}


@_shown.register
def _(scheme: SharedHeader, _body: bytes, _now: float) -> dict[str, str]:
    return {scheme.name: scheme.secrets[0].decode()}


@_shown.register
def _(scheme: Basic, _body: bytes, _now: float) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(scheme.pairs[0]).decode()}"}


@_shown.register
def _(scheme: HmacSha256, body: bytes, now: float) -> dict[str, str]:
    stamp = {} if scheme.timestamp_header is None else {scheme.timestamp_header: str(int(now))}
    signed = b"".join(value.encode() + b"." for value in stamp.values()) + body
    return {scheme.header: f"sha256={hmac.new(scheme.secrets[0], signed, hashlib.sha256).hexdigest()}", **stamp}
