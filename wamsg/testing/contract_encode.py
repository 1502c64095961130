"""Encoding: pure, honest about what cannot be expressed, and safe whatever the message holds."""

# ruff: noqa: S101 -- assertions are what a contract is made of

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from attrs import evolve
from hypothesis import given

from wamsg.capabilities import FEATURES, as_sent
from wamsg.driver import Driver
from wamsg.errors import InvalidMessage, Unsupported
from wamsg.model import Message, SendResult
from wamsg.testing.contract_inputs import messages, options
from wamsg.testing.contract_subject import PICTURE, Subject, origin, relaxed
from wamsg.wire import Form, Operation, Request

_HOST = "https://api.contract.example"
_NO_SUCH_OPTION = "no_such_option_at_all"


class EncodeContract(Subject):
    """`wamsg.driver.Driver.encode` and the requests that it makes."""

    @pytest.mark.parametrize("feature", FEATURES)
    def test_a_feature_is_expressed_or_refused_by_name(self, feature: str) -> None:
        """Each feature becomes a sound request, or an Unsupported that says who cannot express what, and why."""
        driver = self._driver()
        try:
            message = as_sent(driver, FEATURES[feature])
            operation = driver.encode(message)
        except Unsupported as error:
            self._check_refusal(error)
        else:
            self._check_send(operation, message)

    @relaxed
    @given(message=messages())
    def test_any_message_is_expressed_or_refused(self, message: Message) -> None:
        """Whatever a message holds, encode raises nothing but Unsupported and InvalidMessage."""
        driver = self._driver()
        try:
            operation = driver.encode(as_sent(driver, message))
        except Unsupported as error:
            self._check_refusal(error)
        except InvalidMessage as error:
            self._check_complaint(error)
        else:
            self._check_send(operation, message)

    @relaxed
    @given(message=messages())
    def test_encoding_is_pure(self, message: Message) -> None:
        """The same message gives the same request, from this driver and its twin, and nothing is changed by it."""
        driver = self._driver()
        try:
            sent = as_sent(driver, message)
            before = repr(sent)
            first = driver.encode(sent).request
        except (Unsupported, InvalidMessage):
            return
        for again in (driver.encode(sent).request, self._driver().encode(sent).request):
            assert _facts(first) == _facts(again), "the same message was encoded in two ways"
        assert before == repr(sent), "encode changed the message"

    def test_an_unknown_option_is_refused_by_name(self) -> None:
        """A provider option that does not exist is an InvalidMessage that names it, never dropped."""
        driver = self._driver()
        for feature, message in self.carried(driver):
            wrong = evolve(message, provider_options={_NO_SUCH_OPTION: "1"})
            with pytest.raises(InvalidMessage) as caught:
                driver.encode(wrong)

            assert _NO_SUCH_OPTION in str(caught.value), f"the error for {feature!r} does not name the option"

    @relaxed
    @given(given_options=options())
    def test_any_options_are_taken_or_refused(self, given_options: dict[str, object]) -> None:
        """Whatever stands in provider_options, encode raises nothing but Unsupported and InvalidMessage."""
        driver = self._driver()
        for _, message in self.carried(driver):
            try:
                operation = driver.encode(evolve(message, provider_options=given_options))
            except (Unsupported, InvalidMessage):
                continue
            self._check_send(operation, message)

    def test_without_a_base_url_requests_go_to_the_provider(self) -> None:
        """The example settings alone lead to an https address, or to this machine."""
        driver = self.driver()
        for operation in self.operations(driver).values():
            scheme, host = origin(operation.request.url)
            assert scheme == "https" or host.startswith(("127.0.0.1", "localhost", "[::1]")), f"{scheme}://{host}"

    def test_the_probe_is_a_harmless_read(self) -> None:
        """What `wamsg doctor` asks may be asked again, and changes nothing."""
        request = self._driver().probe().request

        assert request.method == "GET", f"the probe is a {request.method}"
        assert request.repeatable, "the probe is not marked as repeatable"
        self._check_request(request)

    def test_an_upload_is_a_sound_request(self) -> None:
        """Where files are uploaded, the request is as sound as a send, and carries the file."""
        upload = self.upload(self._driver())
        if upload is None:
            return
        self._check_request(upload.request)
        assert isinstance(upload.request.body, bytes | Form), "the upload has no body"
        if isinstance(upload.request.body, Form):
            sizes = [part.size for part in upload.request.body.uploads().values()]
            assert sizes == [PICTURE.size], f"the form does not hold the one file, but {sizes}"

    def _driver(self) -> Driver:
        return self.driver(base_url=_HOST + self.provider.sandbox.base_path)

    def _check_refusal(self, error: Unsupported) -> None:
        assert error.provider == self.provider.name, f"Unsupported.provider is {error.provider!r}"
        assert error.feature, "Unsupported.feature is empty"
        why = str(error)
        assert why.strip() and why != error.feature, f"Unsupported says no reason: {why!r}"  # noqa: PT018 -- one rule

    def _check_complaint(self, error: InvalidMessage) -> None:
        assert str(error).strip(), "an InvalidMessage says nothing"
        assert error.field, f"InvalidMessage.field does not name what to change: {error}"

    def _check_send(self, operation: Operation[SendResult], message: Message) -> None:
        request = operation.request
        self._check_request(request)
        assert operation.name.strip(), "the operation has no name"
        assert request.method != "GET", "a message goes as a GET"
        assert isinstance(request.body, bytes | Form), f"the body is {type(request.body).__name__}, not bytes or Form"
        assert not request.repeatable or not message.to, "a message is marked as repeatable: it could go out twice"
        main = next(iter(self.provider.limits))
        kinds = [lane.partition(":")[0] for lane in request.lanes]
        assert main in kinds, f"no lane of kind {main!r}, which limits='80/s' would set: {request.lanes}"

    def _check_request(self, request: Request) -> None:
        base = _HOST + self.provider.sandbox.base_path
        assert request.url.startswith(base + "/"), f"the request goes to {request.url}, not below {base}"
        assert all(33 <= ord(character) <= 126 for character in request.url), f"unfit address {request.url!r}"
        assert not {".", ".."} & set(urlsplit(request.url).path.split("/")), f"the path climbs: {request.url}"
        for name, value in request.headers.items():
            text = f"{name}{value}"
            assert isinstance(value, str), f"header {name} is {type(value).__name__}"
            assert text.isprintable(), f"header {name} holds a control character"
            assert text.isascii(), f"header {name} is not ASCII"
        assert request.lanes, "there are no lanes: nothing would limit this request"
        for lane in request.lanes:
            kind, _, name = lane.partition(":")
            assert kind, f"lane {lane!r} is not kind:name"
            assert name, f"lane {lane!r} is not kind:name"
        if isinstance(request.body, Form):
            assert all(part.name.isprintable() for part in request.body.parts), (
                "a field's name holds a control character"
            )


def _facts(request: Request) -> tuple[object, ...]:
    return request.method, request.url, dict(request.headers), request.body, request.lanes, request.repeatable
