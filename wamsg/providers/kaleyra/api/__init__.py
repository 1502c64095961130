"""Everything that Kaleyra offers beside sending and that its documentation shows: ``api = KaleyraApi(client)``."""

from __future__ import annotations

from wamsg.operations import Surface
from wamsg.providers.kaleyra.api.callback_profiles import CallbackProfile, CallbackProfiles
from wamsg.providers.kaleyra.api.consent import Consent, Consents
from wamsg.providers.kaleyra.api.media import Media, UploadedMedia
from wamsg.providers.kaleyra.api.numbers import HealthEntity, Number, NumberDetails, Numbers
from wamsg.providers.kaleyra.api.resumable_media import ResumableFile, ResumableMedia
from wamsg.providers.kaleyra.api.templates import Template, Templates
from wamsg.providers.kaleyra.api.users import Blocked, BlockedUser, Users

__all__ = [
    "Blocked",
    "BlockedUser",
    "CallbackProfile",
    "CallbackProfiles",
    "Consent",
    "Consents",
    "HealthEntity",
    "KaleyraApi",
    "Media",
    "Number",
    "NumberDetails",
    "Numbers",
    "ResumableFile",
    "ResumableMedia",
    "Template",
    "Templates",
    "UploadedMedia",
    "Users",
]


class KaleyraApi(Surface):
    """The operations of one Kaleyra account and sending number, by resource.

    ``priority`` is that of every request. Raises `wamsg.errors.ConfigError` for a client of another provider.
    """

    provider = "kaleyra"

    callback_profiles: CallbackProfiles
    consent: Consents
    media: Media
    numbers: Numbers
    resumable_media: ResumableMedia
    templates: Templates
    users: Users
