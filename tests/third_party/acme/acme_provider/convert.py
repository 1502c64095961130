"""The private cattrs converter: which of wamsg's names Acme calls otherwise, and how JSON is written."""

from __future__ import annotations

from typing import Any

from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.preconf.json import make_converter

from wamsg.model import Image, Text

converter = make_converter(omit_if_default=True)
converter.register_unstructure_hook(
    Text,
    make_dict_unstructure_fn(Text, converter, _cattrs_omit_if_default=True, body=override(rename="text")),
)
converter.register_unstructure_hook(
    Image,
    make_dict_unstructure_fn(
        Image,
        converter,
        _cattrs_omit_if_default=True,
        id=override(rename="media_id"),
        file=override(omit=True),
    ),
)


def to_json(document: dict[str, Any]) -> bytes:
    """``document`` as the bytes of a body."""
    return converter.dumps(document, ensure_ascii=False).encode()
