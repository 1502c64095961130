"""The contract finds faults: each way of breaking a good provider makes the test fail that stands for the rule."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen

from tests.support import third_party
from wamsg.dialect import Memory
from wamsg.driver import Accepted, Answer, Callback, Inbound, Parse, Provider, Told, Webhook, Written
from wamsg.errors import InvalidMessage, NotSent, Rejected, SendError, Throttled, Unsupported
from wamsg.model import Media, Message, PhoneNumber, SendResult, Text
from wamsg.model.event import (
    DeliveryStatus,
    Event,
    IncomingMessage,
    Notice,
    StatusUpdate,
    TemplateUpdate,
    UnknownEvent,
)
from wamsg.settings import CallbackSettings, Secret, base_url, setting
from wamsg.testing.contract import DriverContract
from wamsg.views import StatusList, StatusOrder, StatusPage
from wamsg.wire import OK, Form, Headers, Meaning, Operation, Request, Response, Verdict

with third_party.visible():
    import acme_provider
    from acme_provider.driver import AcmeDriver
    from acme_provider.sandbox import AcmeSandbox

ACME = acme_provider.provider
Change = Callable[[Provider], Provider]
_SERIAL = itertools.count()


def verdict_of(provider: Provider, test: str, *arguments: object) -> str:
    """What the contract's ``test`` says of ``provider``: its complaints, or nothing."""
    contract = type("Case", (DriverContract,), {"provider": provider})()
    try:
        getattr(contract, test)(*arguments)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 -- whatever a broken provider makes it say
        return " | ".join(_sentences(error))
    return ""


def _sentences(error: BaseException) -> Iterator[str]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _sentences(inner)
    yield f"{type(error).__name__}: {error}"


def driver(**methods: Any) -> Change:
    """Acme with some methods of its driver replaced."""
    return lambda provider: evolve(provider, driver=type("Broken", (AcmeDriver,), methods))


def inbound(**fields: Any) -> Change:
    """Acme with callbacks, and some fields of their record."""
    good = Inbound(settings=CallbackSettings, webhook=_webhook(_no_events), example={"callback_token": "fake"})
    return record(inbound=evolve(good, **fields))


def _webhook(reader: Parse) -> Callable[[Any], Webhook]:
    return lambda settings: Webhook(provider="acme", schemes=settings.schemes(), reader=reader)


def _no_events(_body: bytes, _query: Mapping[str, str]) -> list[Event]:
    return [UnknownEvent(provider="acme", key="k", reason="none is known")]


def _breaking(_body: bytes, query: Mapping[str, str]) -> list[Event]:
    raise KeyError(*query)


def _restless(_body: bytes, _query: Mapping[str, str]) -> list[Event]:
    return [UnknownEvent(provider="acme", key=str(next(_SERIAL)), reason="new")]


def calling(**methods: Any) -> Change:
    """Acme with callbacks and a fake server that makes them, with some of its methods replaced."""
    whole = {"fate": _fate, "callbacks": _one_call_each, "incoming": _bring, **methods}
    return lambda provider: dialect(**whole)(inbound(webhook=_webhook(_plain_events))(provider))


def _fate(_self: Any, accepted: Accepted, _fault: str | None = None) -> tuple[Told, ...]:
    return tuple(Told(accepted=accepted, status=status) for status in (DeliveryStatus.SENT, DeliveryStatus.READ))


def _one_call_each(_self: Any, told: Sequence[Told]) -> tuple[Callback, ...]:
    return tuple(_status_call(one, one.status.value, one.accepted.message_id) for one in told)


def _status_call(told: Told, word: str, message_id: str | None) -> Callback:
    return Callback(body=json.dumps({"status": word, "id": message_id}).encode(), told=(told,))


def _bring(_self: Any, written: Written) -> Callback:
    if not isinstance(written.content, Text):
        raise Unsupported("texts alone", provider="acme", feature=type(written.content).__name__)
    document = {"text": written.content.body, "from": written.sender, "id": written.message_id}
    return Callback(body=json.dumps(document).encode())


def _bring_quotes(self: Any, written: Written) -> Callback:
    return _bring(self, evolve(written, content=Text(body="'hello'")))


def _bring_nothing(_self: Any, _written: Written) -> Callback:
    raise Unsupported("nobody writes", provider="acme", feature="texts")


def notifying(**methods: Any) -> Change:
    """Acme with callbacks and a fake server that tells of templates, with some of its methods replaced."""
    whole = {"notice": _of_template, **methods}
    return lambda provider: dialect(**whole)(inbound(webhook=_webhook(_template_events))(provider))


def _of_template(_self: Any, notice: Notice) -> Callback:
    if not isinstance(notice, TemplateUpdate):
        raise Unsupported("templates alone", provider="acme", feature=type(notice).__name__)
    names = ("at", "status", "template_id", "name", "language", "reason")
    return Callback(body=json.dumps({name: getattr(notice, name) for name in names}).encode())


def _of_all_that_is_paused(self: Any, notice: Notice) -> Callback:
    return _of_template(self, evolve(notice, status="paused") if isinstance(notice, TemplateUpdate) else notice)


def _of_nothing(_self: Any, notice: Notice) -> Callback:
    raise Unsupported("nothing", provider="acme", feature=type(notice).__name__)


def _template_events(body: bytes, _query: Mapping[str, str]) -> list[Event]:
    return [TemplateUpdate(provider="acme", key="k", **json.loads(body))]


def _always_sent(_self: Any, told: Sequence[Told]) -> tuple[Callback, ...]:
    return tuple(_status_call(one, "sent", one.accepted.message_id) for one in told)


def _of_nobody(_self: Any, told: Sequence[Told]) -> tuple[Callback, ...]:
    return tuple(_status_call(one, one.status.value, "another") for one in told)


def _only_the_last(self: Any, told: Sequence[Told]) -> tuple[Callback, ...]:
    return _one_call_each(self, told[-1:])


def _plain_events(body: bytes, _query: Mapping[str, str]) -> list[Event]:
    document = json.loads(body)
    if "status" in document:
        word, name = DeliveryStatus(document["status"]), document["id"]
        return [StatusUpdate(provider="acme", key=f"{word}{name}", status=word, message_id=name)]
    sender = PhoneNumber(f"+{document['from']}")
    content = Text(body=document["text"])
    return [IncomingMessage(provider="acme", key="k", content=content, sender=sender, message_id=document["id"])]


class _Yes:
    needs_body: ClassVar[bool] = False

    def check(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Lets everyone in."""


def dialect(**methods: Any) -> Change:
    """Acme with some methods of its sandbox replaced."""
    return lambda provider: evolve(provider, sandbox=type("Broken", (AcmeSandbox,), methods)())


def record(**fields: Any) -> Change:
    """Acme with some fields of its record replaced."""
    return lambda provider: evolve(provider, **fields)


def requests(change: Callable[[Any, Request], Request]) -> Change:
    """Acme with every request changed."""

    def _request(self: Any, *arguments: Any) -> Request:
        return change(self, AcmeDriver._request(self, *arguments))

    return driver(_request=_request)


def decoding(decode: Callable[[Operation[SendResult], Response], SendResult]) -> Change:
    """Acme with the decoding of sends replaced."""

    def encode(self: Any, message: Message) -> Operation[SendResult]:
        operation = AcmeDriver.encode(self, message)
        return evolve(operation, decode=lambda response: decode(operation, response))

    return driver(encode=encode)


def errors_made(change: Callable[[SendError, Response], SendError]) -> Change:
    """Acme with every error of a send changed."""

    def decode(operation: Operation[SendResult], response: Response) -> SendResult:
        try:
            return operation.decode(response)
        except SendError as error:
            raise change(error, response) from None

    return decoding(decode)


def remade(error: SendError, detail: str | None = None, **facts: Any) -> SendError:
    """The same error with other facts."""
    return type(error)(str(error.args[0]) if detail is None else detail, **{**vars(error), **facts})


def answers(change: Callable[[Request, int, Answer], Answer]) -> Change:
    """Acme with every answer of the sandbox changed."""
    good = AcmeSandbox()
    return dialect(respond=lambda _self, request, serial: change(request, serial, good.respond(request, serial)))


@frozen(kw_only=True)
class Careless:
    """Settings without any care."""

    token: Secret = setting(" ", secret=True)
    base_url: str = setting("address", default="http://api.acme.example/v1", converter=str)


@frozen(kw_only=True)
class Nowhere:
    """Settings that leave no way to the sandbox."""

    token: Secret = setting("token", secret=True)


@frozen(kw_only=True)
class Open:
    """Settings whose token is an ordinary text."""

    token: str = setting("token", converter=str)
    base_url: str = setting("address", default="https://api.acme.example/v1", converter=base_url)


@frozen(kw_only=True)
class Two:
    """Two required settings, of which the example knows one."""

    account: str = setting("account")
    token: Secret = setting("token", secret=True)
    base_url: str = setting("address", default="https://api.acme.example/v1", converter=base_url)


class Unpicklable(Rejected):
    """An error that cannot be made again from its text."""

    def __init__(self, detail: str, response: Response) -> None:
        super().__init__(detail, provider="acme", http_status=response.status)


def _leaky_lane(self: Any, request: Request) -> Request:
    return evolve(request, lanes=(f"account:{self._headers['X-Acme-Token']}",))


def _fresh_body(_self: Any, request: Request) -> Request:
    return evolve(request, headers={**request.headers, "X-Nonce": str(next(_SERIAL))})


def _drops_options(self: Any, message: Message) -> Operation[SendResult]:
    return AcmeDriver.encode(self, evolve(message, provider_options={}))


def _stumbles(self: Any, message: Message) -> Operation[SendResult]:
    if not isinstance(message.content, Text):
        raise KeyError(type(message.content))
    return AcmeDriver.encode(self, message)


def _nameless_refusal(self: Any, message: Message) -> Operation[SendResult]:
    try:
        return AcmeDriver.encode(self, message)
    except Unsupported as error:
        raise Unsupported(str(error), provider="acme") from None


def _fieldless_complaint(self: Any, message: Message) -> Operation[SendResult]:
    if len(message.provider_options) or not isinstance(message.content, Text):
        return AcmeDriver.encode(self, message)
    raise InvalidMessage("no")


def _first_only(self: Any, message: Message) -> Operation[SendResult]:
    return AcmeDriver.encode(self, evolve(message, to=message.to[0]))


def _trusting_options(self: Any, message: Message) -> Operation[SendResult]:
    if "tag" not in message.provider_options and message.provider_options:
        raise KeyError("tag")
    return AcmeDriver.encode(self, message)


def _empty_form(self: Any, media: Media) -> Operation[str] | None:
    operation = AcmeDriver.encode_upload(self, media)
    return operation and evolve(operation, request=evolve(operation.request, body=Form(())))


def _text_in_header(self: Any, message: Message) -> Operation[SendResult]:
    operation = AcmeDriver.encode(self, message)
    request = operation.request
    return evolve(operation, request=evolve(request, headers={**request.headers, "X-Text": "a\nb"}))


def _number_in_name(self: Any, message: Message) -> Operation[SendResult]:
    return evolve(AcmeDriver.encode(self, message), name=f"to {message.to[0].digits}")


def _always(verdict: Verdict) -> Callable[[Any, Response], Verdict]:
    return lambda _self, _response: verdict


def _trusting(self: Any, response: Response) -> Verdict:
    return OK if 200 <= response.status < 300 else AcmeDriver.classify(self, response)


def _trusting_json(self: Any, response: Response) -> Verdict:
    response.json()["ok"]  # type: ignore[index]  # the fault on trial
    return AcmeDriver.classify(self, response)


def _resending(self: Any, response: Response) -> Verdict:
    return Verdict(Meaning.UNAVAILABLE) if response.status >= 500 else AcmeDriver.classify(self, response)


def _deaf(self: Any, response: Response) -> Verdict:
    return evolve(AcmeDriver.classify(self, response), retry_after=None)


def _inventing(operation: Operation[SendResult], response: Response) -> SendResult:
    return evolve(operation.decode(response), message_id=hashlib.blake2s(response.body).hexdigest())


def _silent_probe(self: Any) -> Operation[str]:
    return evolve(AcmeDriver.probe(self), decode=lambda _response: "")


def _posting_probe(self: Any) -> Operation[str]:
    operation = AcmeDriver.probe(self)
    return evolve(operation, request=evolve(operation.request, method="POST"))


def _with_reference(answer: Answer, reference: str) -> Answer:
    return evolve(answer, accepted=tuple(evolve(item, reference=reference) for item in answer.accepted))


def _one_use_upload(self: Any, media: Media) -> Operation[str] | None:
    operation = AcmeDriver.encode_upload(self, media)
    return operation and evolve(operation, decode=lambda _response: "always the same")


def _open_door(request: Request, serial: int, answer: Answer) -> Answer:
    if answer.response.status != 401:
        return answer
    return AcmeSandbox().respond(evolve(request, headers={"X-Acme-Token": ACME.example["token"]}), serial)


def _one_id(_request: Request, _serial: int, answer: Answer) -> Answer:
    return Answer(response=_json(answer.response.status, {"ok": True, "id": "1"}), accepted=_renamed(answer, "1"))


def _renamed(answer: Answer, message_id: str) -> tuple[Accepted, ...]:
    return tuple(evolve(accepted, message_id=message_id) for accepted in answer.accepted)


def _json(status: int, document: Mapping[str, object]) -> Response:
    return Response(status=status, body=json.dumps(document).encode())


def _strict_case(request: Request, _serial: int, answer: Answer) -> Answer:
    return answer if "X-Acme-Token" in dict(request.headers) else Answer(response=_json(401, {"ok": False}))


def _fragile(request: Request, _serial: int, answer: Answer) -> Answer:
    if isinstance(request.body, bytes):
        json.loads(request.body)
    return answer


def _two_faced(_request: Request, _serial: int, answer: Answer) -> Answer:
    return evolve(answer, response=_json(500, {"ok": False}))


def _plus(_request: Request, _serial: int, answer: Answer) -> Answer:
    return evolve(answer, accepted=tuple(evolve(one, recipient=f"+{one.recipient}") for one in answer.accepted))


def _forgetful(_request: Request, _serial: int, answer: Answer) -> Answer:
    return evolve(answer, accepted=())


def _moody(_request: Request, _serial: int, answer: Answer) -> Answer:
    return evolve(answer, response=evolve(answer.response, headers=Headers({"X-Count": str(next(_SERIAL))})))


SHOWS = "test_a_message_that_was_sent_is_shown_by_the_id_that_the_send_gave"
TELLS = "test_what_its_sandbox_tells_is_read_as_meant"
REMEMBERS = "test_what_it_remembers_is_all_in_its_memory"
NOTIFIES = "test_what_its_sandbox_notifies_of_is_read_as_meant"
ANSWERS, SAMPLES = "test_verdict_and_error_agree_on_any_answer", "test_verdict_and_error_agree_on_the_sandbox_answers"
FEATURE = "test_a_feature_is_expressed_or_refused_by_name"


#: What is broken, the test that must notice, its arguments, and a piece of what it must say.
def _secretive(self: Any, request: Request, serial: int, _memory: Memory, _now: float) -> Answer:
    """Remembers where nobody looks."""
    answer = AcmeSandbox.respond(self, request, serial)
    return evolve(answer, response=evolve(answer.response, body=str(next(_SERIAL)).encode()))


def _scribbling(self: Any, request: Request, serial: int, memory: Memory, _now: float) -> Answer:
    """Changes a row in its place, so that undoing does not bring it back."""
    table = memory.table("one", "seen")
    row: Any = table.get("count") or table.put("count", {"times": 0})
    row["times"] += 1
    return AcmeSandbox.respond(self, request, serial)


def _diary(self: Any, request: Request, serial: int, memory: Memory, now: float) -> Answer:
    """Remembers as it should."""
    memory.table("one", "seen").put(request.method, {"serial": serial, "at": now})
    return AcmeSandbox.respond(self, request, serial)


def listing(**changed: Any) -> Change:
    """Acme with a list of messages that its fake server remembers, and some of that replaced."""
    page = changed.pop("page", _page_of)
    whole = {"respond_with": _keeps_messages, **changed}
    return lambda provider: evolve(dialect(**whole)(provider), statuses=lambda: StatusList(page=page))


def _keeps_messages(self: Any, request: Request, serial: int, memory: Memory, _now: float) -> Answer:
    sent = memory.table("one", "sent")
    if request.method == "GET" and request.path.endswith("/messages"):
        return Answer(response=_json(200, {"ok": True, "items": [row["id"] for row in sent.rows()]}))
    answer: Answer = AcmeSandbox.respond(self, request, serial)
    for accepted in answer.accepted:
        sent.put(str(serial), {"id": accepted.message_id})
    return answer


def _page_of(driver: Any, order: StatusOrder, number: int) -> Operation[StatusPage]:
    read = driver.probe().request
    url = read.url.replace("/me", f"/messages?order={order.value}&page={number}")
    return Operation(name="messages.list", request=evolve(read, url=url), decode=_shown_messages)


def _shown_messages(response: Response, key: Callable[[str], str] = str) -> StatusPage:
    document = response.json()
    names = document.get("items", []) if isinstance(document, dict) else []
    events = tuple(
        StatusUpdate(provider="acme", key=key(name), status=DeliveryStatus.SENT, message_id=name) for name in names
    )
    return StatusPage(events=events, more=False)


def _page_by_post(driver: Any, order: StatusOrder, number: int) -> Operation[StatusPage]:
    page = _page_of(driver, order, number)
    return evolve(page, request=evolve(page.request, method="POST"))


def _first_page_only(driver: Any, order: StatusOrder, _number: int) -> Operation[StatusPage]:
    return _page_of(driver, order, 1)


def _restless_keys(driver: Any, order: StatusOrder, number: int) -> Operation[StatusPage]:
    page = _page_of(driver, order, number)
    return evolve(page, decode=lambda response: _shown_messages(response, lambda _: str(next(_SERIAL))))


def _names_another(self: Any, request: Request, serial: int, memory: Memory, now: float) -> Answer:
    answer = _keeps_messages(self, request, serial, memory, now)
    if request.method != "GET":
        memory.table("one", "sent").put(str(serial), {"id": "another"})
    return answer


FAULTS: Mapping[str, tuple[Change, str, tuple[object, ...], str]] = MappingProxyType(
    {
        "no limits": (record(limits={}), "test_the_record_says_what_people_need", (), "limits is empty"),
        "bad limit": (record(limits={"account": "soon"}), "test_the_record_says_what_people_need", (), "not a limit"),
        "another name": (
            driver(name="emca"),
            "test_the_example_makes_a_driver_of_the_same_name",
            (),
            "driver.name and provider.name differ",
        ),
        "example incomplete": (
            record(settings=Two),
            "test_a_missing_required_setting_is_named",
            (),
            "names another setting",
        ),
        "http by default": (
            record(settings=Careless),
            "test_without_a_base_url_requests_go_to_the_provider",
            (),
            "http://api.acme.example",
        ),
        "no help": (record(settings=Careless), "test_every_setting_is_explained", (), "token has no help text"),
        "no base_url": (record(settings=Nowhere), "test_every_setting_is_explained", (), "there is no base_url"),
        "any base_url": (
            record(settings=Careless),
            "test_a_wrong_base_url_is_refused",
            ("http://api.example.com",),
            "DID NOT RAISE",
        ),
        "token unchecked": (
            record(settings=Open, driver=lambda settings: AcmeDriver(evolve(settings, token=Secret(settings.token)))),
            "test_a_line_break_in_any_setting_is_refused",
            (),
            "DID NOT RAISE",
        ),
        "line break in base_url": (
            record(settings=Careless),
            "test_a_line_break_in_any_setting_is_refused",
            (),
            "DID NOT RAISE",
        ),
        "fixed address": (
            requests(lambda _self, request: evolve(request, url="https://api.acme.example/v1/me")),
            "test_a_loopback_address_is_taken",
            (),
            "the probe goes to",
        ),
        "token in a lane": (requests(_leaky_lane), "test_nothing_shown_holds_a_secret", (), "a secret stands in"),
        "number in a name": (
            driver(encode=_number_in_name),
            "test_operations_show_no_phone_number",
            (),
            "the recipient of 'text'",
        ),
        "errors repeat": (
            errors_made(lambda error, response: remade(error, response.body.decode())),
            "test_errors_do_not_repeat_what_a_provider_repeats",
            (),
            "a secret is shown",
        ),
        "request id repeats": (
            errors_made(lambda error, response: remade(error, request_id=response.headers.get("X-Request-Id"))),
            "test_errors_do_not_repeat_what_a_provider_repeats",
            (),
            "a secret is shown",
        ),
        "nonce": (requests(_fresh_body), "test_encoding_is_pure", (), "encoded in two ways"),
        "repeatable": (
            requests(lambda _self, request: evolve(request, repeatable=True)),
            FEATURE,
            ("text",),
            "it could go out twice",
        ),
        "no lanes": (requests(lambda _self, request: evolve(request, lanes=())), FEATURE, ("text",), "no lanes"),
        "nameless lane": (
            requests(lambda _self, request: evolve(request, lanes=("account:",))),
            FEATURE,
            ("text",),
            "is not kind:name",
        ),
        "other lanes": (
            requests(lambda _self, request: evolve(request, lanes=("sender:1",))),
            FEATURE,
            ("text",),
            "no lane of kind 'account'",
        ),
        "elsewhere": (
            requests(lambda _self, request: evolve(request, url="https://evil.example/v1/messages")),
            FEATURE,
            ("text",),
            "not below",
        ),
        "climbing path": (
            requests(lambda _self, request: evolve(request, url=request.url + "/../admin")),
            FEATURE,
            ("text",),
            "the path climbs",
        ),
        "header injection": (driver(encode=_text_in_header), FEATURE, ("text",), "control character"),
        "options dropped": (
            driver(encode=_drops_options),
            "test_an_unknown_option_is_refused_by_name",
            (),
            "DID NOT RAISE",
        ),
        "options trusted": (
            driver(encode=_trusting_options),
            "test_any_options_are_taken_or_refused",
            (),
            "KeyError",
        ),
        "only the first": (
            driver(encode=_first_only),
            "test_a_feature_reaches_its_recipients",
            ("several recipients in one request",),
            "taken for ['12025550101']",
        ),
        "result for nobody": (
            decoding(lambda operation, response: evolve(operation.decode(response), to=())),
            "test_a_feature_reaches_its_recipients",
            ("text",),
            "SendResult.to",
        ),
        "upload without a file": (
            driver(encode_upload=_empty_form),
            "test_an_upload_is_a_sound_request",
            (),
            "does not hold the one file",
        ),
        "stumbles": (driver(encode=_stumbles), "test_any_message_is_expressed_or_refused", (), "KeyError"),
        "nameless refusal": (driver(encode=_nameless_refusal), FEATURE, ("sticker by link",), "feature is empty"),
        "fieldless complaint": (
            driver(encode=_fieldless_complaint),
            "test_any_message_is_expressed_or_refused",
            (),
            "does not name what to change",
        ),
        "posting probe": (driver(probe=_posting_probe), "test_the_probe_is_a_harmless_read", (), "the probe is a POST"),
        "silent probe": (driver(probe=_silent_probe), "test_the_probe_says_one_sentence", (), "says nothing"),
        "cut reference": (
            answers(lambda _request, _serial, answer: _with_reference(answer, "w1.1")),
            "test_a_reference_travels_whole_or_not_at_all",
            (),
            "arrived as",
        ),
        "same upload id": (
            driver(encode_upload=_one_use_upload),
            "test_an_upload_gives_an_id_that_can_be_sent",
            (),
            "two uploads have the id",
        ),
        "limits of a lane that is not there": (
            record(read_limits=lambda driver: evolve(driver.probe(), decode=lambda _: {"nobody": "1/s"})),
            "test_limits_that_are_read_are_limits_of_known_lanes",
            (),
            "no lane of the kind 'nobody'",
        ),
        "classify raises": (driver(classify=_trusting_json), ANSWERS, (), "TypeError"),
        "2xx is enough": (
            driver(classify=_trusting),
            "test_a_success_that_cannot_be_read_is_undecided",
            (200, b"<html>"),
            "is read as Meaning.OK",
        ),
        "2xx is enough, torn": (
            driver(classify=_trusting),
            "test_a_success_that_is_cut_off_is_undecided",
            (),
            "is read as Meaning.OK",
        ),
        "all is well": (driver(classify=_always(OK)), SAMPLES, (), "is read as an acceptance"),
        "two readings": (driver(classify=_trusting), SAMPLES, (), "classify says Meaning.OK, decode Meaning"),
        "5xx is resent": (
            driver(classify=_resending),
            "test_a_status_without_a_code_is_read_as_http_means_it",
            (502, Meaning.UNDECIDED, b""),
            "not Meaning.UNDECIDED",
        ),
        "no patience": (driver(classify=_deaf), "test_what_the_provider_asks_to_wait_is_told", (), "not 7 s"),
        "absurd wait": (
            driver(classify=_always(Verdict(Meaning.THROTTLED, retry_after=1e9))),
            SAMPLES,
            (),
            "retry_after is 1000000000.0",
        ),
        "invented id": (decoding(_inventing), SAMPLES, (), "was invented"),
        "no status": (
            errors_made(lambda error, _: remade(error, http_status=None)),
            SAMPLES,
            (),
            "http_status is None",
        ),
        "no provider": (errors_made(lambda error, _: remade(error, provider=None)), SAMPLES, (), "provider is None"),
        "no lanes told": (errors_made(lambda error, _: remade(error, lanes=())), SAMPLES, (), "error.lanes"),
        "endless error": (errors_made(lambda error, _: remade(error, "x" * 600)), SAMPLES, (), "characters"),
        "error of two lines": (errors_made(lambda error, _: remade(error, "a\nb")), SAMPLES, (), "is not one line"),
        "not picklable": (errors_made(lambda _, response: Unpicklable("no", response)), SAMPLES, (), "Error"),
        "the transport's error": (
            errors_made(lambda error, _: NotSent(str(error), **vars(error))),
            SAMPLES,
            (),
            "the transport's to raise",
        ),
        "wrong kind of error": (
            errors_made(lambda error, _: Throttled(str(error), **vars(error))),
            SAMPLES,
            (),
            "decode Meaning.THROTTLED",
        ),
        "open door": (answers(_open_door), "test_wrong_credentials_are_told_as_such", (), "DID NOT RAISE"),
        "one id": (answers(_one_id), "test_answers_depend_on_request_and_serial_alone", (), "have the message id"),
        "moody": (answers(_moody), "test_answers_depend_on_request_and_serial_alone", (), "two answers"),
        "strict case": (answers(_strict_case), "test_header_names_may_come_in_any_case", (), "the case of header"),
        "fragile": (answers(_fragile), "test_no_request_breaks_it", (), "Error"),
        "two-faced": (answers(_two_faced), "test_no_request_breaks_it", (), "taken, and yet"),
        "plus sign": (answers(_plus), "test_a_feature_reaches_its_recipients", ("text",), "is not digits only"),
        "forgetful": (answers(_forgetful), "test_a_feature_reaches_its_recipients", ("text",), "taken for []"),
        "nameless account": (dialect(account=lambda *_: ""), "test_one_account_has_one_name", (), "has no name"),
        "many accounts": (
            dialect(account=lambda *_: str(next(_SERIAL))),
            "test_one_account_has_one_name",
            (),
            "is called",
        ),
        "secret memory": (dialect(respond_with=_secretive), REMEMBERS, (), "two answers"),
        "scribbles on rows": (dialect(respond_with=_scribbling), REMEMBERS, (), "two memories"),
        "failure without words": (
            dialect(failure=lambda _self, status: Response(status=status)),
            "test_a_scripted_failure_means_what_its_status_says",
            (500, Meaning.UNDECIDED),
            "has no body",
        ),
        "failure that refuses": (
            dialect(failure=lambda _self, status: _json(status, {"ok": False, "fault": {"code": "A400"}})),
            "test_a_scripted_failure_means_what_its_status_says",
            (500, Meaning.UNDECIDED),
            "failure(500) is read as Meaning.REJECTED",
        ),
        "failure of one kind": (
            dialect(failure=lambda _self, _status: _json(500, {})),
            "test_every_failure_has_an_answer",
            (),
            "has the status 500",
        ),
        "one name for two settings": (
            inbound(settings=ACME.settings),
            "test_callback_settings_are_explained_and_apart",
            (),
            "token is required",
        ),
        "an open webhook": (
            inbound(webhook=lambda _settings: Webhook(provider="acme", schemes=(_Yes(),), reader=_no_events)),
            "test_callbacks_without_a_proof_are_refused",
            (),
            "DID NOT RAISE",
        ),
        "a parser that raises": (
            inbound(webhook=_webhook(_breaking)),
            "test_any_payload_is_events_or_a_bad_payload",
            (),
            "KeyError",
        ),
        "a parser that drops": (
            inbound(webhook=_webhook(lambda _body, _query: [])),
            "test_any_payload_is_events_or_a_bad_payload",
            (),
            "a payload without an event",
        ),
        "keys that change": (
            inbound(webhook=_webhook(_restless)),
            "test_any_payload_is_events_or_a_bad_payload",
            (),
            "other keys",
        ),
        "status left out": (calling(callbacks=_only_the_last), TELLS, (), "a status is told twice, or by no call"),
        "status of another word": (calling(callbacks=_always_sent), TELLS, (), "read as"),
        "status of nobody": (calling(callbacks=_of_nobody), TELLS, (), "is not told of ['another']"),
        "no fate": (calling(fate=lambda *_: ()), TELLS, (), "nothing becomes of a message"),
        "other words": (
            calling(incoming=_bring_quotes),
            "test_what_its_sandbox_writes_is_read_as_meant",
            (),
            "another content is read",
        ),
        "statuses that are posted": (
            listing(page=_page_by_post),
            "test_reading_statuses_only_reads",
            (StatusOrder.CHANGED,),
            "no plain read",
        ),
        "one page for all": (
            listing(page=_first_page_only),
            "test_reading_statuses_only_reads",
            (StatusOrder.SENT,),
            "cannot be told apart",
        ),
        "statuses with other keys": (listing(page=_restless_keys), SHOWS, (), "another key"),
        "statuses of others": (listing(respond_with=_names_another), SHOWS, (), "names another message"),
        "no texts": (
            calling(incoming=_bring_nothing),
            "test_what_its_sandbox_writes_is_read_as_meant",
            (),
            "nobody can write a text",
        ),
        "notice of another word": (notifying(notice=_of_all_that_is_paused), NOTIFIES, (), "template by name is read"),
        "notices of nothing": (notifying(notice=_of_nothing), NOTIFIES, (), "it tells of nothing"),
        "base path elsewhere": (
            dialect(base_path="/v2"),
            "test_the_base_path_is_where_requests_go",
            (),
            "not below /v2",
        ),
    }
)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_provider_fails(fault: str) -> None:
    """The rule that is broken has a test that says so, in words that its author can act on."""
    change, test, arguments, said = FAULTS[fault]

    complaint = verdict_of(change(ACME), test, *arguments)

    assert said in complaint


@pytest.mark.parametrize(("test", "arguments"), sorted({(test, args) for _, test, args, _ in FAULTS.values()}, key=str))
def test_the_whole_provider_passes(test: str, arguments: tuple[object, ...]) -> None:
    """Without the fault the same test is silent, so it is the fault that it complains about."""
    assert "" == verdict_of(ACME, test, *arguments)


def test_a_dialect_that_remembers_well_passes() -> None:
    """Remembering as such is no fault."""
    assert "" == verdict_of(dialect(respond_with=_diary)(ACME), REMEMBERS)


def test_a_dialect_that_calls_back_well_passes() -> None:
    """Calling back as such is no fault."""
    for test in (TELLS, "test_what_its_sandbox_writes_is_read_as_meant"):
        assert "" == verdict_of(calling()(ACME), test)


def test_a_provider_that_lists_its_messages_well_passes() -> None:
    """Listing as such is no fault."""
    assert "" == verdict_of(listing()(ACME), SHOWS)
    assert "" == verdict_of(listing()(ACME), "test_reading_statuses_only_reads", StatusOrder.SENT)


def test_a_dialect_that_notifies_well_passes() -> None:
    """Telling of templates alone is no fault."""
    assert "" == verdict_of(notifying()(ACME), NOTIFIES)


def test_every_rule_is_on_trial() -> None:
    """A test of the contract that no fault makes fail would be one that cannot fail."""
    rules = {name for name in dir(DriverContract) if name.startswith("test_")}
    tried = {test for _, test, _, _ in FAULTS.values()}

    assert set() == rules - tried
