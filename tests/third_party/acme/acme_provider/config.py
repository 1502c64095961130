"""Where Acme is reached and as whom."""

from __future__ import annotations

from attrs import frozen

from wamsg import settings
from wamsg.settings import Secret, setting

NAME = "acme"
#: What the sandbox takes as good credentials.
EXAMPLE = {"token": "acme-sandbox-token"}


@frozen(kw_only=True)
class Settings:
    """What one Acme account needs."""

    token: Secret = setting("API token from the Acme console", secret=True)
    base_url: str = setting(
        "address of the API, up to and including /v1",
        default="https://api.acme.example/v1",
        converter=settings.base_url,
    )
