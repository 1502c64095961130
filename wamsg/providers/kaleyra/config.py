"""Where Kaleyra is reached and as whom: the settings, the pods, and the documented traffic sources."""

from __future__ import annotations

from types import MappingProxyType
from urllib.parse import urlsplit

from attrs import frozen

from wamsg.model import PhoneNumber
from wamsg.settings import Secret, base_url, choice, path_segment, setting

NAME = "kaleyra"
DOCS = "https://developers.kaleyra.io/docs/whatsapp-api-v2-send-media-messages"

#: The regions as `DOCS` lists them. Older pages name ``api.ap.kaleyra.io`` for Singapore and
#: ``api.na.kaleyra.io`` for North America; whoever needs one of those sets ``base_url``.
PODS = MappingProxyType(
    {
        "in": "https://api.in.kaleyra.io",
        "sg": "https://api.kaleyra.io",
        "eu": "https://api.eu.kaleyra.io",
        "na": "https://api.na.kaleyra.ai",
    }
)

#: The values of ``wa_source`` that `DOCS` lists; Kaleyra silently replaces any other.
WA_SOURCES = (
    *("api", "clevertap", "zoho", "webengage", "shopify", "leadsquared", "responsys"),
    *("braze", "hubspot", "salesforce", "zapier", "eloqua", "moengage"),
)

#: What the sandbox takes as good credentials.
EXAMPLE = MappingProxyType({"sid": "HXSANDBOX00000001IN", "api_key": "sandbox-api-key", "sender": "+919800000000"})


def _sender(value: object) -> PhoneNumber:
    return value if isinstance(value, PhoneNumber) else PhoneNumber.parse(value)  # type: ignore[arg-type]  # it judges


def _origin(value: object) -> str | None:
    if value is None:
        return None
    text = base_url(value)
    # The documentation calls https://<api_domain>/v2/<SID> the base URL, so people paste that.
    if "v2" in urlsplit(text).path.split("/"):
        raise ValueError("must end before /v2: that and the SID are added")
    return text


def _waba_id(value: object) -> str | None:
    return None if value is None else path_segment(value)


@frozen(kw_only=True)
class Settings:
    """The credentials and the sending number; ``base_url`` overrides the ``pod``."""

    sid: str = setting("account SID from the console, such as HXAP16..97IN", converter=path_segment)
    api_key: Secret = setting("API key from the console", secret=True)
    sender: PhoneNumber = setting("your WhatsApp business number with its country code", converter=_sender)
    pod: str = setting("region of the account: in, sg, eu or na", default="in", converter=choice(*PODS))
    base_url: str | None = setting("address instead of the pod's, without /v2", default=None, converter=_origin)
    waba_id: str | None = setting(
        "WhatsApp Business Account ID, whose templates messages are checked against", default=None, converter=_waba_id
    )
    wa_source: str = setting("traffic source that reports show", default="api", converter=choice(*WA_SOURCES))

    @property
    def origin(self) -> str:
        """The address of the API, without a path."""
        return self.base_url or PODS[self.pod]

    @property
    def root(self) -> str:
        """The address that every operation of the sending number starts with.

        The number goes without its plus sign, as in the samples of `DOCS`: other pages show it with the sign, but a
        plus in an address is read as a space by some servers.
        """
        return f"{self.origin}/v2/{self.sid}/whatsapp/{self.sender.digits}"
