"""Who asks not to be messaged any more, in words of one's own."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.support.inbound_events import NOW, message
from wamsg.ledger.optout import OptOuts


@pytest.mark.parametrize(
    ("words", "stopping"),
    [
        pytest.param("Arr\u00eat", ["ARRE\u0302T.", "arr\u00eat"], id="a text is one word"),
        pytest.param(["\u092c\u0902\u0926", "parar"], ["\u092c\u0902\u0926", "\u200bParar,"], id="several"),
        pytest.param(["..."], [], id="one without letters is none"),
    ],
)
def test_words_of_ones_own_are_known(words: str | Iterable[str], stopping: list[str]) -> None:
    """However they are typed, and no single letter of them."""
    opt_outs = OptOuts(words)

    found = [text for text in [*stopping, "stop", "a", "A", "..."] if opt_outs.find(message("m", text), now=NOW)]

    assert stopping == found
