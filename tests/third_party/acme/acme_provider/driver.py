"""Acme's driver: messages to operations, answers to results."""

from __future__ import annotations

import hashlib

from acme_provider.config import NAME, Settings
from acme_provider.convert import to_json
from acme_provider.decode import Decoder, classify
from acme_provider.encode import message_fields, upload_form
from wamsg.model import Media, Message, SendResult
from wamsg.wire import Form, Operation, Request, Response, Verdict


class AcmeDriver:
    """Implements `wamsg.driver.Driver`; one per account."""

    name = NAME

    def __init__(self, settings: Settings) -> None:
        token = settings.token.reveal()
        self._base = settings.base_url
        self._headers = {"X-Acme-Token": token}
        # Lanes are logged: a digest tells accounts apart without telling the token.
        self._lanes = (f"account:{hashlib.blake2s(token.encode(), digest_size=4).hexdigest()}",)
        self._decoder = Decoder(token=settings.token, lanes=self._lanes)

    def encode(self, message: Message) -> Operation[SendResult]:
        """https://docs.acme.example/messages ."""
        body = to_json(message_fields(message))
        return Operation(
            name="messages.send",
            request=self._request("POST", "/messages", body),
            decode=self._decoder.sent(message.to),
        )

    def encode_upload(self, media: Media) -> Operation[str] | None:
        """https://docs.acme.example/media ."""
        if media.file is None:
            return None
        request = self._request("POST", "/media", upload_form(media, media.file))
        return Operation(name="media.upload", request=request, decode=self._decoder.uploaded)

    def classify(self, response: Response) -> Verdict:
        return classify(response)

    def probe(self) -> Operation[str]:
        """https://docs.acme.example/account ."""
        return Operation(name="account.show", request=self._request("GET", "/me", None), decode=self._decoder.account)

    def _request(self, method: str, path: str, body: bytes | Form | None) -> Request:
        # A form's content type is the transport's to set: only it knows the boundary.
        kind = {"Content-Type": "application/json"} if isinstance(body, bytes) else {}
        return Request(
            method=method,
            url=self._base + path,
            headers={**self._headers, **kind},
            body=body,
            lanes=self._lanes,
            repeatable=method == "GET",
        )
