"""The settings of WA.cr."""

from __future__ import annotations

from attrs import frozen

from wamsg import settings
from wamsg.providers.wacr.media import DEFAULT_LIMITS, MediaLimits, read_limits
from wamsg.settings import Secret, setting


@frozen(kw_only=True)
class Settings:
    """What one WA.cr account needs; made by `wamsg.settings.resolve`."""

    token: Secret = setting("API token, made in the dashboard under Settings, API", secret=True)
    # The documentation names no host; accounts may have a domain of their own.
    base_url: str = setting(
        "address of the API, up to and including /api/v2",
        default="https://app.wa.cr/api/v2",
        converter=settings.base_url,
    )
    contact_fields: str = setting(
        "how contact.firstname is spelled in a form: brackets (contact[firstname]) or dots (contact.firstname)",
        default="brackets",
        converter=settings.choice("brackets", "dots"),
    )
    media_limits: MediaLimits = setting(
        "your account's file endings and sizes, such as 'image: jpg png, 5 MB; video: mp4, 16 MB'",
        default=DEFAULT_LIMITS,
        converter=read_limits,
    )
