"""Meta's frame (``object``, ``entry``, ``changes``) and Kaleyra's, which wraps one change of it; every item of both.

Sources: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components and
https://developers.kaleyra.io/docs/wa-status-update-webhooks-payload-v2-sent
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import frozen

from wamsg.model import PhoneNumber
from wamsg.model.event import Around, Event, Excerpt, Raw
from wamsg.providers.kaleyra.webhook_message import meta_message
from wamsg.providers.kaleyra.webhook_notice import notice
from wamsg.providers.kaleyra.webhook_status import meta_status
from wamsg.providers.kaleyra.webhook_values import phone, unknown
from wamsg.wire.pluck import EMPTY, identifier, table

Part = Mapping[str, object]
#: What stands around a piece, so that `wamsg.model.event.Event.raw` has the payload's own shape.
Place = tuple[Around, ...]
#: What holds the items of a change; ``contacts`` are the writers of ``messages``.
_LISTS = ("statuses", "messages", "contacts")


def meta_frame(document: Part, entries: Iterable[object]) -> Iterator[Event]:
    """Every change of every one of ``entries``, which ``document`` has as ``entry``."""
    for entry in entries:
        yield from _entry(entry, (Around(document, "entry", listed=True),))


def kaleyra_frame(document: Part) -> Iterator[Event]:
    """``meta_object`` is one change; ``extra_info`` and the rest stand beside it."""
    yield from _change(document.get("meta_object"), (Around(document, "meta_object"),), beside=document)


def _entry(entry: object, place: Place) -> Iterator[Event]:
    changes = entry.get("changes") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(changes, list) or not changes:
        yield unknown("an entry without changes", Excerpt(entry, place))
        return
    for change in changes:
        yield from _change(change, (Around(entry, "changes", listed=True), *place), at=entry.get("time"))


def _change(change: object, place: Place, *, at: object = None, beside: Part = EMPTY) -> Iterator[Event]:
    value = change.get("value") if isinstance(change, Mapping) else None
    if not isinstance(change, Mapping) or not isinstance(value, Mapping):
        yield unknown("a change without a value", Excerpt(change, place))
        return
    group = _Group.of(value, (Around(change, "value"), *place), beside)
    some = False
    for event in group.events():
        some = True
        yield event
    if not some:
        raw = Excerpt(change, place)
        yield notice(value, raw=raw, at=at) or unknown("not a known kind of change", raw, change.get("field"))


@frozen
class _Group:
    """The items of one change, and what they share."""

    value: Part
    #: ``value`` without its items.
    shared: Part
    #: Of ``value``.
    place: Place
    beside: Part
    business: PhoneNumber | None
    #: Each once; none where nothing stands beside the change.
    ids: tuple[str | None, ...]
    contacts: Mapping[str, Part]

    @classmethod
    def of(cls, value: Part, place: Place, beside: Part) -> _Group:
        shared = {name: held for name, held in value.items() if name not in _LISTS}
        items = [item for name in ("statuses", "messages") for item in _list(value.get(name))] if beside else []
        metadata = table(value.get("metadata"))
        people = [table(person) for person in _list(value.get("contacts"))]
        return cls(
            value=value,
            shared=shared,
            place=place,
            beside=beside,
            business=phone(metadata.get("display_phone_number")),
            ids=tuple(dict.fromkeys(identifier(table(item).get("id")) for item in items)),
            contacts={
                found: person
                for person in people
                for name in ("wa_id", "user_id")
                if (found := identifier(person.get(name)))
            },
        )

    def events(self) -> Iterator[Event]:
        for name, read in (("statuses", self._status), ("messages", self._message)):
            held = self.value.get(name)
            if held and not isinstance(held, list):
                yield unknown(f"{name} are no list", Excerpt({**self.shared, name: held}, self.place))
            place = (Around(self.shared, name, listed=True), *self.place)
            writers = isinstance(self.value.get("contacts"), list)
            for item in _list(held):
                yield _guarded(read, item, Excerpt(item, self._beside_writer(name, item) if writers else place))

    def _beside_writer(self, name: str, item: object) -> Place:
        """The place of an item in a payload with its writer alone."""
        writer = self._contact(table(item))
        holder = {**self.shared, "contacts": [writer] if writer else []}
        return (Around(holder, name, listed=True), *self.place)

    def _contact(self, item: Part) -> Part:
        for name in ("from", "from_user_id", "recipient_id", "recipient_user_id"):
            if (person := identifier(item.get(name))) and person in self.contacts:
                return self.contacts[person]
        return EMPTY

    def _beside(self, item: Part) -> Part:
        """What stands beside the change, if it cannot be about another item than this one."""
        if not self.beside:
            return EMPTY
        info = table(self.beside.get("extra_info"))
        named = {identifier(self.beside.get("message_id")), identifier(info.get("message_id"))} - {None}
        return self.beside if len(self.ids) == 1 or identifier(item.get("id")) in named else EMPTY

    def _status(self, item: Part, raw: Raw) -> Event:
        return meta_status(item, business=self.business, beside=self._beside(item), raw=raw)

    def _message(self, item: Part, raw: Raw) -> Event:
        contact, beside = self._contact(item), self._beside(item)
        return meta_message(item, contact=contact, business=self.business, beside=beside, raw=raw)


def _guarded(read: Callable[[Part, Raw], Event], item: object, raw: Raw) -> Event:
    if not isinstance(item, dict):
        return unknown("an item that is no object", raw)
    try:
        return read(item, raw)
    except Exception as error:  # noqa: BLE001 -- a fault of ours with one item must not lose the others; it is told
        return unknown(f"wamsg failed to read it ({type(error).__name__})", raw, item.get("type") or item.get("status"))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
