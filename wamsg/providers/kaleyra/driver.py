"""Kaleyra's driver: prepares once what every request shares, then joins encoding and decoding."""

from __future__ import annotations

from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from attrs import evolve

from wamsg.model import Content, Flow, Media, Message, PhoneNumber, SendResult
from wamsg.providers.kaleyra import decode, limits
from wamsg.providers.kaleyra.config import NAME, Settings
from wamsg.providers.kaleyra.convert import json_bytes, structure
from wamsg.providers.kaleyra.encode import messaging_object
from wamsg.providers.kaleyra.extra_info import check_reference, extra_info
from wamsg.wire import Operation, Request, Response, Verdict

if TYPE_CHECKING:
    # Sending does without the room of operations: it loads on first use.
    from wamsg.operations import Service


class KaleyraDriver:
    """Translates messages for one sending number; implements `wamsg.driver.Driver`."""

    name: Final = NAME

    def __init__(self, settings: Settings) -> None:
        self._secret = settings.api_key
        self._wa_source = settings.wa_source
        self._settings = settings
        #: The WhatsApp Business Account, where it is known.
        self.waba_id = settings.waba_id
        self._messages = f"{settings.root}/messages"
        key = {"api-key": settings.api_key.reveal()}
        self._headers = MappingProxyType(key)
        self._json_headers = MappingProxyType({**key, "Content-Type": "application/json"})
        self._lanes = (f"sender:{settings.sender.e164}",)
        self._pair = f"pair:{settings.sender.e164}/"
        #: The content that was sent last, and the body for it before and after the recipient; up to the reference.
        self._prepared: tuple[Content, bytes, bytes] | None = None

    def __repr__(self) -> str:
        return "<KaleyraDriver>"

    def encode(self, message: Message) -> Operation[SendResult]:
        """``POST ../messages`` with ``messaging_object`` and ``extra_info``; see `wamsg.driver.Driver.encode`."""
        lanes = self._lanes_to(message.to)
        return Operation(
            name=f"messages.{type(message.content).__name__.lower()}",
            request=Request(
                method="POST",
                url=self._messages,
                headers=self._json_headers,
                body=self._body(message),
                lanes=lanes,
            ),
            decode=partial(decode.send_result, to=message.to, lanes=lanes, secret=self._secret),
        )

    def encode_upload(self, media: Media) -> Operation[str]:
        """``POST ../media`` with ``file`` and ``type``, its MIME type; an upload messages nobody, so it is repeatable.

        Source: https://developers.kaleyra.io/docs/whatsapp-api-v2-upload-media-files. Raises
        `wamsg.errors.InvalidMessage` for too many bytes, `wamsg.errors.Unsupported` for a type that is not taken.
        """
        from wamsg.operations import make
        from wamsg.providers.kaleyra.api.media import Media as Api

        made = make(Api.upload.declaration, self.service, {"file": limits.file_of(media)})
        return Operation(
            name=made.name,
            request=made.request,
            decode=partial(decode.upload_id, lanes=made.request.lanes, secret=self._secret),
        )

    def classify(self, response: Response) -> Verdict:
        """What an answer means; never raises."""
        return decode.classify(response)

    def probe(self) -> Operation[str]:
        """``GET ../phone_number_details``: what Kaleyra knows of the sending number."""
        from wamsg.operations import make
        from wamsg.providers.kaleyra.api.numbers import Numbers

        made = make(Numbers.details.declaration, self.service, {})
        return Operation(
            name=made.name,
            request=made.request,
            decode=partial(decode.health, lanes=made.request.lanes, secret=self._secret),
        )

    @cached_property
    def service(self) -> Service:
        """What the operations of `wamsg.providers.kaleyra.api` need of this account.

        Their lane is the account's: a refusal of one of them says nothing of how fast messages may go.
        """
        from wamsg.operations import Service
        from wamsg.providers.kaleyra.envelope import Envelope

        return Service(
            provider=self.name,
            base_url=self._settings.origin,
            headers=self._headers,
            lanes=(f"account:{self._settings.sid}",),
            places=MappingProxyType({"sid": self._settings.sid, "number": self._settings.sender.digits}),
            reader=Envelope(self._secret),
            write=json_bytes,
            structure=structure,
        )

    def _body(self, message: Message) -> bytes:
        # A flow's data is frozen at its top level only.
        if len(message.to) != 1 or message.reply_to or message.provider_options or isinstance(message.content, Flow):
            return self._whole(message)
        # A broadcast sends one content object over and over, and only recipient and reference differ: encoding it anew
        # would cost 10 us of each message. The content is frozen: being the same object is being the same content.
        if self._prepared is None or self._prepared[0] is not message.content:
            whole, to = self._whole(evolve(message, reference=None)), _to_field(message.to[0])
            # Its first occurrence is the field itself: before it stand only constants.
            head, tail = whole.removesuffix(_ENDING).split(to, 1)
            self._prepared = (message.content, head, tail)
        _, head, tail = self._prepared
        ending = (
            _ENDING if message.reference is None else b',"ref":%b}}' % json_bytes(check_reference(message.reference))
        )
        return head + _to_field(message.to[0]) + tail + ending

    def _whole(self, message: Message) -> bytes:
        info = extra_info(message.provider_options, wa_source=self._wa_source, reference=message.reference)
        return json_bytes({"messaging_object": messaging_object(message), "extra_info": info})

    def _lanes_to(self, recipients: tuple[PhoneNumber, ...]) -> tuple[str, ...]:
        return (*self._lanes, self._pair + recipients[0].e164) if len(recipients) == 1 else self._lanes


#: What closes ``extra_info``, the last field, and the body; a reference goes before it.
_ENDING = b"}}"


def _to_field(recipient: PhoneNumber) -> bytes:
    return b'"to":"%b"' % recipient.e164.encode()
