"""Contacts over sockets: what is asked, what is made of the answers, and where a listing ends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.support.scripted import Asked, Said, Script, ScriptedServer, drain
from wamsg.errors import InvalidMessage, InvalidRequest, NotFound, PlanLimit, Unanswered
from wamsg.operations import KEEP, Done, Named, Text
from wamsg.providers.wacr.api import BatchOptions, Contact, NewContact, WacrApi, Where
from wamsg.providers.wacr.api.pages import Filter

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[WacrApi, ScriptedServer]]]
NEW: dict[str, Any] = {
    "firstname": "Asha",
    "lastname": "Rao",
    "phone": "+919812340001",
    "type": "lead",
    "source_id": 1,
    "status_id": 2,
}


def page(*ids: int, more: bool | None = None) -> Said:
    """A page of contacts; without ``more`` it says nothing about other pages."""
    meta = {} if more is None else {"pagination": {"has_more": more}}
    return Said(document={"success": True, "data": [{"id": number} for number in ids], "meta": meta})


async def test_a_contact_is_created_and_read_without_losing_a_word(speaking: Speaking) -> None:
    """The body holds what was given alone; fields nobody knows, and values of another type, are in extra."""
    data = {"id": 7, "firstname": "Asha", "status_id": "2", "group_id": [1, 2], "score": 5, "zip": {"odd": 1}}
    data["created_at"] = "2026-01-31T09:00:00.000000Z"
    async with speaking([Said(status=201, document={"success": True, "data": data, "warnings": ["w"]})]) as (
        api,
        server,
    ):
        contact = await api.contacts.create(**NEW, email=None)

    asked = server.asked[0]
    assert ("POST", "/api/v2/contacts") == (asked.method, asked.target)
    assert NEW == asked.json()
    assert ("Bearer fake-token", "application/json") == (asked.headers["Authorization"], asked.headers["Content-Type"])
    assert (7, "Asha", 2, (1, 2), None) == (
        contact.id,
        contact.firstname,
        contact.status_id,
        contact.group_id,
        contact.zip,
    )
    assert datetime(2026, 1, 31, 9, tzinfo=UTC) == contact.created_at
    assert {"score": 5, "zip": {"odd": 1}, "warnings": ["w"]} == contact.extra
    assert "Asha" not in repr(contact)


async def test_a_listing_asks_for_what_was_said(speaking: Speaking) -> None:
    """Filters, operators, order and page are in the query, and every odd character arrives as it was."""
    async with speaking([page(1, more=False)]) as (api, server):
        found = api.contacts.list(
            search="a+b & ü=%",
            status_id=3,
            type=Where.none_of("lead", "guest"),
            group_id=Where.empty(yes=False),
            source_id=Where.between(1, 5),
            created_after=datetime(2026, 1, 1, tzinfo=UTC),
            sort=["-created_at", "id"],
            include="groups,source",
            per_page=50,
        )
        assert [1] == [contact.id async for contact in found]

    assert [
        ("search", "a+b & ü=%"),
        ("filter[type][not_in]", "lead,guest"),
        ("filter[status_id]", "3"),
        ("filter[source_id][between]", "1,5"),
        ("filter[group_id][null]", "false"),
        ("filter[created_at][gte]", "2026-01-01T00:00:00+00:00"),
        ("sort", "-created_at,id"),
        ("include", "groups,source"),
        ("page", "1"),
        ("per_page", "50"),
    ] == parse_qsl(server.asked[0].query)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        pytest.param([page(1, 2, more=True), page(3, more=False)], [1, 2, 3], id="has_more says so"),
        pytest.param([page(1, 2), page(3)], [1, 2, 3], id="a short page"),
        pytest.param([page(1, 2), page()], [1, 2], id="an empty page"),
        pytest.param([page(1, more=True), page(2, more=False)], [1, 2], id="short, and yet there is more"),
        pytest.param([page(1, 2, 3), page(1, 2, 3)], [1, 2, 3], id="a server that does not page"),
        pytest.param([page()], [], id="nothing at all"),
        pytest.param([page(more=True)], [], id="empty, and yet there is more"),
    ],
)
async def test_a_listing_ends(pages: list[Said], expected: list[int], speaking: Speaking) -> None:
    """Each way in which a server says that this was the last page, with not a request too many."""
    async with speaking(pages) as (api, server):
        found = [contact.id async for contact in api.contacts.list(per_page=2)]

    assert expected == found
    assert [str(number) for number in range(1, len(pages) + 1)] == [
        dict(parse_qsl(asked.query))["page"] for asked in server.asked
    ]


async def test_a_server_that_repeats_itself_is_told(speaking: Speaking) -> None:
    """More is promised and the same page comes again: an error, after everything that came was handed on."""
    found: list[Contact] = []
    async with speaking([page(1, 2, more=True)] * 3) as (api, server):
        with pytest.raises(Unanswered, match="page 2 is the same as the one before"):
            await drain(api.contacts.list(per_page=2), found)

    assert [1, 2] == [contact.id for contact in found]
    assert len(server.asked) == 2


async def test_whoever_has_seen_enough_just_stops(speaking: Speaking) -> None:
    """After a break no further page is asked for, and the client goes on."""

    def endless(asked: Asked) -> Said:
        if not asked.query:
            return Said(document={"data": {"id": 8}})
        number = int(dict(parse_qsl(asked.query))["page"])
        return page(number * 2, number * 2 + 1, more=True)

    async with speaking(endless) as (api, server):
        async for contact in api.contacts.list(per_page=2):
            if contact.id == 5:
                break
        assert len(server.asked) == 2
        assert (await api.contacts.get(8)).id == 8


async def test_a_listing_that_is_no_list_is_an_error(speaking: Speaking) -> None:
    """An object, or an item without an id, is not taken for an empty page."""
    async with speaking([Said(document={"data": {"1": {}}}), Said(document={"data": [{"id": 1}, {"name": "x"}]})]) as (
        api,
        _,
    ):
        with pytest.raises(Unanswered, match="data is not a list"):
            _ = [contact async for contact in api.contacts.list()]
        with pytest.raises(Unanswered, match="id is not a whole number"):
            _ = [contact async for contact in api.contacts.list()]


async def test_an_update_sends_what_is_given_and_null_for_none(speaking: Speaking) -> None:
    """What is not named, or kept, is not in the body; None empties a field."""
    async with speaking([Said(document={"data": {"id": 7}})]) as (api, server):
        await api.contacts.update(7, email=None, city=KEEP, firstname="Asha", groups=[])

    assert ("PATCH", "/api/v2/contacts/7") == (server.asked[0].method, server.asked[0].target)
    assert {"email": None, "firstname": "Asha", "groups": []} == server.asked[0].json()


@pytest.mark.parametrize(
    "said",
    [
        Said(status=204, body=b""),
        Said(document={"success": True, "message": "Deleted"}),
        Said(document={"success": True, "data": None}),
        Said(document={"success": True, "data": []}),
    ],
)
async def test_a_deletion_is_done_whatever_way_the_server_says_so(said: Said, speaking: Speaking) -> None:
    """Its answer is not documented: no content, no data, an empty list are all good."""
    async with speaking([said]) as (api, server):
        assert Done() == await api.contacts.delete(7)

    asked = server.asked[0]
    assert ("DELETE", "/api/v2/contacts/7", b"") == (asked.method, asked.target, asked.body)


async def test_a_get_without_content_is_no_contact(speaking: Speaking) -> None:
    """204 says that something is done, and reading is not doing."""
    async with speaking([Said(status=204, body=b"")]) as (api, _):
        with pytest.raises(Unanswered):
            await api.contacts.get(7)


async def test_a_batch_is_deleted_with_a_body(speaking: Speaking) -> None:
    """DELETE carries its JSON over the wire, and unknown ids are a number in the result."""
    summary = {"total": 3, "deleted": 2, "failed": 1}
    async with speaking([Said(document={"success": True, "summary": summary})]) as (api, server):
        result = await api.contacts.delete_batch([1, 2, 3])

    asked = server.asked[0]
    assert ("DELETE", "/api/v2/contacts/batch") == (asked.method, asked.target)
    assert b'{"ids":[1,2,3]}' == asked.body
    assert (str(len(asked.body)), "application/json") == (
        asked.headers["Content-Length"],
        asked.headers["Content-Type"],
    )
    assert (3, 2, 1) == (result.summary.total, result.summary.deleted, result.summary.failed)


BATCH: dict[str, object] = {
    "summary": {"total": 3, "created": 1, "skipped": 1, "failed": 1},
    "created": [{"id": 9}],
    "skipped": [{"index": 1, "reason": "duplicate", "data": {"phone": "+919812340001"}}],
    "errors": [{"index": 2, "errors": {"phone": ["taken"]}}],
}


@pytest.mark.parametrize(
    "document",
    [{"success": True, **BATCH}, {"success": True, "data": BATCH}],
    ids=["flat", "enveloped"],
)
async def test_a_batch_tells_the_fate_of_each(document: dict[str, object], speaking: Speaking) -> None:
    """Failures of single contacts are data, wherever the server puts them; the items' own fields are checked."""
    async with speaking([Said(status=207, document=document)]) as (api, server):
        result = await api.contacts.create_batch(
            [NewContact(**NEW), NewContact(**NEW, city="Pune")], options=BatchOptions(skip_duplicates=True)
        )

    assert {
        "contacts": [NEW, {**NEW, "city": "Pune"}],
        "options": {"continue_on_error": True, "skip_duplicates": True},
    } == server.asked[0].json()
    assert (1, 1, 1) == (result.summary.created, result.summary.skipped, result.summary.failed)
    assert ([9], 1, "duplicate") == (
        [each.id for each in result.created],
        result.skipped[0].index,
        result.skipped[0].reason,
    )
    assert (2, {"errors": {"phone": ["taken"]}}) == (result.errors[0].index, result.errors[0].extra)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"firstname": ""}, "firstname"),
        ({"firstname": "x" * 256}, "firstname"),
        ({"firstname": "two\nlines"}, "firstname"),
        ({"firstname": "half \ud83d"}, "firstname"),
        ({"firstname": None}, "firstname"),
        ({"firstname": 5}, "firstname"),
        ({"type": "friend"}, "type"),
        ({"source_id": 0}, "source_id"),
        ({"source_id": True}, "source_id"),
        ({"source_id": 2**63}, "source_id"),
        ({"source_id": "1"}, "source_id"),
        ({"email": "nobody"}, "email"),
        ({"groups": 3}, "groups"),
        ({"groups": [1, "2"]}, "groups[1]"),
        ({"groups": "12"}, "groups"),
    ],
)
async def test_bad_input_is_told_before_anything_is_sent(
    changes: dict[str, Any], field: str, speaking: Speaking
) -> None:
    """The error names the argument, and no request is made; in a batch it says which contact."""
    async with speaking([]) as (api, server):
        with pytest.raises(InvalidMessage) as caught:
            await api.contacts.create(**{**NEW, **changes})
        if "groups" not in changes:
            with pytest.raises(InvalidMessage) as within:
                await api.contacts.create_batch([NewContact(**NEW), NewContact(**{**NEW, **changes})])
            assert f"contacts[1].{field}" == within.value.field

    assert field == caught.value.field
    assert not server.asked


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"per_page": 101}, "per_page"),
        ({"page": 0}, "page"),
        ({"sort": "phone"}, "sort"),
        ({"sort": "created_at desc"}, "sort"),
        ({"sort": []}, "sort"),
        ({"include": "-groups"}, "include"),
        ({"created_after": datetime(2026, 1, 1)}, "created_after"),  # noqa: DTZ001 -- that it has no zone is the point
        ({"created_after": Where.above(datetime(2026, 1, 1, tzinfo=UTC))}, "created_after"),
        ({"status_id": "x"}, "status_id"),
        ({"status_id": Where("is", (1,))}, "status_id"),
        ({"status_id": Where.between(1, "2")}, "status_id"),
        ({"status_id": Where.any_of()}, "status_id"),
        ({"status_id": Where("between", (1,))}, "status_id"),
    ],
)
async def test_a_bad_listing_is_told_at_once(given: dict[str, Any], field: str, speaking: Speaking) -> None:
    """Before the first item is asked for, so that the mistake is where the traceback is."""
    async with speaking([]) as (api, server):
        with pytest.raises(InvalidMessage) as caught:
            api.contacts.list(**given)

    assert field == caught.value.field
    assert not server.asked


async def test_a_plan_that_is_full_says_how_full(speaking: Speaking) -> None:
    """Feature, current and maximum are facts on the error."""
    details = {"feature": "contacts", "current": 100, "maximum": 100}
    error = {"code": "FEATURE_LIMIT_EXCEEDED", "message": "Limit reached", "details": details}
    async with speaking([Said(status=403, document={"success": False, "error": error})]) as (api, _):
        with pytest.raises(PlanLimit) as caught:
            await api.contacts.create(**NEW)

    assert ("contacts", 100, 100) == (caught.value.feature, caught.value.current, caught.value.maximum)


async def test_refusals_keep_their_kind(speaking: Speaking) -> None:
    """404 and 422 are what they are for a send, field complaints included."""
    script = [
        Said(status=404, document={"success": False, "error": {"code": "NOT_FOUND"}}),
        Said(status=422, document={"message": "Invalid.", "errors": {"email": ["This email address already exists"]}}),
    ]
    async with speaking(script) as (api, _):
        with pytest.raises(NotFound):
            await api.contacts.get(7)
        with pytest.raises(InvalidRequest, match="email: This email address already exists"):
            await api.contacts.create(**NEW)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Where.at_least(2), "[gte]=2"),
        (Where.at_most(2), "[lte]=2"),
        (Where.above(2), "[gt]=2"),
        (Where.below(2), "[lt]=2"),
        (Where.other_than(2), "[ne]=2"),
        (Where.like("2%"), "[like]=2%25"),
        (Where.any_of(2), "[in]=2"),
        (Where.empty(), "[null]=true"),
    ],
)
async def test_every_comparison_has_its_operator(where: Where, expected: str, speaking: Speaking) -> None:
    """As the page of contacts lists them; those of two and more values are tried above."""
    async with speaking([]) as (api, _):
        url = api.contacts.list.operation(status_id=where).request.url

    assert f"filter[status_id]{expected}&" in url.replace("%5B", "[").replace("%5D", "]")


def test_a_comma_cannot_smuggle_a_value_into_a_list() -> None:
    """One name with a comma would be two."""
    rule = Filter(Text(), "name")

    assert Named("filter[name]", "Rao, Asha") == rule.check("name", "Rao, Asha")
    with pytest.raises(InvalidMessage, match="comma"):
        rule.check("name", Where.any_of("Rao, Asha", "B"))
