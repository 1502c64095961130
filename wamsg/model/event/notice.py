"""What a provider tells of templates, numbers, files and records; and what we do not know."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from wamsg.model.event.event import Event
from wamsg.model.phone import PhoneNumber


@frozen(kw_only=True)
class TemplateUpdate(Event):
    """The standing of a template changed."""

    #: In lower case: ``approved``, ``rejected``, ``paused``, ``disabled`` or whatever the provider says.
    status: str
    template_id: str | None = None
    name: str | None = None
    language: str | None = None
    reason: str | None = None


@frozen(kw_only=True)
class QualityUpdate(Event):
    """The quality rating or a limit of one of our numbers changed."""

    #: In lower case: ``flagged``, ``unflagged``, ``upgrade``, ``downgrade``, ``throughput_upgrade`` ..
    change: str
    business: PhoneNumber | None = None
    #: Such as ``TIER_10K``.
    limit: str | None = None


@frozen(kw_only=True)
class MediaUpdate(Event):
    """A file that was uploaded in the background is ready, or is not."""

    #: In lower case, such as ``uploaded``.
    status: str
    upload_id: str
    #: What a template's header takes; valid for a day.
    handle: str | None = field(default=None, repr=False)
    filename: str | None = None
    link: str | None = field(default=None, repr=False)


@frozen(kw_only=True)
class RecordChange(Event):
    """A record of the provider's CRM was created, updated or deleted."""

    #: ``contact``, ``source`` or ``status``.
    resource: str
    #: ``created``, ``updated`` or ``deleted``.
    action: str
    record_id: str | None = None
    attributes: Mapping[str, object] = field(factory=dict, repr=False, hash=False)
    previous: Mapping[str, object] = field(factory=dict, repr=False, hash=False)


#: What a provider tells of its own accord, about no message.
Notice = TemplateUpdate | QualityUpdate | MediaUpdate | RecordChange


@frozen(kw_only=True)
class UnknownEvent(Event):
    """Well-formed, but of a kind that we do not know; ``raw`` holds all of it."""

    #: The provider's word for it, if there is one.
    kind: str | None = None
    #: Why it is unknown, for people; holds nothing personal.
    reason: str
