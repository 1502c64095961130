"""Users: who may not write to the sending number, nor be written to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, TypeAlias

from attrs import frozen

from wamsg.model import PhoneNumber
from wamsg.operations import Cursors, Evidence, Items, Phone, Resource, Result, Text, Whole, listing, operation, private
from wamsg.providers.kaleyra.api.places import AS_META, DOCS

_PATH = "/v2/{sid}/whatsapp/{number}/block_users"
#: https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users/
MOST_AT_ONCE = 1000
_WHATSAPP = {"messaging_product": "whatsapp"}


@frozen
class _User:
    """A phone number as ``{"user": ..}``."""

    says = Phone.says

    def check(self, name: str, value: object) -> dict[str, str]:
        """The object."""
        return {"user": Phone().check(name, value)}

    def arrived(self, name: str, value: object) -> str:
        """The number in such an object."""
        return Phone().check(f"{name}.user", value.get("user") if isinstance(value, dict) else None)


User = _User
_Numbers: TypeAlias = Annotated[Sequence[str | PhoneNumber], Items(_User(), most=MOST_AT_ONCE)]


@frozen(kw_only=True)
class BlockedUser(Result):
    """One user, as given and as WhatsApp knows it."""

    input: str | None = private()
    wa_id: str | None = private()


@frozen(kw_only=True)
class Blocked(Result):
    """What became of each number; a refused one says why in ``extra``."""

    added_users: tuple[BlockedUser, ...] | None = None
    removed_users: tuple[BlockedUser, ...] | None = None
    failed_users: tuple[BlockedUser, ...] | None = None


class Users(Resource):
    """The block list of the sending number: 64,000 at most."""

    @operation(
        "users.block",
        "POST",
        _PATH,
        docs=f"{DOCS}whatsapp-block-user-numbers",
        evidence=Evidence.INFERRED,
        note=AS_META,
        fixed=_WHATSAPP,
    )
    async def block(self, block_users: _Numbers) -> Blocked:
        """Block users, who must have written in the last 24 hours; messages to them are refused from then on."""

    @operation(
        "users.unblock",
        "DELETE",
        _PATH,
        docs=f"{DOCS}whatsapp-api-v1-unblock-numbers",
        evidence=Evidence.INFERRED,
        note=AS_META,
        fixed=_WHATSAPP,
    )
    async def unblock(self, block_users: _Numbers) -> Blocked:
        """Unblock users that were blocked through Kaleyra."""

    @listing(
        "users.blocked",
        _PATH,
        paging=Cursors(after="after", size="limit"),
        docs=f"{DOCS}get-list-of-blocked-whatsapp-user-numbers",
        evidence=Evidence.INFERRED,
        note=AS_META,
    )
    def blocked(
        self,
        *,
        limit: Annotated[int | None, Whole(1, 1000), "how many in one request"] = None,
        after: Annotated[str | None, Text(1000), "the page's cursor to begin behind"] = None,
    ) -> AsyncIterator[BlockedUser]:
        """Everyone who is blocked."""
