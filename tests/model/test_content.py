"""Texts, places, reactions, receipts and contact cards."""

from __future__ import annotations

from typing import Any

import pytest

from wamsg import Contact, ContactName, ContactPhone, Contacts, Location, Reaction
from wamsg.errors import InvalidMessage

NAME = ContactName(formatted_name="Asha")


@pytest.mark.parametrize(("latitude", "longitude"), [(90, 180), (-90, -180), (0, 0), (12.97, 77.59)])
def test_places_on_earth_are_taken(latitude: float, longitude: float) -> None:
    """The poles and the date line belong to it."""
    place = Location(latitude=latitude, longitude=longitude)

    assert (latitude, longitude) == (place.latitude, place.longitude)


@pytest.mark.parametrize(
    "degrees",
    [180.1, -180.1, 1e308, 10**400, -(10**400), float("nan"), float("inf"), float("-inf"), True, "12", None, 1j],
)
@pytest.mark.parametrize("name", ["latitude", "longitude"])
def test_places_off_the_map_are_refused(name: str, degrees: Any) -> None:
    """Out of range, not a number, or too large for a float: told by the name of the field."""
    with pytest.raises(InvalidMessage) as caught:
        Location(**{"latitude": 1.0, "longitude": 1.0, name: degrees})

    assert f"location.{name}" == caught.value.field


def test_an_empty_emoji_takes_a_reaction_back() -> None:
    """As Meta does it; blank is not empty."""
    assert "" == Reaction(message_id="m", emoji="").emoji
    with pytest.raises(InvalidMessage):
        Reaction(message_id="m", emoji=" ")


@pytest.mark.parametrize("birthday", ["1990-12-31", "2000-02-29", "0001-01-01"])
def test_a_birthday_is_a_date(birthday: str) -> None:
    """Year, month, day."""
    assert birthday == Contacts(contacts=(Contact(name=NAME, birthday=birthday),)).contacts[0].birthday


@pytest.mark.parametrize(
    "birthday",
    [
        *("1990-13-01", "1990-02-30", "2001-02-29", "0000-01-01", "19901231", "1990-W01-1", "1990-1-1", "31.12.1990"),
        *("1990-12-31T00:00", "1990-12-31 ", "\u0661\u0669\u0669\u0660-12-31", "soon"),
    ],
)
def test_what_is_no_date_is_refused(birthday: str) -> None:
    """A day that no calendar has, and every other notation; the place says which card."""
    with pytest.raises(InvalidMessage) as caught:
        Contacts(contacts=(Contact(name=NAME), Contact(name=NAME, birthday=birthday)))

    assert "contacts.contacts[1].birthday" == caught.value.field


def test_there_is_at_least_one_card() -> None:
    """No cards are no message."""
    with pytest.raises(InvalidMessage, match="at least 1"):
        Contacts(contacts=())


def test_a_cards_numbers_do_not_show() -> None:
    """They are somebody's, even where they are not the recipient's."""
    card = Contact(name=NAME, phones=(ContactPhone(phone="+91 98123 40001", wa_id="919812340001"),))

    assert "98123" not in repr(card)
