"""WA.cr's driver: messages to operations, answers to results."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from wamsg.model import Media, Message, SendResult
from wamsg.providers.wacr.config import Settings
from wamsg.providers.wacr.convert import structure, to_form, to_json
from wamsg.providers.wacr.decode import Decoder, classify
from wamsg.providers.wacr.encode import compose
from wamsg.providers.wacr.endpoints import SENDS, Endpoint
from wamsg.wire import Form, Operation, Request, Response, Upload, Verdict

if TYPE_CHECKING:
    # Sending does without the room of operations: it loads on first use.
    from wamsg.operations import Service


class WacrDriver:
    """Implements `wamsg.driver.Driver`; one per account."""

    name = "wacr"

    def __init__(self, settings: Settings) -> None:
        bearer = {"Authorization": f"Bearer {settings.token.reveal()}", "Accept": "application/json"}
        self._headers = MappingProxyType(bearer)
        self._json_headers = MappingProxyType({**bearer, "Content-Type": "application/json"})
        self._urls = {endpoint: settings.base_url + endpoint.path for endpoint in SENDS}
        self._base_url = settings.base_url
        # The limit belongs to the token; its digest tells accounts apart without telling the token.
        digest = hashlib.blake2s(settings.token.reveal().encode(), digest_size=4).hexdigest()
        self._lanes = (f"account:{digest}",)
        self._decoder = Decoder(token=settings.token, lanes=self._lanes)
        self._limits = settings.media_limits
        self._contact_style = settings.contact_fields

    def encode(self, message: Message) -> Operation[SendResult]:
        """The operation that sends ``message``; see `wamsg.driver.Driver.encode`."""
        endpoint, fields = compose(message, self._limits)
        request = self._request(endpoint, self._body(endpoint, fields))
        decode = partial(self._decoder.sent, endpoint, message.to)
        return Operation(name=endpoint.name, request=request, decode=decode)

    def encode_upload(self, media: Media) -> None:  # noqa: ARG002 -- the protocol's signature
        """None: files travel inside the message."""
        return

    def classify(self, response: Response) -> Verdict:
        """What an answer means for the pipeline."""
        return classify(response)

    def probe(self) -> Operation[str]:
        """Reads the account; needs the scope ``account:read``."""
        from wamsg.providers.wacr.api import account

        return account.probe(self.service, self._decoder.shown)

    def read_limits(self) -> Operation[Mapping[str, str | None]]:
        """Reads the token's calls per minute; needs the scope ``account:read``."""
        from wamsg.providers.wacr.api import account

        return account.read_limits(self.service)

    @cached_property
    def service(self) -> Service:
        """What the operations of `wamsg.providers.wacr.api` need of this account."""
        from wamsg.operations import Service
        from wamsg.providers.wacr.envelope import Envelope

        return Service(
            provider=self.name,
            base_url=self._base_url,
            headers=self._headers,
            lanes=self._lanes,
            reader=Envelope(self._decoder),
            write=to_json,
            structure=structure,
        )

    def _body(self, endpoint: Endpoint, fields: dict[str, object]) -> bytes | Form:
        if endpoint.media or any(isinstance(value, Upload) for value in fields.values()):
            return to_form(fields, self._contact_style)
        return to_json(fields)

    def _request(self, endpoint: Endpoint, body: bytes | Form | None) -> Request:
        return Request(
            method=endpoint.method,
            url=self._urls[endpoint],
            # The transport sets a form's content type, whose boundary only it knows.
            headers=self._json_headers if isinstance(body, bytes) else self._headers,
            body=body,
            lanes=self._lanes,
        )
