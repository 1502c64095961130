"""Templates over sockets: created, reviewed, listed, edited within the documented bounds, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.kaleyra.api.conftest import Speaking, World
from tests.support.scripted import Said
from wamsg.errors import InvalidMessage, InvalidRequest, Throttled, Unanswered
from wamsg.providers.kaleyra.api import Template

WABA, OTHER = "150441234142241", "150441234142242"
BODY = (
    {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is on its way.", "example": {"body_text": [["a", "b"]]}},
)
DAY = 24 * 3600.0


async def made(world: World, name: str = "order_update", waba_id: str = WABA, **changes: Any) -> Template:
    given: dict[str, Any] = {"language": "en", "category": "UTILITY", "components": BODY, **changes}
    return await world.api.templates.create(waba_id, name=name, **given)


async def test_a_template_is_listed_as_it_was_created(world: World) -> None:
    """It is pending at first and approved by the time one looks; other accounts do not have it."""
    created = await made(world)

    (listed,) = await world.api.templates.list(WABA)

    assert (created.status, created.category) == ("PENDING", "UTILITY")
    assert (listed.id, listed.name, listed.language, listed.status) == (created.id, "order_update", "en", "APPROVED")
    assert listed.components == BODY
    assert listed.extra == {"waba_id": WABA}
    assert await world.api.templates.list(OTHER) == ()


@pytest.mark.parametrize("word", ["pending", "rejected", "paused", "disabled"])
async def test_a_name_can_ask_for_another_review(world: World, word: str) -> None:
    """So that an application can be tried against each of them."""
    await made(world, f"offer_{word}")

    (listed,) = await world.api.templates.list(WABA)

    assert listed.status == word.upper()


async def test_a_name_is_taken_once_in_each_language(world: World) -> None:
    """Another language, or another account, is another template."""
    await made(world)
    await made(world, language="hi")
    await made(world, waba_id=OTHER)

    with pytest.raises(InvalidRequest, match="in this language") as caught:
        await made(world)

    assert caught.value.code == "WA400"
    assert len(await world.api.templates.list(WABA)) == 2


async def test_deleting_takes_all_languages_or_the_one_that_is_named(world: World) -> None:
    """As the page says; the id goes with the name in the address."""
    await made(world)
    hindi = await made(world, language="hi")
    await made(world, "other")

    await world.api.templates.delete(WABA, "order_update", template_id=hindi.id)
    left = [(each.name, each.language) for each in await world.api.templates.list(WABA)]
    await world.api.templates.delete(WABA, "order_update")

    assert left == [("order_update", "en"), ("other", "en")]
    assert [each.name for each in await world.api.templates.list(WABA)] == ["other"]
    with pytest.raises(InvalidRequest, match="no such template"):
        await world.api.templates.delete(WABA, "order_update")


async def test_an_approved_template_is_edited_once_a_day_and_keeps_its_category(world: World) -> None:
    """The documented bounds hold in the sandbox, by its clock."""
    created = await made(world)
    new = ({"type": "BODY", "text": "Hi {{1}}."},)
    assert created.id is not None

    edited = await world.api.templates.edit(WABA, created.id, components=new)

    assert (edited.id, edited.status) == (created.id, "APPROVED")
    assert (await world.api.templates.list(WABA))[0].components == new
    for change in ({"components": new}, {"category": "MARKETING"}):
        with pytest.raises(InvalidRequest, match="once in 24 hours"):
            await world.api.templates.edit(WABA, created.id, **change)
    await world.clock.advance(DAY)
    await world.api.templates.edit(WABA, created.id, components=new)


async def test_ten_edits_in_a_month_are_enough(world: World) -> None:
    """The eleventh waits until the first is 30 days old."""
    created = await made(world)
    assert created.id is not None
    for _ in range(10):
        await world.api.templates.edit(WABA, created.id, components=BODY)
        await world.clock.advance(DAY)

    with pytest.raises(InvalidRequest):
        await world.api.templates.edit(WABA, created.id, components=BODY)

    await world.clock.advance(20 * DAY)
    await world.api.templates.edit(WABA, created.id, components=BODY)


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("a_rejected", {}, "separate requests"),
        ("a_rejected", {"category": "MARKETING", "components": BODY}, "separate requests"),
        ("a_pending", {"category": "MARKETING"}, "PENDING cannot be edited"),
        ("a_disabled", {"components": BODY}, "DISABLED cannot be edited"),
        ("a_rejected", {"components": ({"type": "BODY", "text": "x" * 1025},)}, "cannot be edited so"),
    ],
)
async def test_an_edit_out_of_bounds_changes_nothing(world: World, name: str, change: dict[str, Any], why: str) -> None:
    """Category and components go in requests of their own, and only some states can be edited."""
    created = await made(world, name)
    before = await world.api.templates.list(WABA)
    assert created.id is not None

    with pytest.raises(InvalidRequest, match=why):
        await world.api.templates.edit(WABA, created.id, **change)

    assert await world.api.templates.list(WABA) == before


async def test_a_rejected_template_may_change_its_category_as_often_as_one_likes(world: World) -> None:
    """Only approved ones are bound."""
    created = await made(world, "a_rejected")
    assert created.id is not None

    for category in ("MARKETING", "UTILITY", "MARKETING"):
        edited = await world.api.templates.edit(WABA, created.id, category=category)

    assert edited.category == "MARKETING"
    with pytest.raises(InvalidRequest, match="no such template"):
        await world.api.templates.edit(OTHER, created.id, category="UTILITY")


async def test_the_hundred_and_first_of_an_hour_is_too_many(world: World) -> None:
    """Of one account; another goes on, and after an hour so does this one."""
    for number in range(100):
        await made(world, f"t{number}_x")

    with pytest.raises(Throttled) as caught:
        await made(world)
    await made(world, waba_id=OTHER)
    await world.clock.advance(3600)
    await made(world)

    assert caught.value.code == "WA429"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Order Update"}, "name"),
        ({"name": "x" * 513}, "name"),
        ({"name": ""}, "name"),
        ({"language": "en-US"}, "language"),
        ({"category": "OTP"}, "category"),
        ({"components": ()}, "components"),
        ({"components": ["BODY"]}, "components[0]"),
        ({"components": [{"type": object()}]}, "components[0].type"),
        ({"waba_id": "../x"}, "waba_id"),
        ({"waba_id": "a/b"}, "waba_id"),
    ],
)
async def test_a_wrong_argument_is_named_before_anything_is_sent(
    world: World, changes: dict[str, Any], field: str
) -> None:
    """The sandbox hears nothing of it."""
    with pytest.raises(InvalidMessage) as caught:
        await made(world, **{"name": "fine", **changes})

    assert caught.value.field is not None
    assert caught.value.field.startswith(field)
    assert world.sandbox.counts["kaleyra"]["refused"] == 0


async def test_the_requests_are_the_documented_ones(speaking: Speaking) -> None:
    """Method, address, query and body of each, as they cross the wire."""
    fine = Said(document={"code": "WA200", "message": "Request Processed Successfully", "data": {}, "error": {}})
    async with speaking([fine] * 4) as (api, server):
        await api.templates.create(WABA, name="a", language="en", category="UTILITY", components=BODY)
        await api.templates.edit(WABA, "12", category="MARKETING")
        await api.templates.delete(WABA, "a", template_id="12")
        await api.templates.list(WABA)

    path = f"/v2/HXSANDBOX00000001IN/whatsapp/{WABA}/message_templates"
    assert [(asked.method, asked.target) for asked in server.asked] == [
        ("POST", path),
        ("PUT", path),
        ("DELETE", f"{path}?name=a&template_id=12"),
        ("GET", path),
    ]
    assert server.asked[0].json() == {"name": "a", "language": "en", "category": "UTILITY", "components": list(BODY)}
    assert server.asked[1].json() == {"template_id": "12", "category": "MARKETING"}
    assert [asked.body for asked in server.asked[2:]] == [b"", b""]
    assert {asked.headers["api-key"] for asked in server.asked} == {"sandbox-api-key"}


@pytest.mark.parametrize(
    ("document", "count"),
    [
        ({"code": "WA200", "data": [{"id": 1, "name": "a"}, {"id": "2", "components": []}], "error": {}}, 2),
        ({"code": "WA200", "data": {"templates": [{"id": "1"}], "total": 1}}, 1),
        ({"code": "WA200", "data": {"id": "1", "name": "a", "components": [{"type": "BODY"}]}}, 1),
        ({"code": "WA200", "data": []}, 0),
        ({"code": "WA200", "data": {}}, 0),
        ({"code": "WA200"}, 0),
    ],
)
async def test_a_list_is_found_wherever_an_answer_has_it(speaking: Speaking, document: object, count: int) -> None:
    """``data`` itself, the one list in it beside counts, or one thing alone."""
    async with speaking([Said(document=document)]) as (api, _):
        assert len(await api.templates.list(WABA)) == count


@pytest.mark.parametrize("data", [["a"], [1], [[]]])
async def test_a_list_of_something_else_is_an_error(speaking: Speaking, data: object) -> None:
    """It is an answer that nobody can read, and says so."""
    async with speaking([Said(document={"code": "WA200", "data": data})]) as (api, _):
        with pytest.raises(Unanswered, match="cannot be read"):
            await api.templates.list(WABA)
