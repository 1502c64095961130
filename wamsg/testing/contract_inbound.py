"""What comes in: refused without a proof, any payload is events or a `BadPayload`, and the sandbox's own are read."""

# ruff: noqa: S101 -- assertions are what a contract is made of

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from wamsg.capabilities import FEATURES
from wamsg.driver import Callback, CallingDialect, NotifyingDialect, Told, Webhook, Written
from wamsg.errors import BadPayload, NotVerified, Unsupported
from wamsg.model.event import Event, IncomingContent, IncomingMessage, StatusUpdate
from wamsg.settings import resolve, settings_of
from wamsg.testing.contract_subject import SECRET, Subject, is_line, relaxed
from wamsg.testing.strategies import json_objects
from wamsg.testing.told import CONTENTS, notices
from wamsg.wire.proof import proof

#: Names that the payloads of many providers have, so that more than the first look at one is tried.
_NAMES = ("object", "entry", "event", "type", "data", "status", "id", "message", "messages", "statuses", "from", "to")
#: Seconds since 1970 at which the sandbox calls back.
_NOW = 1_767_225_600.0
_PAYLOADS = json_objects() | st.dictionaries(st.sampled_from(_NAMES), st.text(max_size=9) | json_objects(), max_size=6)


class InboundContract(Subject):
    """`wamsg.driver.Inbound`; a provider that has none has nothing to show here."""

    def webhook(self, **changes: object) -> Webhook | None:
        """The webhook made of the example and ``changes``."""
        inbound = self.provider.inbound
        if inbound is None:
            return None
        given = {**inbound.example, **changes}
        return inbound.webhook(resolve(self.provider.name, inbound.settings, given=given, environ={}).values)

    def test_callback_settings_are_explained_and_apart(self) -> None:
        """Each has a help text, none is required, and none has the name of a setting for sending."""
        inbound = self.provider.inbound
        if inbound is None:
            return
        sending = {item.name for item in settings_of(self.provider.name, self.provider.settings)}
        known = {item.name: item for item in settings_of(self.provider.name, inbound.settings)}

        for field in attrs.fields(inbound.settings):
            assert field.name in known, f"{field.name} is not made with wamsg.settings.setting"
            assert is_line(known[field.name].help), f"the help text of {field.name} is not one line"
            assert not known[field.name].required, f"{field.name} is required; leave it to the schemes to refuse"
            assert field.name not in sending, f"{field.name} is a setting for sending too"

    def test_callbacks_without_a_proof_are_refused(self) -> None:
        """With the example a stranger is refused, and without any secret everyone is; no secret is shown."""
        inbound = self.provider.inbound
        if inbound is None:
            return
        secrets = [item.name for item in settings_of(self.provider.name, inbound.settings) if item.secret]
        bare = {name: value for name, value in inbound.example.items() if name not in secrets}
        closed = inbound.webhook(resolve(self.provider.name, inbound.settings, given=bare, environ={}).values)

        assert self.webhook().schemes, "the example of inbound holds no secret"  # type: ignore[union-attr]  # it is one
        for webhook in (closed, self.webhook(callback_token=SECRET)):
            assert webhook is not None
            with pytest.raises(NotVerified) as caught:
                webhook.verify({}, b"{}", now=0.0)
            assert SECRET not in f"{webhook!r}{caught.value}", "a secret is shown"

    @relaxed
    @given(document=_PAYLOADS)
    def test_any_payload_is_events_or_a_bad_payload(self, document: dict[str, Any]) -> None:
        """By body and by query, at least one event, the same again, and no other exception."""
        webhook = self.webhook()
        if webhook is None:
            return
        body = json.dumps(document).encode()
        query = {name: value for name, value in document.items() if isinstance(value, str)}

        for given_body, given_query in ((body, {}), (b"", query), (b"<xml/>", {})):
            first, second = _read(webhook, given_body, given_query), _read(webhook, given_body, given_query)
            assert first != [], "a payload without an event: make it an UnknownEvent"
            assert first == second, "the same payload gives other events, or other keys"
            for event in first or []:
                assert event.provider == self.provider.name, f"the event is of {event.provider!r}"

    def test_what_its_sandbox_tells_is_read_as_meant(self) -> None:
        """Each step of a message, alone and together: proven, read once, and found by its reference or id."""
        webhook, dialect = self.webhook(), self.provider.sandbox
        if webhook is None or not isinstance(dialect, CallingDialect):
            return
        message = evolve(FEATURES["text"], reference="w1.1.2s.1.k3fz0q")
        taken = [self.ask(self.example.encode(message), serial).accepted for serial in (1, 2)]
        told = [evolve(step, at=_NOW) for accepted in taken for one in accepted for step in dialect.fate(one)]
        assert told, "nothing becomes of a message"

        for group in (told, *([one] for one in told)):
            calls = dialect.callbacks(group)
            assert Counter(map(id, group)) == Counter(id(one) for call in calls for one in call.told), (
                "a status is told twice, or by no call, or the call does not say so"
            )
            for call in calls:
                _check_told(_heard(webhook, call), call.told)

    def test_what_its_sandbox_writes_is_read_as_meant(self) -> None:
        """What someone writes to the sandbox's user is proven, and read as that; only a text must be possible."""
        webhook, dialect = self.webhook(), self.provider.sandbox
        if webhook is None or not isinstance(dialect, CallingDialect):
            return
        for kind, content in CONTENTS.items():
            written = Written(sender="12025550101", name="Asha", content=content, message_id="in-1", at=_NOW)
            try:
                call = dialect.incoming(written)
            except Unsupported:
                assert kind != "text", "nobody can write a text"
                continue
            _check_written(_heard(webhook, call), content)

    def test_what_its_sandbox_notifies_of_is_read_as_meant(self) -> None:
        """Each notice that it tells is proven, and read as the same but for its key."""
        webhook, dialect = self.webhook(), self.provider.sandbox
        if webhook is None or not isinstance(dialect, NotifyingDialect):
            return
        told = 0
        for kind, notice in notices(self.provider.name).items():
            try:
                call = dialect.notice(notice)
            except Unsupported:
                continue
            told += 1
            events = _heard(webhook, call)
            assert [type(event) for event in events] == [type(notice)], f"{kind} is read as {events}"
            assert evolve(events[0], key=notice.key, raw={}) == notice, f"{kind} is read as {events}"
        assert told, "it tells of nothing; leave the method out"


def _heard(webhook: Webhook, call: Callback) -> list[Event]:
    headers = {**call.headers, **proof(webhook.schemes, call.body, now=_NOW)}
    webhook.verify(headers, call.body, now=_NOW)
    return webhook.parse(call.body, call.query)


def _check_written(events: Sequence[Event], content: IncomingContent) -> None:
    assert [type(event) for event in events] == [IncomingMessage], f"it is read as {events}"
    for event in events:
        assert isinstance(event, IncomingMessage)
        assert event.content == content, f"another content is read than was written: {event.content} for {content}"
        assert event.sender is not None, "nobody has written it"
        assert (event.sender.digits, event.message_id) == ("12025550101", "in-1"), f"it is read as {event}"


def _check_told(events: Sequence[Event], told: Sequence[Told]) -> None:
    found = [(event, event.status) for event in events if isinstance(event, StatusUpdate)]
    assert len(found) == len(events), f"statuses are read as {events}"
    assert Counter(status for _, status in found) == Counter(one.status for one in told), f"read as {events}"
    for event, status in found:
        names = {event.reference, event.message_id, *event.other_ids} - {None}
        meant = [one for one in told if names & {one.accepted.reference, one.accepted.message_id}]
        assert status in {one.status for one in meant}, f"{status} is not told of {sorted(map(str, names))}"


def _read(webhook: Webhook, body: bytes, query: dict[str, str]) -> list[Event] | None:
    try:
        return webhook.parse(body, query)
    except BadPayload:
        return None
