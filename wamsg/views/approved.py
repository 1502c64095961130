"""A template as the provider holds it: what must be filled in before it can be sent."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class HeaderKind(StrEnum):
    """What stands above the body."""

    NONE = "none"
    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    LOCATION = "location"


@frozen(kw_only=True)
class Parameters:
    """The blanks of one text."""

    count: int
    #: Where they have names rather than numbers; then as many as ``count``.
    names: tuple[str, ...] = ()


@frozen(kw_only=True)
class ApprovedButton:
    """One button; its place in the template is its index."""

    #: As WhatsApp calls it: ``QUICK_REPLY``, ``URL``, ``PHONE_NUMBER``, ``COPY_CODE``, ``OTP``, ``FLOW`` ..
    kind: str
    text: str | None = None
    #: Whether it cannot be sent without a value, as an address with a blank.
    needs_value: bool = False


@frozen(kw_only=True)
class ApprovedTemplate:
    """One translation of a template. What is None the provider does not tell, so that nothing is held against it."""

    name: str
    language: str
    #: The provider's id of it.
    id: str | None = None
    #: ``APPROVED``, ``PENDING``, ``REJECTED``, ``PAUSED`` .., in capitals; only the first can be sent.
    status: str | None = None
    #: ``MARKETING``, ``UTILITY`` or ``AUTHENTICATION``, in capitals.
    category: str | None = None
    header: HeaderKind | None = None
    #: Those of a text header.
    header_parameters: Parameters | None = None
    body: Parameters | None = None
    buttons: tuple[ApprovedButton, ...] | None = None
