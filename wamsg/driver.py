"""The seam between wamsg and a provider: what a plug-in implements and the record that it exports.

Nothing here, and nothing in a provider's folder, awaits, opens a socket or reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from attrs import field, frozen

from wamsg.model import Media, Message, SendResult
from wamsg.model.event import DeliveryStatus, Event, IncomingContent, Notice
from wamsg.wire import Operation, Request, Response, Scheme, Verdict, verify

if TYPE_CHECKING:
    # Sending does without the rooms of operations and of fake servers: they load on first use.
    from wamsg.dialect.memory import Memory
    from wamsg.operations.declaration import Declaration
    from wamsg.operations.missing import Missing
    from wamsg.views.approved import ApprovedTemplate
    from wamsg.views.inquiry import Inquiry
    from wamsg.views.lookup import Finding, Search
    from wamsg.views.statuses import StatusList


class Driver(Protocol):
    """The pure translator of one provider; made from its settings."""

    @property
    def name(self) -> str:
        """The provider's name, as in the registry."""
        ...

    def encode(self, message: Message) -> Operation[SendResult]:
        """The operation that sends ``message``.

        Raises `wamsg.errors.Unsupported` for what this provider cannot express and `wamsg.errors.InvalidMessage`
        for what exceeds a documented limit, including unknown ``provider_options``.
        """
        ...

    def encode_upload(self, media: Media) -> Operation[str] | None:
        """The operation that uploads the local file of ``media`` and yields its id.

        None where files travel inside the message itself, so that `encode` takes them as they are.
        """
        ...

    def classify(self, response: Response) -> Verdict:
        """What an answer of this provider means; must cope with any bytes and never raise."""
        ...

    def probe(self) -> Operation[str]:
        """A harmless read that shows whether settings and network are good; decodes to one sentence for people."""
        ...


@frozen(kw_only=True)
class Accepted:
    """One message that a sandbox took, for one recipient."""

    #: Digits only.
    recipient: str
    #: As the provider calls it, such as ``image`` or ``template``.
    kind: str
    message_id: str | None
    #: The sender's own reference, where the provider carries one.
    reference: str | None = None
    #: The fields of the request that carried it.
    body: Mapping[str, object] = field(factory=dict, repr=False)


@frozen(kw_only=True)
class Answer:
    """What a sandbox says to a request, and what it took."""

    response: Response
    accepted: tuple[Accepted, ...] = ()


class SandboxDialect(Protocol):
    """A provider's fake server as pure functions; mounted by `wamsg.sandbox`, and by `wamsg.transport.memory`."""

    @property
    def base_path(self) -> str:
        """What follows the host in the provider's base URL, such as ``/api/v2``; may be empty."""
        ...

    def respond(self, request: Request, serial: int) -> Answer:
        """The answer to ``request``; ``serial`` differs for every request and makes ids unique."""
        ...

    def account(self, request: Request) -> str:
        """Whose rate limit the request counts against."""
        ...

    def failure(self, status: int) -> Response:
        """The provider's own body for an HTTP failure (429, 500, 503 ...), for scripted faults."""
        ...


_NO_QUERY: Mapping[str, str] = MappingProxyType({})


class Parse(Protocol):
    """How a provider's callbacks are read; see `Webhook.parse`."""

    def __call__(self, body: bytes, query: Mapping[str, str], /) -> list[Event]:
        """The events that ``body``, or if it is empty ``query``, holds; at least one."""
        ...


@frozen(kw_only=True)
class Webhook:
    """What comes in from one provider, free of any server: `verify` first, then `parse`."""

    provider: str
    #: What a caller has to prove; all of them. None at all means that nothing is taken.
    schemes: tuple[Scheme, ...]
    reader: Parse = field(repr=False)

    def verify(self, headers: Mapping[str, str], body: bytes, *, now: float) -> None:
        """Raise `wamsg.errors.NotVerified` unless the call proves that it comes from the provider.

        ``body`` is raw, as it came; ``now`` is in seconds since 1970.
        """
        verify(self.schemes, headers, body, now=now)

    def parse(self, body: bytes, query: Mapping[str, str] = _NO_QUERY) -> list[Event]:
        """Every event of one call, in order, and at least one; ``query`` is read if the body is empty (a GET).

        What is well-formed but not known is a `wamsg.model.event.UnknownEvent`, and costs the others of its batch
        nothing. Raises `wamsg.errors.BadPayload` for what cannot be read, and nothing else.
        """
        return self.reader(body, query)


@frozen(kw_only=True)
class Inbound:
    """How a provider's callbacks are received."""

    #: An attrs class whose fields are made with `wamsg.settings.setting`, apart from those for sending: a process that
    #: only receives needs no key to send.
    settings: type[Any]
    #: Makes the webhook of an instance of ``settings``. Raises `wamsg.errors.ConfigError`.
    webhook: Callable[[Any], Webhook]
    #: Settings with which callbacks are taken, with obviously fake secrets.
    example: Mapping[str, str]


@runtime_checkable
class RememberingDialect(SandboxDialect, Protocol):
    """A fake server whose answers depend on what was asked before; still pure functions, of one argument more.

    Its `respond` is `respond_with` and a memory that holds nothing.
    """

    def respond_with(self, request: Request, serial: int, memory: Memory, now: float) -> Answer:
        """The answer to ``request`` of one who has this ``memory``, and what it changes there.

        ``now`` is in seconds since 1970. The same memory, request, serial and time give the same answer and change.
        """
        ...


def responder(dialect: SandboxDialect) -> Callable[[Request, int, Memory, float], Answer]:
    """How to ask a dialect of either kind; one that remembers nothing is asked without memory and time."""
    if isinstance(dialect, RememberingDialect):
        return dialect.respond_with
    return lambda request, serial, _memory, _now: dialect.respond(request, serial)


@frozen(kw_only=True)
class Told:
    """One status of one message, as a sandbox is to tell it."""

    accepted: Accepted = field(repr=False)
    status: DeliveryStatus
    #: Why it failed: a code of the provider, or its words where it has no code.
    fault: str | None = None
    #: When it happened, in seconds since 1970.
    at: float = 0.0


@frozen(kw_only=True)
class Written:
    """What someone writes to whoever uses a sandbox."""

    #: Digits only.
    sender: str = field(repr=False)
    name: str = field(repr=False)
    content: IncomingContent = field(repr=False)
    message_id: str
    #: When, in seconds since 1970.
    at: float
    #: The message that it answers, and that one's reference.
    reply_to: str | None = None
    reference: str | None = None
    #: The provider's word for another shape than its usual one, where it has several.
    style: str | None = None


@frozen(kw_only=True)
class Callback:
    """One call to the address for callbacks: a POST of ``body``, or a GET with ``query`` if there is one.

    The proof that it is genuine is added by who makes it.
    """

    body: bytes = field(default=b"", repr=False)
    query: Mapping[str, str] = field(default=_NO_QUERY, repr=False)
    #: What it tells, of that which was to be told.
    told: tuple[Told, ...] = ()
    #: Of a body alone.
    headers: Mapping[str, str] = field(factory=lambda: {"Content-Type": "application/json"}, repr=False)


@runtime_checkable
class CallingDialect(SandboxDialect, Protocol):
    """A fake server that can also call back, in the words that `Provider.inbound` reads; pure functions too."""

    def fate(self, accepted: Accepted, fault: str | None = None) -> tuple[Told, ...]:
        """What becomes of a message, step by step; ``at`` is left open.

        It fails with ``fault`` if there is one, or because of its recipient; else it is read in the end.
        """
        ...

    def callbacks(self, told: Sequence[Told]) -> tuple[Callback, ...]:
        """The calls that tell all of these, in few bodies if the provider can put several into one."""
        ...

    def incoming(self, written: Written) -> Callback:
        """The call that brings what someone wrote.

        Raises `wamsg.errors.Unsupported` for a kind of content, other than text, that the provider never brings, and
        for a ``style`` that it does not have.
        """
        ...


@runtime_checkable
class NotifyingDialect(SandboxDialect, Protocol):
    """A fake server that can also tell of templates, numbers, files or records, as `Provider.inbound` reads it."""

    def notice(self, notice: Notice) -> Callback:
        """The call that tells it; ``key`` tells notices apart where the provider's words have an id of their own.

        Raises `wamsg.errors.Unsupported` for a kind that the provider never tells.
        """
        ...


@frozen(kw_only=True)
class Provider:
    """What a plug-in exports under the entry-point group ``wamsg.providers``."""

    name: str
    #: For people.
    title: str
    #: The provider's API documentation.
    docs: str
    #: An attrs class whose fields are made with `wamsg.settings.setting`; ``base_url`` is one of them.
    settings: type[Any]
    #: Makes a driver of an instance of ``settings``.
    driver: Callable[[Any], Driver]
    #: Default limit per kind of lane, such as ``{"sender": "80/s"}``; the first is the one that ``limits="80/s"`` sets.
    limits: Mapping[str, str]
    sandbox: SandboxDialect
    #: Seconds for which the id of an upload can be used; None where it is not known, or there are no uploads.
    media_lifetime: float | None = None
    #: Makes the operation that reads an account's own limits, per kind of lane (None for "no limit"); None where the
    #: provider has no such thing. It must be a harmless read.
    read_limits: Callable[[Any], Operation[Mapping[str, str | None]]] | None = None
    #: Begins the inquiry whether deliveries of unknown fate went out, a finding for each of them, for a driver; None
    #: where the provider cannot tell. It only reads.
    look_up: Callable[[Any, Search], Inquiry[tuple[Finding, ...]]] | None = None
    #: Begins the inquiry after all templates of the account, for a driver; None where the provider cannot tell.
    templates: Callable[[Any], Inquiry[tuple[ApprovedTemplate, ...]]] | None = None
    #: Gives what the provider can do beside sending, each as a declaration; called, because they load on first use.
    operations: Callable[[], tuple[Declaration, ...]] = tuple
    #: Gives what the provider's documentation names and nothing is declared of, for the docs.
    missing: Callable[[], tuple[Missing, ...]] = tuple
    #: Obviously fake values for the required settings; the sandbox takes them as good credentials.
    example: Mapping[str, str]
    #: None where the provider calls nobody back.
    inbound: Inbound | None = None
    #: Gives how statuses are read from a list of messages; called, because it loads on first use. None where the
    #: provider has no such list.
    statuses: Callable[[], StatusList] | None = None
