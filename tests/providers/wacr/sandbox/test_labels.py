"""Groups, sources and statuses at the fake server: names that are there once, and who holds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.wacr.sandbox.desk import NEW, Desk
from wamsg.errors import InvalidRequest, NotFound

every = pytest.mark.parametrize("resource", ["groups", "sources", "statuses"])


@every
def test_a_label_is_there_until_it_is_deleted(resource: str) -> None:
    """Made, read, listed behind those that were there, called otherwise, deleted."""
    desk = Desk()
    begun = desk.walk(f"{resource}.list")

    made = desk.do(f"{resource}.create", "Fair")
    desk.now += 5

    assert begun == [] if resource == "groups" else [each.id for each in begun] == [1, 2, 3]
    assert made.id == len(begun) + 1
    assert desk.do(f"{resource}.get", made.id) == made
    assert desk.walk(f"{resource}.list", per_page=2) == [*begun, made]
    renamed = desk.do(f"{resource}.update", made.id, name="FAIR")
    assert (renamed.id, renamed.name, renamed.created_at) == (made.id, "FAIR", made.created_at)
    assert renamed.updated_at > made.updated_at
    desk.do(f"{resource}.delete", made.id)
    assert desk.walk(f"{resource}.list") == begun
    assert desk.do(f"{resource}.create", "Fair").id == made.id + 1
    for verb, values in (("get", {}), ("update", {"name": "x"}), ("delete", {})):
        with pytest.raises(NotFound):
            desk.do(f"{resource}.{verb}", made.id, **values)


@every
def test_a_name_is_there_once(resource: str) -> None:
    """In any case of its letters; keeping one's own is no duplicate."""
    desk = Desk()
    first, second = (desk.do(f"{resource}.create", name) for name in ("Fair", "Booth"))

    for verb, args, values in (("create", ["fair"], {}), ("update", [second.id], {"name": "FAIR"})):
        with pytest.raises(InvalidRequest, match="already exists"):
            desk.do(f"{resource}.{verb}", *args, **values)
    assert desk.do(f"{resource}.update", first.id, name="Fair").name == "Fair"


def test_a_colour_stays_unless_it_is_named() -> None:
    """Of a status alone; it is of the documented form."""
    desk = Desk()
    made = desk.do("statuses.create", "Lost", color="#AA0000")

    assert desk.do("statuses.update", made.id, name="Gone").color == "#AA0000"
    assert desk.do("statuses.update", made.id, name="Gone", color="#00AA00").color == "#00AA00"
    assert desk.do("statuses.create", "Grey").color is None
    assert set(desk.raw("POST", "/statuses", b'{"name": "x", "color": "red"}')["errors"]) == {"color"}


@pytest.mark.parametrize(("resource", "field"), [("sources", "source_id"), ("statuses", "status_id")])
def test_what_contacts_have_cannot_be_deleted(resource: str, field: str) -> None:
    """Not until the last of them has another."""
    desk = Desk()
    made = desk.do(f"{resource}.create", "Fair")
    contact = desk.do("contacts.create", **{**NEW, field: made.id})

    with pytest.raises(InvalidRequest, match="assigned"):
        desk.do(f"{resource}.delete", made.id)
    assert getattr(desk.do("contacts.get", contact.id), field) == made.id
    desk.do("contacts.update", contact.id, **{field: 1})
    desk.do(f"{resource}.delete", made.id)


@given(moves=st.lists(st.tuples(st.booleans(), st.integers(1, 2), st.sets(st.integers(1, 4), min_size=1)), max_size=8))
def test_groups_are_sets_of_contacts(moves: list[tuple[bool, int, set[int]]]) -> None:
    """What comes in and goes out is counted once, and the contacts tell their groups."""
    desk = Desk()
    members: dict[int, set[int]] = {desk.do("groups.create", name).id: set() for name in "ab"}
    for number in range(4):
        desk.do("contacts.create", **{**NEW, "phone": f"+91981234000{number}"})

    for into, group, numbers in moves:
        if into:
            told = desk.do("groups.add_contacts", group, sorted(numbers))
            assert told.contacts_added == len(numbers - members[group])
            members[group] |= numbers
        else:
            told = desk.do("groups.remove_contacts", group, sorted(numbers))
            assert told.contacts_removed == len(numbers & members[group])
            members[group] -= numbers
        assert told.group_id == group

    for group, numbers in members.items():
        assert {each.id for each in desk.walk("contacts.list", group_id=group)} == numbers
    desk.do("groups.delete", 1)
    assert all(each.group_id == ((2,) if each.id in members[2] else ()) for each in desk.walk("contacts.list"))


def test_strangers_do_not_come_into_groups() -> None:
    """Each that does not exist is named, and none of the others comes in; for leaving it does not matter."""
    desk = Desk()
    contact, group = desk.do("contacts.create", **NEW), desk.do("groups.create", "a")

    with pytest.raises(InvalidRequest, match=r"contact_ids\.1.*contact_ids\.2"):
        desk.do("groups.add_contacts", group.id, [contact.id, 8, 9])
    assert desk.do("contacts.get", contact.id).group_id == ()
    assert desk.do("groups.remove_contacts", group.id, [contact.id, 8]).contacts_removed == 0
    for verb in ("add_contacts", "remove_contacts"):
        with pytest.raises(NotFound):
            desk.do(f"groups.{verb}", 99, [contact.id])


def test_groups_are_searched_and_sorted() -> None:
    """By part of the name, in any case, and by name the other way round."""
    desk = Desk()
    for name in ("VIP", "vip 2026", "Trade fair"):
        desk.do("groups.create", name)

    found = desk.walk("groups.list", search="Vip", sort="-name", per_page=1)

    assert [group.name for group in found] == ["vip 2026", "VIP"]
