"""Whether rows can be sent, told a hundred thousand times a second and never wrongly let through."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from wamsg.broadcast.message.placeholder import Values, is_blank
from wamsg.broadcast.message.template import MessageTemplate
from wamsg.driver import Driver
from wamsg.errors import InvalidMessage, Unsupported
from wamsg.model import (
    Buttons,
    CallToAction,
    Catalog,
    Content,
    CopyCode,
    CurrencyParameter,
    DateTimeParameter,
    Document,
    Flow,
    Image,
    ListMenu,
    Location,
    LocationRequest,
    Message,
    PhoneNumber,
    Product,
    ProductList,
    QuickReply,
    Text,
    TextParameter,
    UrlButton,
    Video,
    local_media,
    with_media_ids,
)

#: Fields that take any text: model and drivers refuse blank ones, control characters and too many characters, nothing
#: else. Ids, titles, links, names and options have rules of their own and are looked at row by row.
_PROSE: Mapping[type, frozenset[str]] = MappingProxyType(
    {
        Text: frozenset({"body"}),
        **dict.fromkeys((Image, Video, Document), frozenset({"caption"})),
        TextParameter: frozenset({"text"}),
        **dict.fromkeys((CurrencyParameter, DateTimeParameter), frozenset({"fallback"})),
        UrlButton: frozenset({"text"}),
        QuickReply: frozenset({"payload"}),
        CopyCode: frozenset({"code"}),
        Location: frozenset({"name", "address"}),
        **dict.fromkeys(
            (Buttons, ListMenu, CallToAction, LocationRequest, Flow, Catalog, Product, ProductList),
            frozenset({"body", "header", "footer"}),
        ),
    }
)
#: Values made of these stand for all others of their length: the shortest character there is, in bytes and in UTF-16,
#: and the longest.
_WITNESSES = ("x", "\U0001d465")
#: How often longer values are tried out as witnesses before every further one is looked at by itself.
_MOST_TRIES = 64
#: From the range that no operator assigns (+1 xxx 555 0100 to 0199).
_NOBODY = PhoneNumber("+12025550100")


class Checker:
    """Judges rows of one template, and with ``driver`` also whether that provider can express them.

    Raises `wamsg.errors.InvalidMessage` or `wamsg.errors.Unsupported` at once for what no values can mend.

    Most rows are let through by a look at their lengths: where placeholders stand in prose only, printable values that
    are not longer than witnesses which were rendered and encoded would pass as well. All others are rendered and
    encoded themselves.
    """

    def __init__(
        self, template: MessageTemplate, *, driver: Driver | None = None, reference: str | None = None
    ) -> None:
        self._template = template
        self._driver = driver
        self._reference = reference
        self._tries = _MOST_TRIES if _only_prose(template) else 0
        self._ceiling = (0,) * len(template.columns)
        self._defaults = _defaults(template)
        self._refuse_hopeless()

    def check(self, values: Values) -> str | None:
        """Why a row with these values cannot be sent; None if it can."""
        for value, most in zip(values, self._ceiling, strict=True):
            if not 0 < len(value) <= most or not value.isprintable() or value.isspace():
                return self._look(values)
        return None

    def _look(self, values: Values) -> str | None:
        sizes = self._sizes(values)
        if sizes is not None and self._reaches(sizes):
            return None
        return self._whole(values)

    def _sizes(self, values: Values) -> tuple[int, ...] | None:
        """How long the texts are that fill the holes; None if they are not all plain."""
        sizes = []
        for value, default in zip(values, self._defaults, strict=True):
            size = default if is_blank(value) else len(value) if value.isprintable() else 0
            if not size:
                return None
            sizes.append(size)
        return tuple(sizes)

    def _reaches(self, sizes: tuple[int, ...]) -> bool:
        needed = tuple(map(max, sizes, self._ceiling))
        if needed == self._ceiling:
            return True
        # Some way above what is needed first, so that few witnesses serve many rows.
        for sample in (tuple(1 << size.bit_length() for size in needed), needed):
            if self._tries > 0:
                self._tries -= 1
                if all(self._whole(tuple(one * size for size in sample)) is None for one in _WITNESSES):
                    self._ceiling = sample
                    return True
        return False

    def _whole(self, values: Values) -> str | None:
        try:
            self._encode(self._template.render(values), self._template.provider_options(values))
        except (InvalidMessage, Unsupported) as error:
            return str(error)
        return None

    def _encode(self, content: Content, options: Mapping[str, object]) -> None:
        if self._driver is None:
            return
        uploaded = {
            media.file: "1"
            for media in local_media(content)
            if media.file is not None and self._driver.encode_upload(media) is not None
        }
        content = with_media_ids(content, uploaded) if uploaded else content
        message = Message(content=content, to=_NOBODY, reference=self._reference, provider_options=options)
        self._driver.encode(message)

    def _refuse_hopeless(self) -> None:
        if not self._template.columns:
            self._encode(self._template.probe, self._template.provider_options(()))
        elif self._template.places is not None:
            try:
                self._encode(self._template.probe, {})
            except InvalidMessage:
                # The made-up values may be what is wrong; Unsupported is about the kind of message.
                return


def _only_prose(template: MessageTemplate) -> bool:
    if template.places is None or any(slot.free for slot in template.slots()):
        return False
    return all(name in _PROSE.get(kind, ()) for kind, name in template.places)


def _defaults(template: MessageTemplate) -> tuple[int, ...]:
    """Per column the length of its longest default; 0 if there is none, or one that is not plain."""
    found: dict[str, list[str]] = {}
    for slot in template.slots():
        for hole in slot.pattern.holes:
            found.setdefault(hole.column, []).append(hole.default or "")
    return tuple(
        max(map(len, found[column])) if all(map(_is_plain, found[column])) else 0 for column in template.columns
    )


def _is_plain(text: str) -> bool:
    return text.isprintable() and not is_blank(text)
