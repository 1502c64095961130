"""A proof satisfies the schemes that it was made for, and a spoiled one does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import NotVerified
from wamsg.wire import Basic, Bearer, HmacSha256, Scheme, SharedHeader, verify
from wamsg.wire.proof import proof, spoiled

NOW = 1_700_000_000.75
SCHEMES: dict[str, tuple[Scheme, ...]] = {
    "bearer": (Bearer(("fake-new", "fake-old")),),
    "header": (SharedHeader("x-callback-secret", ("fake-secret",)),),
    "basic": (Basic(("user:p:w\u00e4",)),),
    "signature": (HmacSha256(("fake-key",)),),
    "stamped": (HmacSha256(("fake-key",), header="x-sign", timestamp_header="x-time"),),
    "several": (Bearer(("fake-token",)), SharedHeader("x-s", ("fake-secret",)), HmacSha256(("fake-key",))),
}


@pytest.mark.parametrize("name", SCHEMES)
@given(body=st.binary(max_size=60))
def test_a_proof_holds_and_a_spoiled_one_does_not(name: str, body: bytes) -> None:
    """Whatever the body, for each scheme and for several at once."""
    schemes = SCHEMES[name]
    headers = proof(schemes, body, now=NOW)

    verify(schemes, headers, body, now=NOW)
    with pytest.raises(NotVerified):
        verify(schemes, spoiled(headers), body, now=NOW)


def test_a_scheme_of_another_make_is_named() -> None:
    """Nothing is shown in the hope that it will do."""

    class Handshake:
        needs_body: ClassVar[bool] = False

        def check(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
            """Never asked."""

    with pytest.raises(TypeError, match="Handshake"):
        proof((Handshake(),), b"", now=NOW)
