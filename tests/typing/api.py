"""The public API as a user writes it; never run, only type-checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_type

import wamsg
from wamsg import (
    Button,
    Buttons,
    Card,
    Client,
    Contact,
    ContactName,
    ContactPhone,
    Contacts,
    Content,
    CurrencyParameter,
    Document,
    FanOut,
    File,
    Flow,
    Image,
    ListMenu,
    Location,
    Messenger,
    Outcome,
    PhoneNumber,
    Priority,
    Reaction,
    ReadReceipt,
    RetryPolicy,
    Row,
    Section,
    SendResult,
    Status,
    Sticker,
    Template,
    Text,
    UrlButton,
    Video,
)
from wamsg.errors import (
    CodeRefused,
    ConfigError,
    InvalidMessage,
    PlanLimit,
    Rejected,
    SendError,
    Throttled,
    Unanswered,
    Unsupported,
    WamsgError,
    WindowClosed,
)
from wamsg.operations import KEEP, Done, Page
from wamsg.providers.wacr.api import BatchOptions, WacrApi, Where
from wamsg.providers.wacr.api import Contact as CrmContact
from wamsg.wire import Operation


async def send_one() -> str | None:
    """The first ten lines that everybody writes."""
    async with wamsg.connect(
        "kaleyra", sid="HX..", api_key="..", sender="+91..", pod="in", limits="80/s", retry=RetryPolicy(), timeout=10
    ) as messenger:
        assert_type(messenger, Client)
        result = await messenger.send(Text(body="hello"), to="+919812340001")
        assert_type(result, SendResult)
        assert_type(result.message_id, str | None)
        assert_type(result.to, tuple[PhoneNumber, ...])
        assert_type(result.raw, Mapping[str, object])
        return result.message_id


async def limits() -> None:
    """All forms that limits take."""
    for limit in ("80/s", None):
        await wamsg.connect("wacr", limits=limit).aclose()
    await wamsg.connect("wacr", limits={"account": "60/min", "pair": None}).aclose()
    client: Client = await wamsg.connect("wacr", token="..", base_url="https://app.wa.cr/api/v2").open()
    assert_type(client.sources, Mapping[str, str])


async def send_many(messenger: Messenger) -> dict[Status, int]:
    """Fan-out with a string, an iterable and an async iterable."""

    async def rows() -> AsyncIterator[str]:
        yield "+919812340001"

    content = Image(link="https://media.example/a.jpg", caption="hi")
    counts = dict.fromkeys(Status, 0)
    run = wamsg.fan_out(messenger, content, to="+919812340001,+919812340002", concurrency=64)
    assert_type(run, FanOut)
    async for outcome in run:
        assert_type(outcome, Outcome)
        assert_type(outcome.position, int)
        assert_type(outcome.recipient, PhoneNumber | None)
        assert_type(outcome.result, SendResult | None)
        assert_type(outcome.error, WamsgError | None)
        counts[outcome.status] += 1
    assert_type(await wamsg.collect(wamsg.fan_out(messenger, content, to=rows())), list[Outcome])
    async with wamsg.fan_out(messenger, content, to=[PhoneNumber.parse("+12025550101")]) as rest:
        rest.stop()
    return counts


async def tell(messenger: Messenger, content: Content) -> str:
    """The errors that a user tells apart, and what they carry."""
    try:
        await messenger.send(content, to="+447700900101", reply_to="m-1", provider_options={"preview": True})
    except ConfigError as error:
        assert_type(error.setting, str | None)
        return "settings"
    except (InvalidMessage, Unsupported) as error:
        return str(error)
    except Unanswered:
        return "maybe"
    except Throttled as error:
        assert_type(error.retry_after, float | None)
        return "later"
    except WindowClosed:
        return "use a template"
    except Rejected as error:
        assert_type(error.code, str | None)
        return error.code or "refused"
    except SendError as error:
        assert_type(error.http_status, int | None)
        assert_type(error.lanes, tuple[str, ...])
        return "yes" if error.may_have_gone_out else "no"
    return "sent"


def contents() -> list[Content]:
    """Content as people build it."""
    return [
        Text(body="hello", preview_url=True),
        Image(file=Path("a.png")),
        Video(id="m-1"),
        Sticker(link="https://media.example/a.webp"),
        Document(file=b"%PDF-1.7", filename="bill.pdf"),
        Document(file=File.at("bill.pdf"), caption="May"),
        Location(latitude=12.97, longitude=77, name="Office"),
        Contacts(contacts=[Contact(name=ContactName(formatted_name="A"), phones=[ContactPhone(phone="+91..")])]),
        Reaction(message_id="m-1", emoji=""),
        ReadReceipt(message_id="m-1", typing=True),
        Buttons(body="Ready?", buttons=[Button(id="1", title="Yes")], header="Hello"),
        ListMenu(body="Choose", button="Open", sections=[Section(rows=[Row(id="1", title="One")])]),
        Flow(body="Join", button="Open", flow_id="1", token="t", screen="S", data={"a": [1]}),
        Template(name="n", language="en", body=["a", "b"], buttons=[UrlButton(index=0, text="t")]),
        Template(
            name="n", language="en", header=Image(id="m-1"), body={"who": "Asha"}, cards=[Card(header=Video(id="1"))]
        ),
        Template(name="n", language="en", body=[CurrencyParameter(fallback="5", code="INR", amount_1000=5000)]),
        Template.authentication(name="otp", language="en", code="123456"),
    ]


class Recorder:
    """A messenger of the user's own, for a test of theirs."""

    def __init__(self) -> None:
        self.sent: list[Content] = []

    async def send(
        self,
        content: Content,
        *,
        to: wamsg.Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> SendResult:
        """Remember it."""
        self.sent.append(content)
        return SendResult(provider="recorder", message_id=f"{to}{reply_to}{provider_options}{priority}")

    async def aclose(self) -> None:
        """Nothing to give back."""


RECORDER: Messenger = Recorder()


async def provider_operations(client: Client) -> None:
    """What a provider offers beside sending; the wrong argument, and the wrong use of a result, are found here."""
    api = WacrApi(client, priority=Priority.BULK)
    contact = await api.contacts.create(
        firstname="A", lastname="B", phone="+91..", type="lead", source_id=1, status_id=2, groups=[1, 2]
    )
    assert_type(contact, CrmContact)
    assert_type(contact.id, int)
    assert_type(contact.created_at, datetime | None)
    assert_type(contact.extra, Mapping[str, object])
    created_after = datetime(2026, 1, 1, tzinfo=UTC)
    async for each in api.contacts.list(status_id=3, type=Where.none_of("lead"), created_after=created_after):
        assert_type(each, CrmContact)
    assert_type(api.contacts.list.operation(page=2), Operation[Page[CrmContact]])
    assert_type(await client.call(api.contacts.get.operation(7, include=["groups"])), CrmContact)
    await api.contacts.update(7, email=None, city=KEEP)
    assert_type(await api.contacts.delete(7), Done)
    batch = await api.contacts.create_batch([], options=BatchOptions(skip_duplicates=True))
    assert_type(batch.summary.failed, int | None)
    assert_type((await api.otp.verify("+91..", "493817")).verified_at, datetime | None)
    try:
        await api.contacts.get("7")  # type: ignore[arg-type]  # ids are numbers
        await api.contacts.get(7, fields="id")  # type: ignore[call-arg]  # there is no such argument
        await api.contacts.create(firstname="A")  # type: ignore[call-arg]  # the others are missing
        await api.contacts.list(type="friend")  # type: ignore[arg-type, misc]  # not a type, and nothing to await
    except PlanLimit as error:
        assert_type(error.maximum, int | None)
    except CodeRefused as error:
        assert_type(error.attempts_remaining, int | None)
