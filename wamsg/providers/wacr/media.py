"""Which files an account takes: endings and sizes per kind, as configured for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs
from attrs import frozen

from wamsg.errors import InvalidMessage
from wamsg.model import File
from wamsg.model.filetype import agree

# The page writes "5 MB" and does not say which; the larger reading never refuses what the provider would take.
_UNITS = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}
_RULE = re.compile(
    r"(?P<endings>[^,]*),\s*(?P<number>\d{1,9}(?:\.\d{1,3})?)\s*(?P<unit>[KMG]B)", re.ASCII | re.IGNORECASE
)
_ENDING = re.compile(r"[a-z0-9]{1,10}")
_EXAMPLE = "'image: jpg jpeg png, 5 MB; video: mp4, 16 MB'"


@frozen(kw_only=True)
class MediaRule:
    """What one kind of media may be."""

    #: In lower case, without the dot.
    extensions: tuple[str, ...]
    max_bytes: int

    def check(self, field: str, file: File) -> None:
        """Raise `InvalidMessage` unless the file's ending, its content and its size are allowed."""
        fits = any(agree(file.type, extension) for extension in self.extensions)
        if file.extension not in self.extensions or not fits:
            ending = f"called .{file.extension}" if file.extension else "without an ending"
            message = (
                f"{field}: {file.name} is {file.type.label} {ending}; this account takes {' '.join(self.extensions)}"
            )
            raise InvalidMessage(message, field=field)
        if file.size > self.max_bytes:
            message = f"{field}: {file.name} has {file.size} bytes; at most {self.max_bytes} are allowed"
            raise InvalidMessage(message, field=field, limit=self.max_bytes, actual=file.size)


@frozen(kw_only=True)
class MediaLimits:
    """The rule of every kind that WA.cr knows."""

    image: MediaRule
    document: MediaRule
    video: MediaRule
    audio: MediaRule

    def check(self, kind: str, file: File) -> None:
        """Raise `InvalidMessage` unless ``file`` may be sent as ``kind``."""
        rule: MediaRule = getattr(self, kind)
        rule.check(f"{kind}.file", file)


#: "Media Type Constraints" of the page Send Media Message (2026-02-25); "configured per tenant", so a setting.
DEFAULT_LIMITS = MediaLimits(
    image=MediaRule(extensions=("jpg", "jpeg", "png", "webp"), max_bytes=5 * _UNITS["MB"]),
    document=MediaRule(
        extensions=("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "csv"), max_bytes=100 * _UNITS["MB"]
    ),
    video=MediaRule(extensions=("mp4", "3gp"), max_bytes=16 * _UNITS["MB"]),
    audio=MediaRule(extensions=("mp3", "ogg", "amr", "aac", "opus"), max_bytes=16 * _UNITS["MB"]),
)
KINDS = tuple(item.name for item in attrs.fields(MediaLimits))


def read_limits(value: object) -> MediaLimits:
    """`DEFAULT_LIMITS` with the kinds that ``value`` names replaced.

    ``value`` is text such as ``image: jpg jpeg png, 5 MB; video: mp4, 16 MB`` or a mapping of kind to
    ``jpg jpeg png, 5 MB`` (or to a `MediaRule`). KB, MB and GB count in steps of 1024. Raises ValueError.
    """
    if isinstance(value, MediaLimits):
        return value
    rules: dict[str, MediaRule] = {}
    for kind, rule in _entries(value):
        if not isinstance(kind, str) or kind not in KINDS:
            raise ValueError(f"names {kind!r}, which is none of {', '.join(KINDS)}")
        if kind in rules:
            raise ValueError(f"names {kind} twice")
        rules[kind] = rule if isinstance(rule, MediaRule) else _rule(kind, rule)
    if not rules:
        raise ValueError(f"must be written as {_EXAMPLE}")
    return attrs.evolve(DEFAULT_LIMITS, **rules)


def _entries(value: object) -> Iterable[tuple[object, object]]:
    if isinstance(value, Mapping):
        return value.items()
    if not isinstance(value, str):
        raise ValueError(f"must be text or a mapping, not {type(value).__name__}")  # noqa: TRY004 -- as all converters
    return [_entry(piece) for piece in value.split(";") if piece.strip()]


def _entry(piece: str) -> tuple[str, str]:
    kind, colon, rule = piece.partition(":")
    if not colon:
        raise ValueError(f"lacks a colon in {piece.strip()!r}; write {_EXAMPLE}")
    return kind.strip().lower(), rule


def _rule(kind: object, text: object) -> MediaRule:
    found = _RULE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"must give {kind} as endings, a comma and a size, such as {_EXAMPLE}")
    extensions = tuple(dict.fromkeys(word.lower().removeprefix(".") for word in found["endings"].split()))
    if not extensions or not all(_ENDING.fullmatch(extension) for extension in extensions):
        raise ValueError(f"must give {kind} file endings separated by spaces, such as {_EXAMPLE}")
    max_bytes = int(float(found["number"]) * _UNITS[found["unit"].upper()])
    if max_bytes < 1:
        raise ValueError(f"must give {kind} a size above zero")
    return MediaRule(extensions=extensions, max_bytes=max_bytes)
