"""The provider's own sandbox: it takes what its driver sends, refuses what it must, and never falls over."""

# ruff: noqa: S101 -- assertions are what a contract is made of

from __future__ import annotations

from functools import cached_property

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from wamsg.capabilities import FEATURES
from wamsg.dialect.memory import Memory
from wamsg.driver import Accepted, Answer, RememberingDialect
from wamsg.errors import BadCredentials, Unsupported
from wamsg.model import SendResult
from wamsg.pipeline import Rate
from wamsg.testing.contract_inputs import requests
from wamsg.testing.contract_subject import SECRET, Sample, Subject, is_line, relaxed
from wamsg.wire import Meaning, Request

#: Seconds since 1970 at which everything happens here.
_NOW = 1_767_225_600.0


_REFERENCE = "w1.1.2s.1.k3fz0q"


class SandboxContract(Subject):
    """`wamsg.driver.SandboxDialect`."""

    @pytest.mark.parametrize("feature", FEATURES)
    def test_a_feature_reaches_its_recipients(self, feature: str) -> None:
        """What the driver sends the sandbox takes, once for each recipient, and the result names what was taken."""
        try:
            result, sample = self.send(self.example, FEATURES[feature])
        except Unsupported:
            # That the refusal is a good one is looked at where encoding is.
            return
        self._check_accepted(sample.accepted)
        expected = [number.digits for number in FEATURES[feature].to]
        found = [accepted.recipient for accepted in sample.accepted]
        assert found == expected or (not expected and len(found) <= 1), f"sent to {expected}, taken for {found}"
        self._check_ids(result, sample)

    def test_a_reference_travels_whole_or_not_at_all(self) -> None:
        """A message with a reference is taken as one without; the reference arrives as it was, or not at all."""
        for feature, message in self.carried(self.example):
            plain, sample = (
                self.ask(self.example.encode(evolve(message, reference=reference))) for reference in (None, _REFERENCE)
            )
            assert len(sample.accepted) == len(plain.accepted), f"{feature} with a reference is not taken as without"
            arrived = {accepted.reference for accepted in sample.accepted}
            assert arrived <= {None, _REFERENCE}, f"the reference {_REFERENCE!r} of {feature} arrived as {arrived}"

    def test_an_upload_gives_an_id_that_can_be_sent(self) -> None:
        """Where files are uploaded, the id that comes back is one line and new for each upload."""
        upload = self.upload(self.example)
        if upload is None:
            return
        first, second = (upload.decode(self.ask(upload, serial).response) for serial in (1, 2))
        assert first != second, f"two uploads have the id {first!r}"
        assert is_line(first), f"the media id is {first!r}"

    def test_wrong_credentials_are_told_as_such(self) -> None:
        """A wrong secret is BadCredentials for every operation, and nothing is taken."""
        for name in self.secrets:
            for operation in self.operations(self.driver(**{name: SECRET})).values():
                sample = self.ask(operation)
                with pytest.raises(BadCredentials):
                    operation.decode(sample.response)

                assert not sample.accepted, f"{operation.name} was taken in spite of a wrong {name}"

    def test_the_probe_says_one_sentence(self) -> None:
        """With good credentials the probe decodes to one line for people."""
        probe = self.example.probe()

        sentence = probe.decode(self.ask(probe).response)

        assert sentence.strip(), "the probe says nothing"
        assert is_line(sentence), f"the probe says more than one line: {sentence!r}"
        assert len(sentence) <= 300, f"the probe says {len(sentence)} characters"

    def test_limits_that_are_read_are_limits_of_known_lanes(self) -> None:
        """Where a provider tells an account's own limits, they read as limits and name kinds of lanes it has."""
        if self.provider.read_limits is None:
            return
        operation = self.provider.read_limits(self.example)

        learnt = operation.decode(self.ask(operation).response)

        assert operation.request.repeatable, "reading the limits is not marked as repeatable"
        assert learnt, "the sandbox tells no limit"
        for kind, text in learnt.items():
            assert kind in self.provider.limits, f"no lane of the kind {kind!r} has a limit"
            if text is not None:
                Rate.parse(text)

    def test_header_names_may_come_in_any_case(self) -> None:
        """HTTP header names have no case, so the dialect must not depend on one."""
        for operation in self.known:
            request = operation.request
            expected = self._facts(self.provider.sandbox.respond(request, 1))
            for spell in (str.lower, str.upper):
                headers = {spell(name): value for name, value in request.headers.items()}
                again = self.provider.sandbox.respond(evolve(request, headers=headers), 1)
                assert self._facts(again) == expected, f"{operation.name} depends on the case of header names"

    def test_answers_depend_on_request_and_serial_alone(self) -> None:
        """The same request and serial give the same answer; another serial gives another message id."""
        for _, message in self.carried(self.example):
            request = self.example.encode(message).request
            first, again, other = (self.provider.sandbox.respond(request, serial) for serial in (7, 7, 8))
            assert self._facts(first) == self._facts(again), "one request and serial have two answers"
            ids = [{accepted.message_id for accepted in answer.accepted} - {None} for answer in (first, other)]
            assert not ids[0] & ids[1], f"two requests have the message id {ids[0] & ids[1]}"

    @relaxed
    @given(data=st.data())
    def test_no_request_breaks_it(self, data: st.DataObject) -> None:
        """Any request has an answer, the same each time, and only what was taken is answered as an acceptance."""
        dialect = self.provider.sandbox
        request = data.draw(self._any_request)

        answer = dialect.respond(request, 9)

        self._check_accepted(answer.accepted)
        assert self._facts(answer) == self._facts(dialect.respond(request, 9)), "one request has two answers"
        assert 200 <= answer.response.status <= 599, f"the status is {answer.response.status}"
        meaning = self.example.classify(answer.response).meaning
        assert meaning is Meaning.OK or not answer.accepted, f"taken, and yet the answer is read as {meaning}"
        assert dialect.account(request) == dialect.account(request), "account() changes its mind"

    @relaxed
    @given(data=st.data())
    def test_what_it_remembers_is_all_in_its_memory(self, data: st.DataObject) -> None:
        """The same requests to two empty memories have the same answers, and one that was undone changed nothing."""
        dialect = self.provider.sandbox
        if not isinstance(dialect, RememberingDialect):
            return
        first, second = Memory(), Memory()
        for serial, request in enumerate(data.draw(st.lists(self._any_request, max_size=6)), 1):
            # As when a scripted fault strikes.
            dialect.respond_with(request, serial, first, _NOW)
            first.undo()
            facts = [self._facts(dialect.respond_with(request, serial, memory, _NOW)) for memory in (first, second)]
            assert facts[0] == facts[1], "one past and one request have two answers"
            assert first.snapshot() == second.snapshot(), "one past and one request leave two memories"
            for memory in (first, second):
                memory.keep()

    def test_one_account_has_one_name(self) -> None:
        """All sends of one driver count against the same rate limit."""
        requests_sent = [self.example.encode(message).request for _, message in self.carried(self.example)]

        names = {self.provider.sandbox.account(request) for request in requests_sent}

        assert len(names) == 1, f"one account is called {len(names)} names"
        assert names != {""}, "the account has no name"

    @pytest.mark.parametrize(
        ("status", "meaning"),
        [(429, Meaning.THROTTLED), (500, Meaning.UNDECIDED), (503, Meaning.UNAVAILABLE)],
    )
    def test_a_scripted_failure_means_what_its_status_says(self, status: int, meaning: Meaning) -> None:
        """The bodies for scripted faults are the provider's own, and its driver reads them as such."""
        response = self.provider.sandbox.failure(status)

        assert response.status == status, f"failure({status}) has the status {response.status}"
        assert response.body, f"failure({status}) has no body"
        found = self.example.classify(response).meaning
        assert found is meaning, f"failure({status}) is read as {found}, not {meaning}"

    def test_every_failure_has_an_answer(self) -> None:
        """Any failing status can be scripted and is never read as an acceptance."""
        for status in range(400, 600):
            response = self.provider.sandbox.failure(status)
            assert response.status == status, f"failure({status}) has the status {response.status}"
            assert self.example.classify(response).meaning is not Meaning.OK, (
                f"failure({status}) is read as an acceptance"
            )

    def test_the_base_path_is_where_requests_go(self) -> None:
        """Requests made from the example settings lie below the dialect's base path."""
        base = self.provider.sandbox.base_path
        assert base == "" or (base.startswith("/") and not base.endswith("/")), f"base_path is {base!r}"
        for operation in self.known:
            path = operation.request.path
            assert path.startswith(base + "/"), f"{operation.name} goes to {path}, not below {base}"

    @cached_property
    def _any_request(self) -> st.SearchStrategy[Request]:
        base = f"https://sandbox.example{self.provider.sandbox.base_path}"
        return requests([operation.request for operation in self.known], base=base)

    def _check_accepted(self, taken: tuple[Accepted, ...]) -> None:
        for accepted in taken:
            digits = accepted.recipient
            assert digits == "" or (digits.isascii() and digits.isdigit()), f"recipient {digits!r} is not digits only"
            assert accepted.kind, "Accepted.kind is empty"
            assert accepted.message_id != "", "Accepted.message_id is empty; None says that there is none"

    def _check_ids(self, result: SendResult, sample: Sample) -> None:
        taken = [accepted.message_id for accepted in sample.accepted if accepted.message_id is not None]
        named = list(result.message_ids) or [one for one in (result.message_id,) if one is not None]
        assert named == taken or len(taken) != len(sample.accepted), f"taken as {taken}, and told as {named}"
        assert result.provider == self.provider.name, f"SendResult.provider is {result.provider!r}"
        if sample.message is not None:
            assert result.to == sample.message.to, "SendResult.to is not who it was sent to"

    def _facts(self, answer: Answer) -> tuple[object, ...]:
        response = answer.response
        return response.status, response.body, dict(response.headers), answer.accepted
