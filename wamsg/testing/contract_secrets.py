"""What must never be seen: credentials and phone numbers, in whatever a person or a log may read."""

# ruff: noqa: S101 -- assertions are what a contract is made of

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from wamsg.errors import SendError
from wamsg.testing.contract_subject import FAILURES, SECRET, Subject
from wamsg.wire import Headers, Operation, Response

#: The recipient of the feature samples, as a provider might repeat it.
_DIGITS = "12025550101"


class SecretsContract(Subject):
    """Secrets and numbers stay out of every repr, lane, address and error."""

    def test_nothing_shown_holds_a_secret(self) -> None:
        """Settings, driver, operations and requests show no credential, and neither lanes nor addresses hold one."""
        settings = self.settings(**self._secret())
        driver = self.provider.driver(settings)
        shown = [repr(settings), str(settings), repr(driver), str(driver)]
        for operation in self.operations(driver).values():
            request = operation.request
            shown += [repr(operation), repr(operation.decode), operation.name, repr(request), request.url]
            shown += request.lanes

        for text in shown:
            assert SECRET not in text, f"a secret stands in {text.replace(SECRET, '<secret>')}"

    def test_operations_show_no_phone_number(self) -> None:
        """The name and the repr of an operation and of its request hold no recipient."""
        for name, operation in self.operations(self.example).items():
            for text in (operation.name, repr(operation), repr(operation.request)):
                assert _DIGITS not in text, f"the recipient of {name!r} stands in {text}"

    def test_errors_do_not_repeat_what_a_provider_repeats(self) -> None:
        """An answer that repeats the credential or the number, wherever it does, leaves neither in an error."""
        driver = self.driver(**self._secret())
        echoes = list(self._echoes())
        for operation in self.operations(driver).values():
            for response in echoes:
                self._check_shown(operation, response)

    def _secret(self) -> dict[str, object]:
        return dict.fromkeys(self.secrets, SECRET)

    def _echoes(self) -> Iterator[Response]:
        """Answers of the provider's own shapes in which one text is what must not be shown."""
        for said in (SECRET, f"no {SECRET} for +{_DIGITS} or {_DIGITS}"):
            headers = Headers(dict.fromkeys(("X-Request-Id", "Retry-After", "Content-Type", "Location"), said))
            for status in FAILURES:
                yield Response(status=status, body=said.encode(), headers=headers)
            for status, document in self.documents:
                for echo in _with_each_text_replaced(document, said):
                    yield Response(status=status, body=json.dumps(echo).encode(), headers=headers)

    def _check_shown(self, operation: Operation[Any], response: Response) -> None:
        try:
            value = operation.decode(response)
        except SendError as error:
            sentences, facts = [str(error), repr(error)], [str(error.code), str(error.request_id)]
        else:
            sentences, facts = [value] if operation.name == self.example.probe().name else [], []
        where = f"{operation.name}, answer {response.status} {response.body[:200]!r}".replace(SECRET, "<secret>")
        for text in sentences + facts:
            assert SECRET not in text, f"a secret is shown: {where}"
        # A request id may well be digits; only what is written for people must hold no number.
        for text in sentences:
            assert _DIGITS not in text, f"a phone number is shown: {where}"


def _with_each_text_replaced(document: Any, said: str) -> Iterator[Any]:
    for path in _texts(document):
        changed = copy.deepcopy([document])
        holder: Any = changed
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = said
        yield changed[0]


def _texts(value: Any, path: tuple[Any, ...] = (0,)) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(item, (*path, key))
