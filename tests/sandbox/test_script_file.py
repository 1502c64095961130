"""Fault scripts as people write them, and what is said of mistakes."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import ConfigError
from wamsg.sandbox import Ending, Fault, FaultBody, FaultKind, RetryForm, load_faults
from wamsg.sandbox.faults import TAKES

TOML = """
[[fault]]
kind = "throttle"
recipient = "0042"
times = 3
retry_after = 2
form = "http-date"

[[fault]]
kind = "status"
status = 502
body = "html"
path = "/messages$"
"""


def test_toml_and_json_say_the_same() -> None:
    """Tables in order, every field under its own name."""
    expected = (
        Fault(kind=FaultKind.THROTTLE, recipient="0042", times=3, retry_after=2, form=RetryForm.DATE),
        Fault(kind=FaultKind.STATUS, status=502, body=FaultBody.HTML, path="/messages$"),
    )
    plain = [fault.given() for fault in expected]

    assert expected == load_faults(TOML)
    assert expected == load_faults(json.dumps({"fault": plain}))
    assert expected == load_faults("\ufeff " + json.dumps(plain, indent=1))
    assert expected[:1] == load_faults(json.dumps(plain[0]))


def test_an_empty_script_holds_no_faults() -> None:
    """Nothing wrong with nothing."""
    assert [(), (), (), ()] == [load_faults(text) for text in ("", "# later", "[]", "{}")]


_EXTRA: dict[str, st.SearchStrategy[Any]] = {
    "retry_after": st.none() | st.floats(0, 86_400),
    "form": st.sampled_from(RetryForm),
    "status": st.integers(400, 599),
    "body": st.sampled_from(FaultBody),
    "accept": st.booleans(),
    "ending": st.sampled_from(Ending),
    "seconds": st.floats(0, 60),
    "size": st.integers(1, 10**6),
}


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    kind = draw(st.sampled_from(FaultKind))
    return Fault(
        kind=kind,
        provider=draw(st.none() | st.just("parrot")),
        recipient=draw(st.none() | st.from_regex(r"[0-9]{1,15}", fullmatch=True)),
        first=draw(st.none() | st.integers(1, 5)),
        skip=draw(st.integers(0, 5)),
        times=draw(st.none() | st.integers(1, 5)),
        chance=draw(st.none() | st.floats(0, 1)),
        seed=draw(st.integers(0, 99)),
        **{name: draw(_EXTRA[name]) for name in sorted(TAKES[kind])},
    )


@given(st.lists(faults(), max_size=4))
def test_what_a_fault_gives_of_itself_makes_it_again(script: list[Fault]) -> None:
    """The JSON that the control surface shows can be sent back to it."""
    assert tuple(script) == load_faults(json.dumps([fault.given() for fault in script]))


@pytest.mark.parametrize(
    ("entry", "field", "sentence"),
    [
        ({}, "kind", "kind is missing"),
        ({"kind": "explode"}, "kind", "kind must be one of throttle, status"),
        ({"kind": 3}, "kind", "kind must be one of"),
        ({"kind": "throttle", "tims": 3}, "tims", "there is no field 'tims'; the fields are kind,"),
        ({"kind": "throttle", "recipient": 99001}, "recipient", "last digits of a phone number in quotes"),
        ({"kind": "throttle", "recipient": "+91"}, "recipient", "last digits"),
        ({"kind": "throttle", "recipient": "٣"}, "recipient", "last digits"),
        ({"kind": "throttle", "path": "("}, "path", "path is not a regular expression"),
        ({"kind": "throttle", "path": 1}, "path", "path must be text, not 1"),
        ({"kind": "throttle", "provider": ""}, "provider", "provider must be text, not ''"),
        ({"kind": "throttle", "times": 0}, "times", "times must be a whole number of 1 or more, not 0"),
        ({"kind": "throttle", "times": True}, "times", "times must be a whole number"),
        ({"kind": "throttle", "skip": None}, "skip", "skip must be a whole number"),
        ({"kind": "throttle", "first": 1.5}, "first", "first must be a whole number"),
        ({"kind": "throttle", "chance": 1.5}, "chance", "chance must be a number from 0 to 1, not 1.5"),
        ({"kind": "throttle", "chance": float("nan")}, "chance", "chance must be a number"),
        ({"kind": "throttle", "retry_after": "3"}, "retry_after", "retry_after must be a number"),
        ({"kind": "throttle", "retry_after": -1}, "retry_after", "retry_after must be a number from 0"),
        ({"kind": "throttle", "form": "fax"}, "form", "form must be one of seconds, http-date"),
        ({"kind": "throttle", "status": 500}, "status", "status does not belong to throttle, which takes form, retry"),
        ({"kind": "garbled_json", "size": 5}, "size", "size does not belong to garbled_json, which takes none"),
        ({"kind": "status", "status": 200}, "status", "status must be a whole number from 400 to 599, not 200"),
        ({"kind": "status", "accept": "yes"}, "accept", "accept must be true or false"),
        ({"kind": "status", "body": ["x"]}, "body", "body must be one of dialect, html, empty, wrong_type, not list"),
        ({"kind": "cut_before", "accept": True}, "accept", "accept does not belong to cut_before"),
        ({"kind": "slow_body", "seconds": -1}, "seconds", "seconds must be a number from 0"),
        ({"kind": "huge_body", "size": 10**12}, "size", "size must be a whole number from 1 to"),
    ],
)
def test_a_wrong_entry_is_named_with_its_field(entry: dict[str, object], field: str, sentence: str) -> None:
    """The sentence counts entries from one, as people do."""
    script = json.dumps([{"kind": "cut_before"}, entry])

    with pytest.raises(ConfigError, match=r"^fault 2: ") as caught:
        load_faults(script)

    assert sentence in str(caught.value)
    assert field == caught.value.setting


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[fault]", "not TOML"),
        ("kind = ", "not TOML"),
        ('{"fault": ', "not JSON"),
        ('[{"kind": "throttle"}', "not JSON"),
        ("[" * 100_000 + "{", "not TOML"),
        ("[{" + '"a":{' * 100_000, "not JSON"),
        ("[[faults]]\nkind = 'throttle'", "holds 'faults'; faults stand under 'fault'"),
        ("fault = 3", "must hold a list of faults"),
        ('{"fault": {"kind": "throttle"}}', "must hold a list"),
        ("fault = [3]", "fault 1 must be a table of fields, not int"),
    ],
)
def test_what_is_no_script_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    """Cut off, too deep, or under another name."""
    with pytest.raises(ConfigError, match=sentence):
        load_faults(text)


def test_every_kind_and_every_behaviour_is_in_the_table() -> None:
    """A new kind or field cannot be forgotten there."""
    conditions = {"kind", "provider", "path", "recipient", "first", "skip", "times", "chance", "seed"}

    assert set(FaultKind) == set(TAKES)
    assert {item.name for item in attrs.fields(Fault)} - conditions == set().union(*TAKES.values())
