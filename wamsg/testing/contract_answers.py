"""Answers: read without ever failing, and read the same way by the pipeline and by people."""

# ruff: noqa: S101 -- assertions are what a contract is made of

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import Rejected, SendError, Throttled, Unanswered, Unavailable
from wamsg.model import SendResult
from wamsg.testing.contract_inputs import HUGE, responses
from wamsg.testing.contract_subject import Subject, is_line, relaxed
from wamsg.views import StatusPage
from wamsg.wire import Headers, Meaning, Operation, Response, Verdict

LONGEST_TEXT = 500
HTML = b"<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"
#: What no provider documents: nothing, a gateway's page, an object without a word.
MUTE = (b"", HTML, b"{}")
#: What cannot be understood under a 2xx.
UNREADABLE = (b"", HTML, b"[]", b"null", b'"ok"', b"0", b'{"', b"\xff\xfe{}", b"[" * 100_000)
MEANINGS: tuple[tuple[type[SendError], Meaning], ...] = (
    (Throttled, Meaning.THROTTLED),
    (Unavailable, Meaning.UNAVAILABLE),
    (Rejected, Meaning.REJECTED),
    (Unanswered, Meaning.UNDECIDED),
)


class AnswersContract(Subject):
    """`wamsg.driver.Driver.classify` and the decoding of every operation."""

    @relaxed
    @given(data=st.data())
    def test_verdict_and_error_agree_on_any_answer(self, data: st.DataObject) -> None:
        """Any status, body and headers get a verdict, and decoding ends in just the way that the verdict says."""
        operation, response = data.draw(self._any)

        self._check(operation, response)

    def test_verdict_and_error_agree_on_the_sandbox_answers(self) -> None:
        """What the sandbox says, under every status, is read without a contradiction."""
        for response in self._answers():
            for operation in self.known:
                self._check(operation, response)

    @pytest.mark.parametrize("body", MUTE)
    @pytest.mark.parametrize(
        ("status", "meaning"),
        [
            (429, Meaning.THROTTLED),
            (503, Meaning.UNAVAILABLE),
            (500, Meaning.UNDECIDED),
            (502, Meaning.UNDECIDED),
            (504, Meaning.UNDECIDED),
            (400, Meaning.REJECTED),
            (401, Meaning.REJECTED),
            (403, Meaning.REJECTED),
            (404, Meaning.REJECTED),
            (422, Meaning.REJECTED),
        ],
    )
    def test_a_status_without_a_code_is_read_as_http_means_it(self, status: int, meaning: Meaning, body: bytes) -> None:
        """Where the provider's own words are missing, the status decides."""
        verdict = self.example.classify(Response(status=status, body=body))

        assert verdict.meaning is meaning, f"{status} with {body!r} is read as {verdict.meaning}, not {meaning}"

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    @pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
    def test_a_success_that_cannot_be_read_is_undecided(self, status: int, body: bytes) -> None:
        """A 2xx with HTML, with nothing, or with what is no JSON object may be an acceptance or not."""
        verdict = self.example.classify(Response(status=status, body=body))

        assert verdict.meaning is Meaning.UNDECIDED, f"{status} with {body[:40]!r} is read as {verdict.meaning}"

    def test_a_success_that_is_cut_off_is_undecided(self) -> None:
        """Half an answer is no answer, whether the transport noticed it or the JSON is torn."""
        for operation in self.known:
            whole = self.ask(operation).response
            for torn in (evolve(whole, truncated=True), Response(status=whole.status, body=whole.body[:-2])):
                found = self.example.classify(torn).meaning
                assert found is Meaning.UNDECIDED, f"a torn answer to {operation.name} is read as {found}"

    def test_what_the_provider_asks_to_wait_is_told(self) -> None:
        """Retry-After reaches the pipeline and the error, as seconds and as a date."""
        operation = self.example.probe()
        for value in ("7", "Tue, 14 Nov 2023 22:13:27 GMT"):
            for status in (429, 503):
                response = Response(status=status, headers=Headers({"Retry-After": value}), received_at=1_700_000_000.0)
                with pytest.raises(SendError) as caught:
                    operation.decode(response)

                waits = (self.example.classify(response).retry_after, caught.value.retry_after)
                assert waits == (7.0, 7.0), f"{status} with Retry-After: {value} asks to wait {waits}, not 7 s"

    @cached_property
    def _any(self) -> st.SearchStrategy[tuple[Operation[Any], Response]]:
        return st.tuples(st.sampled_from(self.known), responses([document for _, document in self.documents]))

    def _answers(self) -> Iterator[Response]:
        known = [(status, json.dumps(document).encode()) for status, document in self.documents]
        for status, body in (*known, *((200, body) for body in HUGE)):
            for other in sorted({status, 200, 202, 301, 400, 401, 429, 500, 503}):
                yield Response(status=other, body=body)

    def _check(self, operation: Operation[Any], response: Response) -> None:
        verdict = self.example.classify(response)
        self._check_verdict(verdict, response)
        try:
            value = operation.decode(response)
        except SendError as error:
            self._check_error(error, operation, response, verdict)
            found = _meaning(error)
        else:
            self._check_value(value, response)
            found = Meaning.OK
        if operation.name in self._asides and verdict.meaning is Meaning.OK:
            # Such as an accepted upload that names no id.
            assert found in {Meaning.OK, Meaning.UNDECIDED}, f"{operation.name}: OK, and yet {found}"
        else:
            assert found is verdict.meaning, (
                f"{operation.name}: classify says {verdict.meaning}, decode {found}, for {_shown(response)}"
            )

    @cached_property
    def _asides(self) -> set[str]:
        """Those whose answer may be an acceptance and still hold nothing to go on with."""
        found = self.operations(self.example)
        return {operation.name for name, operation in found.items() if name in {"upload", "statuses", "probe"}}

    def _check_verdict(self, verdict: Verdict, response: Response) -> None:
        assert isinstance(verdict, Verdict), f"classify gave {type(verdict).__name__}"
        if verdict.meaning is Meaning.OK:
            assert 200 <= response.status < 300, f"{_shown(response)} is read as an acceptance"
        wait = verdict.retry_after
        assert wait is None or 0 <= wait <= 86_400, f"retry_after is {wait} for {_shown(response)}"
        assert self.example.classify(evolve(response)) == verdict, f"two verdicts for {_shown(response)}"

    def _check_value(self, value: object, response: Response) -> None:
        if isinstance(value, SendResult):
            named = set(_leaves(response.json()))
            for one in filter(None, (value.message_id, *value.message_ids)):
                assert one in named, f"the message id {one!r} was invented; the answer is {_shown(response)}"
        elif not isinstance(value, StatusPage):
            assert isinstance(value, str), f"decode gave {type(value).__name__}"
            assert value.strip(), "decode gave an empty text"
            assert is_line(value), f"decode gave more than one line: {value!r}"

    def _check_error(self, error: SendError, operation: Operation[Any], response: Response, verdict: Verdict) -> None:
        assert error.provider == self.provider.name, f"error.provider is {error.provider!r}"
        assert error.http_status == response.status, f"error.http_status is {error.http_status}"
        assert error.retry_after == verdict.retry_after or verdict.meaning is Meaning.OK, "two waits for one answer"
        assert error.lanes == operation.request.lanes, f"error.lanes is {error.lanes}"
        text = str(error)
        assert 0 < len(text) <= LONGEST_TEXT, f"the error has {len(text)} characters for {_shown(response)}"
        assert is_line(text), f"the error is not one line: {text!r}"
        for fact in (error.code, error.request_id):
            assert fact is None or (0 < len(fact) <= LONGEST_TEXT and is_line(fact)), f"unfit fact {fact!r:.80}"
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 -- our own error
        assert (type(copy), str(copy), vars(copy)) == (type(error), text, vars(error)), "the error does not pickle"


def _meaning(error: SendError) -> Meaning:
    found = [meaning for kind, meaning in MEANINGS if isinstance(error, kind)]
    assert found, f"decode raised {type(error).__name__}, which is the transport's to raise"
    return found[0]


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    elif value is not None:
        yield str(value)


def _shown(response: Response) -> str:
    return f"{response.status} {response.body[:200]!r}"
