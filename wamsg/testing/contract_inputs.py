"""Hypothesis strategies for the contract: messages, options, and answers as a provider, a gateway or a crash might
give them.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from wamsg.capabilities import FEATURES
from wamsg.model import Message, ReadReceipt
from wamsg.testing.strategies import contents, lines, phone_numbers
from wamsg.wire import Form, Headers, Part, Request, Response, Upload, read_json

_ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    _ANY_TEXT,
    st.sampled_from(["", "0", "x" * 2000, "a\r\nb", "\N{SNOWMAN}" * 600, "\x1b[31m", "\ud800", 10**400, -1]),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)
_HOSTILE = (
    b"",
    b"<html><body>502 Bad Gateway</body></html>",
    b"\xff\xfe\x00",
    b"null",
    b"[]",
    b"{}",
    b'{"a":',
)
#: Too big to be drawn and shrunk at random: nested too deep, far too long, a number without bound.
HUGE = (
    b"[" * 100_000,
    b'{"message": "' + b"x" * 1_000_000 + b'"}',
    b'{"id": ' + b"9" * 10_000 + b"}",
)
# Made once: to make a strategy costs far more than to draw from it.
_CONTENTS = contents() | st.sampled_from([message.content for message in FEATURES.values()])
_ONE = st.lists(phone_numbers(), min_size=1, max_size=1)
_SEVERAL = st.lists(phone_numbers(), min_size=2, max_size=3, unique=True)
_LINES = lines()
_RARELY = st.integers(0, 9).map(lambda number: number == 9)
_HEADERS = ("Retry-After", "retry-after-ms", "Date", "Content-Type", "X-Request-Id", "X-RateLimit-Remaining")
_WAITS = ("0", "7", "-1", "1e400", "nan", "Wed, 21 Oct 2015 07:28:00 GMT", "999999999999", "soon", "")


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Messages of every kind; one in ten answers another, one in ten has several recipients."""
    content = draw(_CONTENTS)
    if isinstance(content, ReadReceipt):
        return Message(content=content)
    to = draw(_SEVERAL if draw(_RARELY) else _ONE)
    return Message(content=content, to=tuple(to), reply_to=draw(_LINES) if draw(_RARELY) else None)


def options() -> st.SearchStrategy[dict[str, object]]:
    """Anything that could stand in ``provider_options``."""
    return st.dictionaries(_ANY_TEXT, _VALUES, min_size=1, max_size=2)


def responses(documents: list[Any]) -> st.SearchStrategy[Response]:
    """Answers of any status, with waits that make sense and waits that do not, and `bodies`."""
    usual = (200, 201, 204, 301, 307, 400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504)
    text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=300)
    return st.builds(
        Response,
        status=st.sampled_from(usual) | st.integers(100, 599),
        headers=st.dictionaries(st.sampled_from(_HEADERS), st.sampled_from(_WAITS) | text, max_size=3).map(Headers),
        body=bodies(documents),
        truncated=st.booleans(),
        received_at=st.just(1_700_000_000.0),
    )


def bodies(documents: list[Any]) -> st.SearchStrategy[bytes]:
    """Bodies from nothing to a torn or distorted one of ``documents``, the provider's own."""
    distorted = _distorted(documents).map(lambda document: json.dumps(document).encode())
    torn = st.builds(lambda body, end: body[:end], distorted, st.integers(0, 200))
    foreign = _VALUES.map(lambda document: json.dumps(document).encode())
    return st.one_of(distorted, torn, foreign, st.sampled_from(_HOSTILE), st.binary(max_size=50))


@st.composite
def _distorted(draw: st.DrawFn, documents: list[Any]) -> Any:
    """One of ``documents`` in which up to three values are gone or are something else."""
    changed = [copy.deepcopy(draw(st.sampled_from(documents)))]
    for _ in range(draw(st.integers(0, 3))):
        holder, key = draw(st.sampled_from(list(_places(changed))))
        if isinstance(holder, dict) and draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = draw(_VALUES)
    return changed[0]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(item)


def requests(known: list[Request], *, base: str) -> st.SearchStrategy[Request]:
    """One of ``known``, with some of its parts replaced by anything; ``base`` is where other paths start."""
    return st.one_of([_altered(request, base) for request in known])


def _altered(request: Request, base: str) -> st.SearchStrategy[Request]:
    return st.builds(
        partial(evolve, request),
        method=_mostly(request.method, ["GET", "POST", "PUT", "DELETE", "OPTIONS", ""]),
        url=_mostly(request.url, [base + path for path in ("", "/", "//", "/../", "/%2e%2e/%ff", "/\N{SNOWMAN}")]),
        headers=_mostly(request.headers, [{}, {name.upper(): "" for name in request.headers}])
        | st.dictionaries(st.sampled_from(sorted(request.headers)), _ANY_TEXT),
        body=st.just(request.body) | _request_bodies(request.body),
    )


def _mostly(usual: Any, others: list[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([*([usual] * 3 * len(others)), *others])


def _request_bodies(body: bytes | Form | None) -> st.SearchStrategy[bytes | Form | None]:
    """``body`` distorted, or another one altogether."""
    anything = st.none() | st.binary(max_size=50) | st.sampled_from(_HOSTILE) | _forms((Part("file", ""),))
    if isinstance(body, Form):
        return _forms(body.parts) | anything
    document = read_json(body) if body else None
    return bodies([document]) | _flattened(document) | anything if document is not None else anything


def _forms(parts: tuple[Part, ...]) -> st.SearchStrategy[Form]:
    upload = st.builds(
        Upload,
        name=_ANY_TEXT,
        content_type=_ANY_TEXT,
        size=st.integers(0, 2**40),
        data=st.binary(max_size=20) | st.none(),
    )
    some = st.sampled_from(parts)
    changed = st.builds(lambda part, value: Part(part.name, value), some, _ANY_TEXT | upload)
    return st.lists(some | changed | st.builds(Part, _ANY_TEXT, _ANY_TEXT), max_size=8).map(
        lambda kept: Form(tuple(kept))
    )


def _flattened(document: Any) -> st.SearchStrategy[Form]:
    """A JSON body's top-level texts as a form, as a careless client might send them."""
    texts = tuple(Part(name, value) for name, value in document.items() if isinstance(value, str))
    return _forms(texts or (Part("to", ""),))
