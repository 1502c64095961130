"""An account at the fake server without sockets: the real driver makes requests, the real declarations read answers."""

from __future__ import annotations

from typing import Any

from attrs import define, evolve, field

from wamsg.dialect import Memory
from wamsg.driver import Accepted
from wamsg.model import Content, Message, PhoneNumber, SendResult
from wamsg.operations import Declaration, Page, make
from wamsg.providers.wacr import provider
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.providers.wacr.sandbox import TOKEN, WacrSandbox
from wamsg.wire import Operation, Request, Response

DECLARED: dict[str, Declaration] = {each.name: each for each in provider.operations()}
SANDBOX = WacrSandbox()
NOW = 1_790_000_000.0
ASHA = "+919812340001"
NEW: dict[str, Any] = {
    "firstname": "Asha",
    "lastname": "Rao",
    "phone": ASHA,
    "type": "lead",
    "source_id": 1,
    "status_id": 2,
}


def driver(token: str = TOKEN) -> WacrDriver:
    return WacrDriver(provider.settings(**{**provider.example, "token": token}))


@define
class Desk:
    """Somebody with a token; `beside` gives somebody else at the same server."""

    driver: WacrDriver = field(factory=driver)
    memory: Memory = field(factory=Memory)
    now: float = NOW
    serials: list[int] = field(factory=lambda: [0])
    #: Everything that the server took, from anybody.
    accepted: list[Accepted] = field(factory=list)

    def beside(self, token: str) -> Desk:
        return evolve(self, driver=driver(token))

    def ask(self, request: Request) -> Response:
        """The answer to a request as it is."""
        self.serials[0] += 1
        answer = SANDBOX.respond_with(request, self.serials[0], self.memory, self.now)
        self.memory.keep()
        self.accepted.extend(answer.accepted)
        return answer.response

    def operation(self, name: str, /, *given: Any, **named: Any) -> Operation[Any]:
        declaration = DECLARED[name]
        return make(declaration, self.driver.service, declaration.bind(*given, **named))

    def do(self, name: str, /, *given: Any, **named: Any) -> Any:
        """What the operation yields; raises what it raises."""
        operation = self.operation(name, *given, **named)
        return operation.decode(self.ask(operation.request))

    def walk(self, name: str, /, **named: Any) -> list[Any]:
        """Everything that a listing yields, page by page as its paging says."""
        declaration = DECLARED[name]
        assert declaration.paging is not None
        values: Any = declaration.bind(**named)
        found: list[Any] = []
        while values is not None:
            operation = make(declaration, self.driver.service, values)
            page: Page[Any] = operation.decode(self.ask(operation.request))
            found += page.items
            values = declaration.paging.following(values, page)
        return found

    def send(self, content: Content, to: str = ASHA, **options: Any) -> SendResult:
        message = Message(content=content, to=PhoneNumber.parse(to), provider_options=options)
        operation = self.driver.encode(message)
        result: SendResult = operation.decode(self.ask(operation.request))
        return result

    def raw(self, method: str, path: str, body: bytes | None = None) -> Any:
        """The JSON of an answer to a request made by hand."""
        headers = {"Authorization": self.driver.service.headers["Authorization"]}
        return self.ask(Request(method=method, url=f"http://sandbox/api/v2{path}", headers=headers, body=body)).json()
