"""Everything wamsg raises, drawn as a tree.

::

    WamsgError
    ├── ConfigError               settings are missing or wrong; nothing was sent
    ├── InvalidMessage            wrong before any provider is involved; nothing was sent
    │   ├── InvalidRecipient      this text is not a phone number
    │   └── DuplicateRecipient    this recipient stood earlier in the same input
    ├── Unsupported               this provider cannot express it; nothing was sent
    ├── LedgerError               the ledger cannot do what was asked; nothing was sent by that
    │   ├── LedgerBusy            another living process plans or runs on it, or keeps its file locked
    │   ├── LedgerUnusable        the file is torn, foreign, of a newer version, read-only, or the disk is full
    │   └── PlanChanged           message, options or recipients differ from what was frozen
    ├── WebhookError              what came in at a webhook was not taken
    │   ├── NotVerified           it does not prove that it comes from the provider; nothing of it was read
    │   └── BadPayload            it cannot be read, not even as an event of an unknown kind
    └── SendError                 one send did not end in an acceptance
        ├── NotSent               no byte of the request left this machine
        ├── Throttled             the provider asked for a pause; not accepted
        ├── Unavailable           the provider says: not accepted, try later
        ├── Rejected              refused with a code; final
        │   ├── BadCredentials    key, token or account is wrong
        │   ├── PermissionDenied  the credentials lack a right or the account lacks the API
        │   ├── SenderRefused     the sending number is unknown, unready or not yours
        │   ├── InvalidRequest    the provider's own validation failed
        │   ├── MediaRefused      the provider could not use the media
        │   ├── RecipientRefused  this person cannot be reached
        │   ├── OptedOut          this person does not want to be reached
        │   ├── WindowClosed      free-form message outside the 24-hour service window
        │   ├── TemplateRefused   template missing, paused, or its parameters do not fit
        │   ├── LowBalance        the account has no money left
        │   ├── PlanLimit         a daily, plan or contact limit is used up
        │   ├── NotFound          the thing that the request names does not exist
        │   ├── CodeRefused       a one-time code is wrong, expired or used up
        │   └── SendFailed        the provider tried and says that it failed
        └── Unanswered            it left, and no answer can be trusted: it MAY have gone out

``ConfigError`` is not a ``SendError``, so "skip what failed" cannot hide a wrong key.
Only ``Unanswered`` leaves open whether the recipient was messaged; it is never repeated by default.

Errors are plain classes on purpose: frozen dataclass exceptions break inside context managers and do not unpickle.
"""

from __future__ import annotations

from typing import Any, ClassVar


class WamsgError(Exception):
    """The root of all errors of this library."""

    def __str__(self) -> str:
        return super().__str__() or type(self).__name__


class ConfigError(WamsgError):
    """A setting is missing or wrong; ``setting`` names it. Nothing was sent."""

    def __init__(self, detail: str = "", *, setting: str | None = None) -> None:
        super().__init__(detail)
        self.setting = setting


class InvalidMessage(WamsgError, ValueError):
    """A message is wrong before any provider is involved. Nothing was sent.

    ``field`` names what to change; ``limit`` and ``actual`` are given where a length or a count is exceeded.
    """

    def __init__(
        self, detail: str = "", *, field: str | None = None, limit: int | None = None, actual: int | None = None
    ) -> None:
        super().__init__(detail)
        self.field = field
        self.limit = limit
        self.actual = actual


class InvalidRecipient(InvalidMessage):
    """This text is not a phone number with a country code."""


class DuplicateRecipient(InvalidMessage):
    """This recipient stood earlier in the same input; ``first_position`` (0-based) says where."""

    def __init__(self, detail: str = "", *, first_position: int | None = None) -> None:
        super().__init__(detail, field="to")
        self.first_position = first_position


class Unsupported(WamsgError):
    """This provider cannot express this ``feature``. Nothing was sent, nothing was dropped."""

    def __init__(self, detail: str = "", *, provider: str | None = None, feature: str | None = None) -> None:
        super().__init__(detail)
        self.provider = provider
        self.feature = feature


class LedgerError(WamsgError):
    """The ledger cannot do what was asked; nothing was sent by that."""


class LedgerBusy(LedgerError):
    """Another process that is alive plans or runs broadcasts on this ledger, or does not let go of its file."""


class LedgerUnusable(LedgerError):
    """The ledger cannot be read or written: torn, foreign, of a newer version, read-only, disk full."""


class PlanChanged(LedgerError):
    """Message, options or recipients differ from what the broadcast was frozen with; ``differs`` names what."""

    def __init__(self, detail: str = "", *, differs: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.differs = differs


class WebhookError(WamsgError):
    """What came in at a webhook was not taken. The sentence holds nothing of the payload or of a secret."""


class NotVerified(WebhookError):
    """It does not prove that it comes from the provider, or no secret is configured. To be answered with 401."""


class BadPayload(WebhookError):
    """It cannot be read; the sentence says what to change. To be answered with 400."""


class SendError(WamsgError):
    """A request did not end in an acceptance.

    ``code`` is the provider's own; ``retry_after`` is in seconds; ``request_id`` is the provider's id of the request;
    ``lanes`` are the keys that the request is throttled by.
    """

    #: Whether the recipient may have been messaged all the same.
    may_have_gone_out: ClassVar[bool] = False

    def __init__(
        self,
        detail: str = "",
        *,
        provider: str | None = None,
        code: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
        lanes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(detail)
        self.provider = provider
        self.code = code
        self.http_status = http_status
        self.retry_after = retry_after
        self.request_id = request_id
        self.lanes = lanes

    def __str__(self) -> str:
        detail = super().__str__()
        facts = [str(fact) for fact in (self.provider, self.http_status, self.code) if fact is not None]
        return f"{detail} [{' '.join(facts)}]" if facts else detail


class NotSent(SendError):
    """No byte of the request left this machine: name look-up, connect, TLS or connection pool."""


class Throttled(SendError):
    """The provider (or our own limiter, on its word) asks to wait ``retry_after`` seconds. Not accepted."""


class Unavailable(SendError):
    """The provider says that it did not accept and that a later try may work."""


class Rejected(SendError):
    """The provider refused, finally."""

    #: Whether it refused the request as a whole for what stands in it, so that none of several recipients was sent to.
    whole_request: bool = False


class BadCredentials(Rejected):
    """The key, token or account id is wrong."""


class PermissionDenied(Rejected):
    """The credentials are right but lack a scope, or the account lacks this API."""


class SenderRefused(Rejected):
    """The sending number is not known to the account, not ready, or bound to another API version."""


class InvalidRequest(Rejected):
    """The provider's own validation refused the request."""


class MediaRefused(Rejected):
    """The provider could not use the media: type, size, or it could not be fetched."""


class RecipientRefused(Rejected):
    """This recipient cannot be reached."""


class OptedOut(Rejected):
    """This recipient has opted out; do not try again."""


class WindowClosed(Rejected):
    """More than 24 hours since the recipient's last message: only templates are allowed."""


class TemplateRefused(Rejected):
    """The template is missing, paused or disabled, or its parameters do not fit."""


class LowBalance(Rejected):
    """The account's balance is too low."""


class PlanLimit(Rejected):
    """A daily, plan, contact or conversation limit is used up.

    Where the provider says so: which ``feature``, of which there are ``current`` and may be ``maximum``.
    """

    def __init__(
        self,
        detail: str = "",
        *,
        feature: str | None = None,
        current: int | None = None,
        maximum: int | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(detail, **facts)
        self.feature = feature
        self.current = current
        self.maximum = maximum


class NotFound(Rejected):
    """What the request names does not exist."""


class CodeRefused(Rejected):
    """A one-time code is wrong, has expired, was never sent, or was tried too often; ``code`` says which.

    ``attempts_remaining`` is how often it may be tried yet, where the provider says so.
    """

    def __init__(self, detail: str = "", *, attempts_remaining: int | None = None, **facts: Any) -> None:
        super().__init__(detail, **facts)
        self.attempts_remaining = attempts_remaining


class SendFailed(Rejected):
    """The provider tried to send and says that it failed; resend by choice only."""


class Unanswered(SendError):
    """The request left and no answer can be trusted: the recipient MAY have been messaged."""

    may_have_gone_out: ClassVar[bool] = True
