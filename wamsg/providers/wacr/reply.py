"""An answer's body, read whatever its shape: the documentation shows no filled one, least of all an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from attrs import field, frozen

from wamsg.wire import Response
from wamsg.wire.retry_after import ABSURD

_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
# A phone number as a server might repeat it: nine digits or more, separators or not.
_PHONE = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){8,}")

Fields = Mapping[str, object]
#: What details hold beside complaints: https://docs.app.wa.cr/create-contact-28559784e0, /resend-otp-28559799e0
_FACTS = frozenset({"feature", "current", "maximum", "retry_after", "attempts_remaining"})


def _mapping(value: object) -> Fields:
    return value if isinstance(value, dict) else {}


@frozen
class Reply:
    """What stands in ``{"error": {"code", "message", "details"}}``, in Laravel's ``{"message", "errors"}`` and kin."""

    #: The body, or None where it is not a JSON object.
    document: Fields | None = field(repr=False)

    @classmethod
    def of(cls, response: Response) -> Reply:
        """The reply in any answer."""
        document = response.json()
        return cls(document if isinstance(document, dict) else None)

    @property
    def data(self) -> Fields:
        """``data``, or nothing."""
        return _mapping(_mapping(self.document).get("data"))

    @property
    def failed(self) -> bool:
        """Whether the body itself says so."""
        return _mapping(self.document).get("success") is False

    @property
    def code(self) -> str | None:
        """The provider's own code, or whatever stands in its place, as it came: see `one_line`."""
        top, error = _mapping(self.document), _mapping(self.document).get("error")
        inner = _mapping(error)
        for value in (inner.get("code"), top.get("code"), inner.get("error_code"), top.get("error_code")):
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return str(value).strip()
        return error if isinstance(error, str) and _CODE.fullmatch(error) else None

    @property
    def message(self) -> str:
        """What the provider says to people, with its complaints per field, as it came: see `one_line`."""
        top = _mapping(self.document)
        error = top.get("error")
        said = [_mapping(error).get("message"), top.get("message"), error if error != self.code else None]
        head = next((text for text in said if isinstance(text, str) and text.strip()), "")
        complaints = "; ".join(f"{name}: {text}" for name, text in self.complaints())
        return f"{head} ({complaints})" if head and complaints else head or complaints

    def complaints(self) -> Iterator[tuple[str, str]]:
        """Field and complaint, from ``errors`` or from the error's details."""
        details, error, flat_details = self._error_places()
        for place in (_mapping(self.document), error, details, flat_details):
            for name, value in _mapping(place.get("errors")).items():
                yield from _texts(name, value)
        for name, value in (*details.items(), *flat_details.items()):
            if name not in _FACTS:
                yield from _texts(name, value)

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, where the body says so and makes sense."""
        value = self.fact("retry_after")
        if isinstance(value, str) and len(value) <= 16 and value.isascii() and value.isdigit():
            value = int(value)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        # Compared before it is made a float: JSON integers have no bound, and NaN is in no range.
        return float(value) if 0 <= value <= ABSURD else None

    @property
    def request_id(self) -> str | None:
        """``meta.request_id``; None where it is nothing like an id."""
        value = _mapping(_mapping(self.document).get("meta")).get("request_id")
        return value if isinstance(value, str) and _ID.fullmatch(value) else None

    @property
    def message_id(self) -> str | None:
        """``data.message_id``, else ``message_id``; None where there is none that one could write down."""
        for place in (self.data, _mapping(self.document)):
            value = place.get("message_id")
            if isinstance(value, str) and value and value.isprintable() and len(value) <= 512:
                return value
        return None

    def fact(self, name: str) -> object:
        """The value called ``name`` beside an error, wherever it stands; None if nowhere."""
        places = (
            *self._error_places(),
            _mapping(self.document),
            self.data,
            _mapping(_mapping(self.document).get("meta")),
        )
        return next((place[name] for place in places if place.get(name) is not None), None)

    def _error_places(self) -> tuple[Fields, ...]:
        top = _mapping(self.document)
        error = _mapping(top.get("error"))
        return _mapping(error.get("details")), error, _mapping(top.get("details"))


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str):
            yield name, text


def one_line(text: str, longest: int) -> str:
    """``text`` fit for an error: printable, on one line, shortened, phone numbers masked."""
    # Masked before it is cut, or the rest of a number at the cut would be too short to look like one.
    masked = _PHONE.sub(lambda found: f"{found[0][:3]}{'*' * (len(found[0]) - 5)}{found[0][-2:]}", text[: 4 * longest])
    kept = "".join(character if character.isprintable() else " " for character in masked)
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 3] + "..."
