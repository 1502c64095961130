"""Contacts at the fake server: what was made is there, filtered, sorted and paged as the page says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from tests.providers.wacr.sandbox.desk import ASHA, NEW, NOW, Desk
from wamsg.errors import InvalidRequest, NotFound, PlanLimit
from wamsg.model import Image, Text
from wamsg.providers.wacr.api import BatchOptions, Contact, NewContact, Where
from wamsg.providers.wacr.api.pages import OPERATORS


def new(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {**NEW, "phone": f"+9198123{number:05}", **changes}


def item(number: int = 1, **changes: Any) -> NewContact:
    return NewContact(**new(number, **changes))


def test_a_contact_is_there_until_it_is_deleted() -> None:
    """Made with every field, read as it was made, counted from one, and gone for good."""
    desk = Desk()
    first, second = desk.do("groups.create", "VIP"), desk.do("groups.create", "New")
    given = new(email="asha@example.com", zip="560001", description="line\nline", country_id=91, assigned_id=3)

    made = desk.do("contacts.create", **given, groups=[second.id, first.id, second.id])

    assert {name: getattr(made, name) for name in given} == given
    assert (made.id, made.group_id, made.is_opted_out) == (1, (second.id, first.id), False)
    assert [group.name for group in made.groups] == ["New", "VIP"]
    assert made.created_at == made.updated_at == datetime.fromtimestamp(NOW, UTC)
    read = desk.do("contacts.get", made.id, include=["groups", "source", "status"])
    assert read == evolve(made, source=desk.do("sources.get", 1), status=desk.do("statuses.get", 2))
    assert read.extra == {}
    desk.do("contacts.delete", made.id)
    for again in ("contacts.get", "contacts.delete"):
        with pytest.raises(NotFound):
            desk.do(again, made.id)
    assert desk.walk("contacts.list") == []
    assert desk.do("contacts.create", **given).id == 2


def test_an_update_changes_what_it_names() -> None:
    """None empties, groups are replaced, everything else stays; the time of the change is told."""
    desk = Desk()
    groups = [desk.do("groups.create", name).id for name in ("a", "b")]
    made = desk.do("contacts.create", **new(email="asha@example.com", company="Shop"), groups=groups)
    desk.now += 90

    changed = desk.do("contacts.update", made.id, email=None, lastname="Iyer", groups=groups[1:])

    assert (changed.email, changed.company, changed.lastname, changed.group_id) == (None, "Shop", "Iyer", (groups[1],))
    assert (changed.updated_at - changed.created_at).total_seconds() == 90
    assert desk.do("contacts.update", made.id, groups=[]).group_id == ()
    # The address is free again, and one's own phone is no duplicate.
    desk.do("contacts.create", **new(2, email="ASHA@example.com"))
    desk.do("contacts.update", made.id, phone="98123 00001")
    with pytest.raises(InvalidRequest, match="This email address already exists"):
        desk.do("contacts.update", made.id, email="Asha@Example.com")
    with pytest.raises(NotFound):
        desk.do("contacts.update", 99, email=None)


def test_null_is_refused_where_a_contact_needs_a_value() -> None:
    """A name cannot be emptied, which the client does not even ask for."""
    desk = Desk()
    desk.do("contacts.create", **new())

    said = desk.raw("PATCH", "/contacts/1", b'{"firstname": null, "city": null}')

    assert said["errors"] == {"firstname": ["The firstname field is required."]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "+91 98123-00001"}, "phone"),
        ({"email": "A@b.example"}, "email"),
        ({"source_id": 99}, "source_id"),
        ({"status_id": 99}, "status_id"),
        ({"groups": [99]}, "groups"),
    ],
)
def test_what_another_has_or_nobody_knows_is_refused(changes: dict[str, Any], field: str) -> None:
    """Phone and e-mail are there once, however they are written; what is named must exist. Nothing is made then."""
    desk = Desk()
    desk.do("contacts.create", **new(1, email="a@b.example"))

    with pytest.raises(InvalidRequest, match=field):
        desk.do("contacts.create", **{**new(2), **changes})

    assert len(desk.walk("contacts.list")) == 1


def test_errors_are_told_field_by_field() -> None:
    """Several at once, by the rules of the declaration, in the sentences of the page where it has some."""
    body = {"lastname": "x" * 256, "phone": ASHA, "type": "friend", "source_id": True, "status_id": 1, "email": "no"}

    said = Desk().raw("POST", "/contacts", json.dumps(body).encode())

    assert said["success"] is False
    assert said["error"]["code"] == "VALIDATION_ERROR"
    assert set(said["errors"]) == {"firstname", "lastname", "type", "source_id", "email"}
    assert said["errors"]["firstname"] == ["First name is required"]
    assert "255" in said["errors"]["lastname"][0]


def test_a_batch_tells_the_fate_of_each() -> None:
    """What is wrong with one leaves the others in; duplicates, also within the batch, fail or are skipped."""
    desk = Desk()
    desk.do("contacts.create", **new(1))
    items = [item(2), item(1), item(2), item(3, source_id=99)]

    failed = desk.do("contacts.create_batch", items)
    skipped = desk.do("contacts.create_batch", items, options=BatchOptions(skip_duplicates=True))

    assert (failed.summary.total, failed.summary.created, failed.summary.skipped, failed.summary.failed) == (4, 1, 0, 3)
    assert [error.index for error in failed.errors] == [1, 2, 3]
    assert failed.errors[2].extra["errors"] == {"source_id": ["The selected source_id does not exist in this account."]}
    assert [contact.phone for contact in failed.created] == ["+919812300002"]
    assert [one.index for one in skipped.skipped] == [0, 1, 2]
    assert skipped.skipped[0].data == {"firstname": "Asha"} | new(2)
    assert (skipped.summary.created, skipped.summary.failed) == (0, 1)
    assert len(desk.walk("contacts.list")) == 2


def test_a_batch_that_may_not_go_on_leaves_nothing() -> None:
    """It is one transaction: with the first error all of it is taken back, and told by its place."""
    desk = Desk()
    items = [item(1), item(2), item(1)]

    with pytest.raises(InvalidRequest, match=r"contacts\.2\.phone"):
        desk.do("contacts.create_batch", items, options=BatchOptions(continue_on_error=False))

    assert desk.walk("contacts.list") == []
    assert desk.do("contacts.create", **new(1)).id == 1


def test_a_batch_is_judged_by_the_rules_too() -> None:
    """What the client would never send is told for that one alone; no list at all is refused as a whole."""
    desk = Desk()
    good = new(5)
    items = [{**good, "phone": 5}, {**good, "type": "x"}, 7, {}, good]

    said = desk.raw("POST", "/contacts/batch", json.dumps({"contacts": items}).encode())

    assert said["summary"] == {"total": 5, "created": 1, "skipped": 0, "failed": 4}
    assert [list(error["errors"]) for error in said["errors"]] == [["phone"], ["type"], ["contact"], ["firstname"]]
    for body in (b"{}", b'{"contacts": []}', b'{"contacts": {"0": 1}}'):
        assert set(desk.raw("POST", "/contacts/batch", body)["errors"]) == {"contacts"}


def test_deleting_many_counts_those_that_were_there() -> None:
    """Unknown ids and repeated ones have failed, and the call has not."""
    desk = Desk()
    for number in range(4):
        desk.do("contacts.create", **new(number))

    told = desk.do("contacts.delete_batch", [1, 3, 3, 77])

    assert (told.summary.total, told.summary.deleted, told.summary.failed) == (4, 2, 2)
    assert [contact.id for contact in desk.walk("contacts.list")] == [2, 4]


def test_the_plan_bounds_contacts() -> None:
    """By hand, in batches and by being written to; the error tells feature, current and maximum."""
    desk = Desk().beside("sandbox-token:contacts=2")
    desk.do("contacts.create", **new(1))
    batch = desk.do("contacts.create_batch", [item(2), item(3)])

    assert (batch.summary.created, batch.summary.failed) == (1, 1)
    for act in (lambda: desk.do("contacts.create", **new(4)), lambda: desk.send(Text(body="hi"), "+919812300005")):
        with pytest.raises(PlanLimit) as caught:
            act()
        assert (caught.value.feature, caught.value.current, caught.value.maximum) == ("contacts", 2, 2)
    assert desk.send(Text(body="hi"), "+919812300001").message_id is not None
    assert len(desk.accepted) == 1


def test_whoever_is_written_to_becomes_a_contact() -> None:
    """Once, with the defaults of the account and what the message says of them."""
    desk = Desk()
    group = desk.do("groups.create", "VIP")
    image = Image(link="https://files.example/a.png")

    desk.send(
        image, ASHA, contact={"firstname": "Asha", "email": "a@b.example", "groups": [group.id], "assigned_id": 4}
    )
    desk.send(Text(body="again"), ASHA)
    desk.send(Text(body="hi"), "+447700900123")

    first, second = desk.walk("contacts.list")
    assert (first.firstname, first.email, first.group_id, first.assigned_id) == ("Asha", "a@b.example", (group.id,), 4)
    assert (second.phone, second.type, second.source_id, second.status_id) == ("447700900123", "lead", 1, 1)


def test_nobody_new_without_defaults() -> None:
    """Without any status there is none for new contacts, so only known ones can be written to."""
    desk = Desk()
    for status in desk.walk("statuses.list"):
        desk.do("statuses.delete", status.id)

    with pytest.raises(InvalidRequest, match="default"):
        desk.send(Text(body="hi"))
    assert not desk.accepted


def test_a_deleted_contact_cannot_be_written_to_by_id() -> None:
    """An id that was given out and is gone is not found; one that this server never gave out is somebody else's."""
    desk = Desk()
    made = desk.do("contacts.create", **new())
    desk.send(Text(body="hi"), contact_id=made.id)
    desk.do("contacts.delete", made.id)

    with pytest.raises(NotFound):
        desk.send(Text(body="hi"), contact_id=made.id)
    desk.send(Text(body="hi"), contact_id=1000)


def test_those_who_have_opted_out_are_shown_so() -> None:
    """By the digits that refuse their messages."""
    assert Desk().do("contacts.create", **{**NEW, "phone": "+919812340301"}).is_opted_out


TYPES = st.sampled_from(["lead", "customer", "guest"])
PEOPLE = st.fixed_dictionaries(
    {
        "firstname": st.sampled_from(["Asha", "asha", "Ben", "Cai", "Ümit"]),
        "type": TYPES,
        "source_id": st.integers(1, 3),
        "status_id": st.integers(1, 3),
        "assigned_id": st.none() | st.integers(1, 3),
        "company": st.none() | st.sampled_from(["Shop", "Ashram"]),
        "groups": st.lists(st.integers(1, 3), unique=True, max_size=3),
    }
)


def crowd(people: list[dict[str, Any]]) -> tuple[Desk, list[Contact]]:
    """A server with three groups and these people, made a second apart in pairs."""
    desk = Desk()
    for name in "abc":
        desk.do("groups.create", name)
    made = []
    for number, person in enumerate(people):
        given = {**new(number), **person, "lastname": f"L{number}"}
        if not given["groups"]:
            del given["groups"]
        desk.now = NOW + number // 2
        made.append(evolve(desk.do("contacts.create", **given), groups=None))
    return desk, made


@given(people=st.lists(PEOPLE, max_size=12), size=st.integers(1, 13))
def test_pages_of_any_size_hold_everybody_once(people: list[dict[str, Any]], size: int) -> None:
    """In the order in which they were made, and as they were made."""
    desk, made = crowd(people)

    assert desk.walk("contacts.list", per_page=size) == made


def test_a_page_has_fifteen_unless_told_otherwise() -> None:
    """And its envelope says where it stands."""
    desk, made = crowd([{"groups": []}] * 16)

    first, last = (desk.raw("GET", f"/contacts?page={number}") for number in (1, 2))

    assert [len(page["data"]) for page in (first, last)] == [15, 1]
    assert first["meta"]["pagination"] == {"current_page": 1, "per_page": 15, "total": 16, "has_more": True}
    assert last["meta"]["pagination"]["has_more"] is False
    assert last["data"][0]["id"] == made[-1].id
    assert desk.raw("GET", "/contacts?page=9999999")["data"] == []


NUMERIC = ("status_id", "source_id", "assigned_id", "group_id")


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[str, Where]:
    name = draw(st.sampled_from([*NUMERIC, "type", "created_at"]))
    operator = draw(st.sampled_from([each for each in OPERATORS if each != "like"]))
    moments = st.integers(0, 6).map(lambda offset: datetime.fromtimestamp(NOW + offset, UTC))
    values = TYPES if name == "type" else moments if name == "created_at" else st.integers(1, 4)
    count = {"between": (2, 2), "in": (1, 3), "not_in": (1, 3)}.get(operator, (1, 1))
    if operator == "null":
        return name, Where(operator, (draw(st.booleans()),))
    return name, Where(operator, tuple(draw(st.lists(values, min_size=count[0], max_size=count[1]))))


def holds(value: Any, where: Where) -> bool:
    """What the operator means, said once more in other words."""
    if where.operator == "null":
        return (value is None or value == ()) is where.values[0]
    if value is None:
        return False
    if isinstance(value, tuple):
        found = [holds(each, where) for each in value]
        return all(found) if where.operator in {"ne", "not_in"} else any(found)
    low: Any = where.values[0]
    high: Any = where.values[-1]
    meanings: dict[str, bool] = {
        "gte": value >= low,
        "lte": value <= low,
        "gt": value > low,
        "lt": value < low,
        "ne": value != low,
        "between": low <= value <= high,
        "in": value in where.values,
        "not_in": value not in where.values,
    }
    return meanings[where.operator]


@given(
    people=st.lists(PEOPLE, max_size=12),
    filters=st.lists(comparisons(), min_size=1, max_size=3),
    size=st.integers(1, 5),
)
def test_filters_leave_exactly_those_who_fit(
    people: list[dict[str, Any]], filters: list[tuple[str, Where]], size: int
) -> None:
    """Every operator on every field, several together, on every page."""
    desk, made = crowd(people)
    wanted = dict(filters)

    found = desk.walk("contacts.list", **wanted, per_page=size)

    assert found == [each for each in made if all(holds(getattr(each, name), where) for name, where in wanted.items())]


@given(
    people=st.lists(PEOPLE, max_size=12),
    group=st.integers(1, 4),
    words=st.sampled_from(["ash", "ü", "L1", "98123", ""]),
)
def test_plain_values_and_search(people: list[dict[str, Any]], group: int, words: str) -> None:
    """A plain value is equality, of a group membership; the search is for a part, in any case, in five fields."""
    desk, made = crowd(people)

    found = desk.walk("contacts.list", group_id=group, search=words or None)

    def mentions(one: Contact) -> bool:
        texts = (one.firstname, one.lastname, one.email, one.phone, one.company)
        return any(words.casefold() in (text or "").casefold() for text in texts)

    assert found == [each for each in made if group in (each.group_id or ()) and mentions(each)]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (1, [2, 3]),
        (Where.any_of(1, 9), [2, 3]),
        (Where.none_of(1), [1, 4]),
        (Where.none_of(2, 3), [1]),
        (Where.other_than(1), [1, 4]),
        (Where.above(2), [3, 4]),
        (Where.empty(), [1]),
        (Where.empty(yes=False), [2, 3, 4]),
    ],
)
def test_a_contact_has_many_groups(where: int | Where, found: list[int]) -> None:
    """One that fits is enough, and of what must not be none may be there: who is in no group is not in this one."""
    desk, _ = crowd([{"groups": []}, {"groups": [1, 2]}, {"groups": [1, 2, 3]}, {"groups": [2, 3]}])

    assert [each.id for each in desk.walk("contacts.list", group_id=where)] == found


SORTS = st.lists(st.sampled_from(["id", "firstname", "lastname", "created_at"]), min_size=1, max_size=3, unique=True)


@given(people=st.lists(PEOPLE, max_size=12), names=SORTS, data=st.data(), size=st.integers(1, 5))
def test_sorting_is_by_several_fields(
    people: list[dict[str, Any]], names: list[str], data: st.DataObject, size: int
) -> None:
    """Up and down; the pages together are one order."""
    desk, made = crowd(people)
    signs = [data.draw(st.sampled_from(["", "-"])) for _ in names]

    found = desk.walk(
        "contacts.list", sort=[sign + name for sign, name in zip(signs, names, strict=True)], per_page=size
    )

    assert sorted(each.id for each in found) == [each.id for each in made]
    for before, after in pairwise(found):
        for sign, name in zip(signs, names, strict=True):
            one, other = getattr(before, name), getattr(after, name)
            if one != other:
                assert (one < other) is (sign == "")
                break


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("filter[created_at][%3E]=2026-09-21T14:13:20Z", [3]),
        ("filter[status_id][%3E%3D]=2&filter[status_id][!%3D]=3", [2]),
        ("filter[type][like]=ea", [1, 3]),
        ("filter[created_at][like]=2026-09", [1, 2, 3]),
        ("q=ben", [2]),
    ],
)
def test_symbols_and_aliases(query: str, found: list[int]) -> None:
    """What the client does not say in that way, and others may."""
    people = [
        {"firstname": "Asha", "type": "lead", "status_id": 1, "groups": []},
        {"firstname": "Ben", "type": "guest", "status_id": 2, "groups": []},
        {"firstname": "Cai", "type": "lead", "status_id": 3, "groups": []},
    ]
    desk, _ = crowd(people)

    assert [each["id"] for each in desk.raw("GET", f"/contacts?{query}")["data"]] == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("filter[phone]=1", "filter[phone]"),
        ("filter[status_id][near]=1", "filter[status_id][near]"),
        ("filter[status_id]=x", "filter[status_id]"),
        ("filter[status_id][between]=1", "filter[status_id][between]"),
        ("filter[status_id][null]=maybe", "filter[status_id][null]"),
        ("filter[type]=friend", "filter[type]"),
        ("filter[created_at]=2026-01-01", "filter[created_at]"),
        ("filter[", "filter["),
        ("sort=phone", "sort"),
        ("include=owner", "include"),
        ("per_page=101", "per_page"),
        ("page=0", "page"),
    ],
)
def test_queries_that_mean_nothing_are_refused(query: str, field: str) -> None:
    """By the name of what is wrong in them, rather than ignored."""
    said = Desk().raw("GET", f"/contacts?{query}")

    assert set(said["errors"]) == {field}


class Book(RuleBasedStateMachine):
    """Contacts held against a plain dictionary, whatever is done to them in whatever order."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.book: dict[int, dict[str, Any]] = {}

    def taken(self, phone: str, by: int | None = None) -> bool:
        return any(each["phone"] == phone and number != by for number, each in self.book.items())

    @rule(target=ids, number=st.integers(0, 5), firstname=st.sampled_from("ab"))
    def create(self, number: int, firstname: str) -> int:
        given = new(number, firstname=firstname)
        if self.taken(given["phone"]):
            with pytest.raises(InvalidRequest):
                self.desk.do("contacts.create", **given)
            return 0
        made: Contact = self.desk.do("contacts.create", **given)
        self.book[made.id] = given
        return made.id

    @rule(target=ids, numbers=st.lists(st.integers(0, 5), min_size=1, max_size=4), skip=st.booleans())
    def create_batch(self, numbers: list[int], *, skip: bool) -> int:
        fresh = [number for number in dict.fromkeys(numbers) if not self.taken(new(number)["phone"])]
        told = self.desk.do(
            "contacts.create_batch", [item(number) for number in numbers], options=BatchOptions(skip_duplicates=skip)
        )
        rest = len(numbers) - len(fresh)
        assert (told.summary.created, told.summary.skipped, told.summary.failed) == (
            len(fresh),
            rest if skip else 0,
            0 if skip else rest,
        )
        for contact, number in zip(told.created, fresh, strict=True):
            self.book[contact.id] = new(number)
        return told.created[0].id if told.created else 0

    @rule(number=ids, phone=st.integers(0, 5))
    def update(self, number: int, phone: int) -> None:
        given = new(phone)["phone"]
        if number not in self.book:
            error: type[Exception] | None = NotFound
        else:
            error = InvalidRequest if self.taken(given, number) else None
        if error is None:
            self.desk.do("contacts.update", number, phone=given)
            self.book[number]["phone"] = given
        elif number:
            with pytest.raises(error):
                self.desk.do("contacts.update", number, phone=given)

    @rule(number=consumes(ids))
    def delete(self, number: int) -> None:
        told = self.desk.do("contacts.delete_batch", [number or 999])
        assert told.summary.deleted == (self.book.pop(number, None) is not None)

    @invariant()
    def it_is_listed(self) -> None:
        found = {each.id: (each.firstname, each.phone) for each in self.desk.walk("contacts.list", per_page=2)}
        assert found == {number: (each["firstname"], each["phone"]) for number, each in self.book.items()}
        assert self.desk.do("account.usage").contacts.current == len(self.book)


TestBook = Book.TestCase
TestBook.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
