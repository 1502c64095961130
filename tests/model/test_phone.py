"""Phone numbers as people type them."""

from __future__ import annotations

import copy
import logging
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg import Document, Message, Outcome, PhoneNumber, SendResult, Text
from wamsg.errors import InvalidRecipient, Rejected
from wamsg.testing.strategies import phone_numbers

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SEPARATORS = [
    *(" ", "\t", "\u00a0", "\u2007", "\u2009", "\u202f", "\u3000"),
    *("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202c", "\u2066", "\u2069", "\u2060", "\ufeff"),
    *(
        "-",
        "\u00ad",
        "\u2010",
        "\u2011",
        "\u2012",
        "\u2013",
        "\u2014",
        "\u2015",
        "\u2212",
        "\ufe58",
        "\ufe63",
        "\uff0d",
    ),
    *("(", ")", "[", "]", "\uff08", "\uff09"),
    *(".", "/", "\u00b7", "\uff0e"),
]
DIGITS = ["0123456789", "".join(map(chr, range(0xFF10, 0xFF1A))), "".join(map(chr, range(0x660, 0x66A)))]
DIGITS += ["".join(map(chr, range(0x6F0, 0x6FA))), "".join(map(chr, range(0x966, 0x970)))]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("+919812340001", "+919812340001", id="as it is"),
        pytest.param("+91 98123 40001", "+919812340001", id="spaces"),
        pytest.param("  +91-98123-40001\n", "+919812340001", id="a line of a file"),
        pytest.param("\t+91\t98123\t40001", "+919812340001", id="tabs"),
        pytest.param("+91\u00a098123\u202f40001", "+919812340001", id="spaces that do not break"),
        pytest.param("\u202a+91 98123 40001\u202c", "+919812340001", id="direction marks, as a contact card copies"),
        pytest.param("\u200e\u200b+91\ufeff9812340001", "+919812340001", id="invisible marks"),
        pytest.param("+1 (202) 555-0101", "+12025550101", id="brackets"),
        pytest.param("+1.202.555.0101", "+12025550101", id="dots"),
        pytest.param("+1/202/555/0101", "+12025550101", id="slashes"),
        pytest.param("(+1) 202 555 0101", "+12025550101", id="bracketed country code"),
        pytest.param("+44 \u2013 7700 \u2014 900101", "+447700900101", id="long dashes"),
        pytest.param("+44\u20157700\uff0d900\ufe63101", "+447700900101", id="dashes of other keyboards"),
        pytest.param("0044 7700 900101", "+447700900101", id="00"),
        pytest.param("00 44 7700 900101", "+447700900101", id="00 and a space"),
        pytest.param("(00) 44 7700 900101", "+447700900101", id="bracketed 00"),
        pytest.param("+44 (0)7700 900101", "+447700900101", id="trunk zero"),
        pytest.param("+44(0) 7700 900101", "+447700900101", id="trunk zero without space"),
        pytest.param("0044 (0) 7700 900101", "+447700900101", id="00 and trunk zero"),
        pytest.param("(0044) (0)7700 900101", "+447700900101", id="bracketed 00 and trunk zero"),
        pytest.param("\u200e0044 (0)7700 900101", "+447700900101", id="invisible mark, 00 and trunk zero"),
        pytest.param("+44 ( 0 ) 7700 900101", "+447700900101", id="trunk zero with spaces inside"),
        pytest.param("+44 [0] 7700 900101", "+447700900101", id="trunk zero in square brackets"),
        pytest.param("\uff0b44 (0)7700 900101", "+447700900101", id="full-width plus and trunk zero"),
        pytest.param("+44 \uff08\uff10\uff097700 900101", "+447700900101", id="full-width trunk zero"),
        pytest.param("+44 (\u0660)7700 900101", "+447700900101", id="Arabic-Indic trunk zero"),
        pytest.param("\uff0b\uff19\uff11\uff19\uff18\uff11\uff12\uff13\uff14\uff10\uff10\uff10\uff11", "+919812340001"),
        pytest.param("+\u0669\u0661\u0669\u0668\u0661\u0662\u0663\u0664\u0660\u0660\u0660\u0661", "+919812340001"),
        pytest.param("+\u096f\u0967 \u096f\u096e\u0967\u0968\u0969 \u096a\u0966\u0966\u0966\u0967", "+919812340001"),
        pytest.param("+1234567", "+1234567", id="shortest"),
        pytest.param("+123456789012345", "+123456789012345", id="longest"),
    ],
)
def test_what_people_type_is_understood(typed: str, meant: str) -> None:
    """Separators, invisible marks, 00, a trunk zero and the digits of any script lead to the number meant."""
    assert meant == PhoneNumber.parse(typed).e164


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param(" \t\u00a0\u200b", "empty", id="blank"),
        pytest.param("()-", "empty", id="only separators"),
        pytest.param("+", "empty", id="only a plus"),
        pytest.param("00", "empty", id="only 00"),
        pytest.param("9812340001", "country code is missing", id="no country code"),
        pytest.param("09812340001", "country code is missing", id="national with trunk zero"),
        pytest.param("+0919812340001", "no country code starts with 0", id="plus and zero"),
        pytest.param("+00919812340001", "no country code starts with 0", id="plus and 00"),
        pytest.param("000919812340001", "no country code starts with 0", id="000"),
        pytest.param("+91+9812340001", "something other", id="plus inside"),
        pytest.param("++919812340001", "something other", id="two pluses"),
        pytest.param("919812340001+", "something other", id="plus behind"),
        pytest.param("+123456", "7 to 15 digits", id="too short"),
        pytest.param("+1234567890123456", "7 to 15 digits", id="too long"),
        pytest.param("+91 98123 4000a", "something other", id="letter"),
        pytest.param("+1-800-FLOWERS", "something other", id="vanity"),
        pytest.param("+91 98123\n40001", "something other", id="line break inside"),
        pytest.param("+91 98123\r\n40001", "something other", id="network line break inside"),
        pytest.param("+91 98123\u202840001", "something other", id="line separator inside"),
        pytest.param("+91 98123\x0040001", "something other", id="zero byte"),
        pytest.param("+91 98123\ud80040001", "something other", id="half a pair"),
        pytest.param("tel:+919812340001", "something other", id="URI"),
        pytest.param("+91981234000\u00b2", "something other", id="superscript two"),
        pytest.param("+91981234000\u2460", "something other", id="circled one"),
        pytest.param("+919812340001;+919812340002", "something other", id="two numbers"),
        pytest.param("+919812340001 x12", "something other", id="extension"),
        pytest.param("@someone", "something other", id="user name"),
        pytest.param("+" + "9" * 1_000_000, "too long", id="huge"),
        pytest.param("+91981234" + " " * 100, "too long", id="huge padding"),
    ],
)
def test_what_is_no_number_is_refused_with_a_reason(typed: str, why: str) -> None:
    """The reason fits the mistake, names the field, and does not repeat what was typed."""
    with pytest.raises(InvalidRecipient, match=why) as caught:
        PhoneNumber.parse(typed)

    assert "to" == caught.value.field
    assert "98123" not in str(caught.value)


@pytest.mark.parametrize("value", [None, 919812340001, 9.1, b"+919812340001", ["+919812340001"], object(), True])
def test_other_types_are_refused(value: object) -> None:
    """Neither `parse` nor the constructor guesses what a number of another type means."""
    for build in (PhoneNumber.parse, PhoneNumber):
        with pytest.raises(InvalidRecipient, match="must be text, not"):
            build(value)  # type: ignore[arg-type]  # the fault under test


@pytest.mark.parametrize(
    "text", ["919812340001", "+91 9812340001", "00919812340001", "+919812340001\n", "", "+\u0661" * 9]
)
def test_the_constructor_takes_e164_only(text: str) -> None:
    """What needs tidying goes through `parse`."""
    with pytest.raises(InvalidRecipient):
        PhoneNumber(text)


@given(phone_numbers(), st.data())
def test_any_way_of_writing_a_number_leads_back_to_it(number: PhoneNumber, data: st.DataObject) -> None:
    """Random separators between the digits, in the digits of any script, with + or 00 in front."""
    digits = data.draw(st.sampled_from(DIGITS))
    front = data.draw(st.sampled_from(["+", "00", "\uff0b", " +"]))
    # A zero alone in brackets is the trunk zero, so brackets are left to the examples above.
    between = st.sampled_from(["", *(mark for mark in SEPARATORS if mark not in "()[]\uff08\uff09")])
    typed = front + "".join(digits[int(digit)] + data.draw(between) for digit in number.digits)

    assert number == PhoneNumber.parse(typed)


@given(phone_numbers(), st.sampled_from(SEPARATORS))
def test_no_separator_changes_the_number(number: PhoneNumber, separator: str) -> None:
    """Each kind of separator may stand between country code and the rest."""
    assert number == PhoneNumber.parse(f"+{number.digits[:2]}{separator}{number.digits[2:]}")


@given(st.text(max_size=70) | st.text("+0123456789 ()-\u0660\u2003\u200ex\n", max_size=30))
def test_what_is_accepted_is_e164(typed: str) -> None:
    """Whatever is typed, the answer is an E.164 number that parses to itself, or `InvalidRecipient`."""
    try:
        number = PhoneNumber.parse(typed)
    except InvalidRecipient:
        return

    assert E164.fullmatch(number.e164)
    assert number == PhoneNumber.parse(number.e164)
    assert "+" + number.digits == number.e164


@given(phone_numbers())
def test_a_shown_number_is_masked(number: PhoneNumber) -> None:
    """No way of turning a number into text shows more than its ends."""
    shown = [str(number), repr(number), f"{number}", f"{number!r:>40}", f"{number:>20}", "%s" % number, f"{[number]}"]  # noqa: UP031 -- logging formats so

    for text in shown:
        assert number.e164[:3] in text
        assert number.digits not in text
        assert number.e164[3:-2] not in text
    assert len(number.e164) == len(number.masked)


def test_a_logged_number_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    """Logging a number as an argument does not reveal it."""
    number = PhoneNumber("+919812340078")
    with caplog.at_level(logging.INFO):
        logging.getLogger("wamsg.test").info("sent to %s, %r", number, [number])

    assert "sent to +91********78, [PhoneNumber(+91********78)]" == caplog.messages[0]


@given(phone_numbers())
def test_nothing_that_carries_a_number_shows_it(number: PhoneNumber) -> None:
    """Message, Outcome and SendResult are as careful as the number itself."""
    result = SendResult(provider="acme", to=(number,), message_id="m-1", raw={"to": number.e164})
    shown: list[object] = [
        Message(content=Text(body="hello"), to=number),
        Message(content=Document(id="1", filename="bill.pdf"), to=number, reply_to="m-0"),
        result,
        Outcome(position=0, recipient=number, result=result),
        Outcome(position=0, recipient=number, error=Rejected("no", lanes=(f"pair:{number.e164}",))),
    ]

    for value in shown:
        assert number.digits not in f"{value} {value!r}"


@given(phone_numbers(), phone_numbers())
def test_numbers_compare_and_hash_by_what_they_are(one: PhoneNumber, other: PhoneNumber) -> None:
    """Equal numbers are one key of a dictionary; the order is that of E.164."""
    assert (one == other) == (one.e164 == other.e164)
    assert (one < other) == (one.e164 < other.e164)
    assert 1 == len({one, PhoneNumber.parse(one.e164)})


def test_a_number_survives_pickle_and_copy() -> None:
    """It travels between processes as it is."""
    number = PhoneNumber("+919812340078")

    assert number == pickle.loads(pickle.dumps(number)) == copy.deepcopy(number)  # noqa: S301 -- our own bytes


def test_a_number_cannot_be_changed() -> None:
    """It is a value."""
    with pytest.raises(AttributeError):
        PhoneNumber("+919812340078").e164 = "+1"  # type: ignore[misc]  # the fault under test
