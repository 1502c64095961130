"""The message of a broadcast: one document, and each recipient's content made from it."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs
from attrs import field, frozen

from wamsg.broadcast.message.blueprint import Blueprint, Place
from wamsg.broadcast.message.document import Slot, read_document, slots, swap
from wamsg.broadcast.message.placeholder import Values, is_blank
from wamsg.broadcast.message.probe import probe
from wamsg.codec import TAGS, content_from_dict, content_to_dict
from wamsg.errors import InvalidMessage, Unsupported
from wamsg.model import Content, File, ReadReceipt, local_media

#: In characters. WhatsApp's longest text has 4,096; more than this is a wrong column.
LONGEST_VALUE = 10_000
_MOST_PLACEHOLDERS = 1_000
_OPTIONS = "options"
_NONE: Mapping[str, object] = MappingProxyType({})


@frozen(kw_only=True)
class MessageTemplate:
    """What every recipient gets, with placeholders; made by `of`, or by `read_message` from a file."""

    #: The message as it was written: the table of `wamsg.codec`, and ``options``; JSON values only.
    document: Mapping[str, Any] = field(hash=False, repr=False)
    #: The folder below which rows and message may name files.
    files: Path | None = None
    #: The columns that the placeholders name, in the order of the message.
    columns: tuple[str, ...] = ()
    #: Content tried out before any row is known: every placeholder has a made-up value.
    probe: Content = field(repr=False)
    #: Where in the content placeholders stand; None where rows are made by the codec, as their files and data must be.
    places: tuple[Place, ...] | None = field(default=(), repr=False)
    _content: Any = field(repr=False, hash=False)
    _options: Any = field(repr=False, hash=False)
    _fill: Mapping[Slot, Callable[[Values], object]] = field(repr=False, eq=False)
    _blueprint: Blueprint | None = field(repr=False, eq=False)
    _required: tuple[bool, ...] = field(repr=False)
    _constant_options: Mapping[str, object] | None = field(repr=False, hash=False)

    @classmethod
    def of(cls, message: Mapping[str, object] | Content, *, files: Path | None = None) -> MessageTemplate:
        """The template of a document, or of content whose texts may hold placeholders.

        ``files`` is the folder below which files may be named. Raises `wamsg.errors.InvalidMessage` that names the
        place.
        """
        if not isinstance(message, Mapping):
            message = content_to_dict(message)
        document = read_document({name: value for name, value in message.items() if name != _OPTIONS})
        options = read_document(_options_of(message), free=True)
        found = [*slots(document), *slots(options)]
        columns = _columns(found)
        content = _build(probe(document), files)
        plan = Blueprint(content, columns)
        whole = len(plan.places) == sum(1 for _ in slots(document))
        return cls(
            document=_as_written(message),
            files=files,
            columns=columns,
            probe=content,
            places=tuple(plan.places) if whole else None,
            content=document,
            options=options,
            fill={slot: slot.compile(columns) for slot in found},
            blueprint=plan if whole else None,
            required=_required(found, columns),
            constant_options=None if any(slots(options)) else MappingProxyType(options) if options else _NONE,
        )

    def render(self, values: Values) -> Content:
        """The content for a row with these values of `columns`; the very same object each time without placeholders.

        Raises `wamsg.errors.InvalidMessage` for values that the message cannot hold.
        """
        if self.places == ():
            return self.probe
        if problem := self.problem(values):
            raise InvalidMessage(problem, field="values")
        if self._blueprint is not None:
            content: Content = self._blueprint.render(values)
            return content
        return content_from_dict(swap(self._content, lambda slot: self._fill[slot](values)), files=self.files)

    def provider_options(self, values: Values) -> Mapping[str, object]:
        """The options for a row; the very same mapping each time without placeholders in them."""
        if self._constant_options is not None:
            return self._constant_options
        if problem := self.problem(values):
            raise InvalidMessage(problem, field="values")
        return MappingProxyType(swap(self._options, lambda slot: self._fill[slot](values)))

    def problem(self, values: Values) -> str | None:
        """Which value is missing or too long, if one is."""
        for value, required, column in zip(values, self._required, self.columns, strict=True):
            if required and is_blank(value):
                return f"{column} is empty"
            if len(value) > LONGEST_VALUE:
                return f"{column} has {len(value)} characters; at most {LONGEST_VALUE} are allowed"
        return None

    def check(self, values: Values) -> str | None:
        """Why a row with these values cannot be sent; None if it can. See `Checker` for many rows and a provider."""
        try:
            self.render(values)
            self.provider_options(values)
        except (InvalidMessage, Unsupported) as error:
            return str(error)
        return None

    def slots(self) -> Iterator[Slot]:
        """Every text with placeholders, in the content and then in the options."""
        yield from slots(self._content)
        yield from slots(self._options)

    def fingerprint_text(self) -> str:
        """Canonical JSON of the message, its options, and the digest of every file that all recipients get.

        Raises `wamsg.errors.InvalidMessage` if such a file cannot be read any more. Files that rows name are not in it.
        """
        digests = [_digest(media.file) for media in local_media(self.probe) if media.file is not None]
        whole = {"message": dict(self.document), "files": digests}
        return json.dumps(whole, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _options_of(message: Mapping[str, object]) -> Mapping[str, object]:
    options = message.get(_OPTIONS, {})
    if not isinstance(options, Mapping):
        raise InvalidMessage(f"options must be a table, not {type(options).__name__}", field=_OPTIONS)
    return options


def _columns(found: list[Slot]) -> tuple[str, ...]:
    holes = [hole for slot in found for hole in slot.pattern.holes]
    if len(holes) > _MOST_PLACEHOLDERS:
        message = f"the message has {len(holes)} placeholders; at most {_MOST_PLACEHOLDERS} are allowed"
        raise InvalidMessage(message, field="message", limit=_MOST_PLACEHOLDERS, actual=len(holes))
    return tuple(dict.fromkeys(hole.column for hole in holes))


def _required(found: list[Slot], columns: tuple[str, ...]) -> tuple[bool, ...]:
    bare = {hole.column for slot in found for hole in slot.pattern.holes if hole.default is None}
    return tuple(column in bare for column in columns)


def _build(document: dict[str, Any], files: Path | None) -> Content:
    try:
        content = content_from_dict(document, files=files)
    except InvalidMessage as error:
        raise InvalidMessage(f"{error}{_suggestion(error, document)}", field=error.field) from error
    if isinstance(content, ReadReceipt):
        raise InvalidMessage("a read receipt has no recipient, so it cannot be broadcast", field="type")
    return content


def _suggestion(error: InvalidMessage, document: Mapping[str, Any]) -> str:
    """What the unknown name may have been meant to be."""
    for unknown, kind in _unknown_names(error.__cause__):
        known = [item.name for item in attrs.fields(kind)]
        known += [_OPTIONS, "type"] if unknown in document else []
        close = difflib.get_close_matches(unknown, known, n=1)
        return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"
    if isinstance(word := document.get("type"), str) and word not in TAGS:
        close = difflib.get_close_matches(word, TAGS, n=1)
        return f"; did you mean {close[0]}?" if close else ""
    return ""


def _unknown_names(error: BaseException | None) -> Iterator[tuple[str, type[attrs.AttrsInstance]]]:
    # The codec's library is not known here; its errors are groups, and one for extra names says which and where.
    for name in getattr(error, "extra_fields", ()):
        yield str(name), error.cl  # type: ignore[union-attr]  # stands beside extra_fields
    for inner in getattr(error, "exceptions", ()):
        yield from _unknown_names(inner)


def _as_written(message: Mapping[str, object]) -> Mapping[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(message, default=_plain, allow_nan=False))
    return MappingProxyType(plain)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise InvalidMessage(f"a message holds JSON values, not {type(value).__name__}", field="message")


def _digest(file: File) -> str:
    if file.path is None:
        return hashlib.sha256(file.data or b"").hexdigest()
    try:
        with file.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InvalidMessage(f"cannot read {file.path}: {error.strerror}", field="file") from error
