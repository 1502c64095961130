"""How recipients are written down, as far as the user says; the rest is found in the first rows."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

from wamsg.errors import ConfigError

FORMATS = ("csv", "jsonl")
#: Words for the delimiters, for where a shell makes the character itself hard to type.
DELIMITERS: Mapping[str, str] = MappingProxyType({"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"})


def _format(value: str | None) -> str | None:
    if value is not None and value not in FORMATS:
        raise ConfigError(f"the format of recipients is {' or '.join(FORMATS)}, not {value!r:.40}", setting="format")
    return value


def _delimiter(value: str | None) -> str | None:
    if value is None:
        return None
    character = DELIMITERS.get(value, value)
    if character not in DELIMITERS.values():
        message = f"the delimiter is one of {', '.join(DELIMITERS)}, or the character itself"
        raise ConfigError(message, setting="delimiter")
    return character


def _encoding(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        # Encoding something refuses what is no encoding of text, such as zip.
        "1".encode(value)
        codecs.getincrementaldecoder(value)
        return codecs.lookup(value).name
    except (LookupError, ValueError):
        message = f"there is no encoding {value!r:.40}; write one such as utf-8, utf-16 or cp1252"
        raise ConfigError(message, setting="encoding") from None


@frozen(kw_only=True)
class Layout:
    """What is known of an input; None is found out, and an input that leaves it open is refused.

    Raises `wamsg.errors.ConfigError` whose ``setting`` names the field.
    """

    #: ``csv`` (also one number per line) or ``jsonl`` (one JSON object per line).
    format: str | None = field(default=None, converter=_format)
    #: As Python calls it, such as ``cp1252``. Found: UTF-8, and UTF-16 and UTF-32 with a byte-order mark.
    encoding: str | None = field(default=None, converter=_encoding)
    #: ``,``, ``;``, tab or ``|``, or their words.
    delimiter: str | None = field(default=None, converter=_delimiter)
    #: Whether the first row of a CSV names the columns. Without a header they are called ``column_1`` and so on.
    header: bool | None = None
    #: The name of the column that holds the numbers.
    phone_column: str | None = None
    #: All numbers carry their country code but no ``+``: a number that starts with a digit is read as if it had one.
    without_plus: bool = False


FOUND = Layout()
