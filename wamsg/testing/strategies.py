"""Hypothesis strategies for the values of the model: what a message may hold, drawn from its whole range.

Needs the extra ``wamsg[testing]``.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from wamsg.model import (
    Audio,
    Button,
    Buttons,
    CallToAction,
    Card,
    Catalog,
    Contact,
    ContactAddress,
    ContactEmail,
    ContactName,
    ContactOrganization,
    ContactPhone,
    Contacts,
    ContactUrl,
    Content,
    CopyCode,
    CurrencyParameter,
    DateTimeParameter,
    Document,
    Flow,
    Header,
    Image,
    ListMenu,
    Location,
    LocationRequest,
    Parameter,
    PhoneNumber,
    Product,
    ProductList,
    ProductSection,
    QuickReply,
    Reaction,
    ReadReceipt,
    Row,
    Section,
    Sticker,
    Template,
    TemplateButton,
    Text,
    TextParameter,
    UrlButton,
    Video,
)


def phone_numbers() -> SearchStrategy[PhoneNumber]:
    """Any number that E.164 allows, 7 to 15 digits."""
    return st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(PhoneNumber)


def texts(max_size: int = 40) -> SearchStrategy[str]:
    """Text as a body takes it: any characters but halves of pairs, not blank."""
    return st.text(st.characters(codec="utf-8"), min_size=1, max_size=max_size).filter(_not_blank)


def lines(max_size: int = 20) -> SearchStrategy[str]:
    """Text as ids and titles take it: one line without control characters, not blank."""
    one_line = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))
    return st.text(one_line, min_size=1, max_size=max_size).filter(_not_blank)


def links() -> SearchStrategy[str]:
    """Addresses on a host that exists nowhere (RFC 2606)."""
    paths = st.from_regex(r"[a-z0-9/._%-]{0,20}(\?[a-z0-9=&]{1,10})?", fullmatch=True)
    return st.builds("{}://media.example/{}".format, st.sampled_from(["https", "http", "HTTPS"]), paths)


def json_objects() -> SearchStrategy[dict[str, Any]]:
    """What JSON calls an object, nested a little."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _written()
    inner = st.recursive(
        leaves, lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(_written(), deeper, max_size=3)
    )
    return st.dictionaries(_written(), inner, max_size=3)


def locations() -> SearchStrategy[Location]:
    """Places with and without a name."""
    return st.builds(
        Location,
        latitude=st.floats(-90, 90),
        longitude=st.floats(-180, 180),
        name=_maybe(texts()),
        address=_maybe(texts()),
    )


def media() -> SearchStrategy[Image | Video | Audio | Document | Sticker]:
    """The five kinds, by link or by id; no local files."""
    return st.one_of(images(), videos(), _media(Audio), documents(), _media(Sticker))


def images() -> SearchStrategy[Image]:
    """Pictures by link or by id."""
    return _media(Image, caption=_maybe(texts()))


def videos() -> SearchStrategy[Video]:
    """Videos by link or by id."""
    return _media(Video, caption=_maybe(texts()))


def documents() -> SearchStrategy[Document]:
    """Documents by link or by id."""
    return _media(Document, caption=_maybe(texts()), filename=_maybe(lines()))


def contact_cards() -> SearchStrategy[Contact]:
    """Contact cards with some of everything that a card holds."""
    text, line = _maybe(texts(10)), _maybe(lines(10))
    names = dict.fromkeys(("first_name", "last_name", "middle_name", "prefix", "suffix"), text)
    address = dict.fromkeys(("street", "city", "state", "zip", "country"), text)
    return st.builds(
        Contact,
        name=st.builds(ContactName, formatted_name=texts(10), **names),
        phones=_some(st.builds(ContactPhone, phone=lines(10), type=line, wa_id=line)),
        emails=_some(st.builds(ContactEmail, email=lines(10), type=line)),
        urls=_some(st.builds(ContactUrl, url=lines(10), type=line)),
        addresses=_some(st.builds(ContactAddress, country_code=line, type=line, **address)),
        org=_maybe(st.builds(ContactOrganization, company=text, department=text, title=text)),
        birthday=_maybe(st.dates().map(lambda day: day.isoformat())),
    )


def templates() -> SearchStrategy[Template]:
    """Templates with positional or named parameters, every header, buttons and cards."""
    header = parameters() | images() | videos() | documents() | locations()
    card = st.builds(Card, header=images() | videos(), body=_bodies(), buttons=_template_buttons())
    return st.builds(
        Template,
        name=lines(),
        language=st.sampled_from(["en", "en_US", "pt_BR", "hi"]),
        header=_maybe(header),
        body=_bodies(),
        buttons=_template_buttons(),
        cards=_some(card),
    )


def parameters(name: SearchStrategy[str | None] | None = None) -> SearchStrategy[Parameter]:
    """The three kinds of parameters; without a name unless ``name`` draws one."""
    named = st.none() if name is None else name
    return st.one_of(
        st.builds(TextParameter, text=texts(), name=named),
        st.builds(
            CurrencyParameter,
            fallback=texts(10),
            code=st.sampled_from(["INR", "USD"]),
            amount_1000=st.integers(-(10**12), 10**12),
            name=named,
        ),
        st.builds(DateTimeParameter, fallback=texts(10), name=named),
    )


def interactive() -> SearchStrategy[Content]:
    """Everything that the recipient answers with a tap."""
    return st.one_of(
        st.builds(Buttons, body=texts(), buttons=_reply_buttons(), header=_maybe(_headers()), footer=_maybe(texts())),
        _list_menus(),
        st.builds(
            CallToAction,
            body=texts(),
            button=lines(),
            url=links(),
            header=_maybe(_headers()),
            footer=_maybe(texts()),
        ),
        st.builds(LocationRequest, body=texts()),
        _flows(),
        st.builds(Catalog, body=texts(), thumbnail=_maybe(lines()), footer=_maybe(texts())),
        st.builds(Product, catalog_id=lines(), product_id=lines(), body=_maybe(texts()), footer=_maybe(texts())),
        st.builds(
            ProductList,
            catalog_id=lines(),
            header=texts(),
            body=texts(),
            sections=_some(st.builds(ProductSection, title=lines(), product_ids=_some(lines(), least=1)), least=1),
            footer=_maybe(texts()),
        ),
    )


def contents() -> SearchStrategy[Content]:
    """Every kind of content, with media by link or by id."""
    return st.one_of(
        st.builds(Text, body=texts(), preview_url=st.booleans()),
        media(),
        templates(),
        interactive(),
        locations(),
        st.builds(Contacts, contacts=_some(contact_cards(), least=1)),
        st.builds(Reaction, message_id=lines(), emoji=st.just("") | lines(4)),
        st.builds(ReadReceipt, message_id=lines(), typing=st.booleans()),
    )


def _media(kind: Any, **fields: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.builds(kind, link=links(), **fields) | st.builds(kind, id=lines(), **fields)


def _headers() -> SearchStrategy[Header]:
    return st.one_of(texts(), images(), videos(), documents())


def _bodies() -> SearchStrategy[tuple[Parameter, ...]]:
    named = st.lists(parameters(lines()), max_size=2, unique_by=lambda parameter: parameter.name).map(tuple)
    return _some(parameters()) | named


def _template_buttons() -> SearchStrategy[tuple[TemplateButton, ...]]:
    index = st.integers(0, 9)
    one = st.one_of(
        st.builds(QuickReply, index=index, payload=lines()),
        st.builds(UrlButton, index=index, text=lines()),
        st.builds(CopyCode, index=index, code=lines()),
    )
    return st.lists(one, max_size=2, unique_by=lambda button: button.index).map(tuple)


def _reply_buttons() -> SearchStrategy[tuple[Button, ...]]:
    one = st.builds(Button, id=lines(), title=lines())
    differ = (lambda button: button.id, lambda button: button.title)
    return st.lists(one, min_size=1, max_size=3, unique_by=differ).map(tuple)


def _list_menus() -> SearchStrategy[ListMenu]:
    def menu(rows: list[Row], cut: int, titles: list[str], header: str | None) -> ListMenu:
        parts = [part for part in (rows[:cut], rows[cut:]) if part]
        sections = [
            Section(rows=tuple(part), title=title if len(parts) > 1 else None)
            for part, title in zip(parts, titles, strict=False)
        ]
        return ListMenu(body="Choose", button="Open", sections=tuple(sections), header=header)

    rows = st.builds(Row, id=lines(), title=lines(), description=_maybe(lines()))
    return st.builds(
        menu,
        st.lists(rows, min_size=1, max_size=4, unique_by=lambda row: row.id),
        st.integers(0, 4),
        st.lists(lines(), min_size=2, max_size=2),
        _maybe(texts()),
    )


def _flows() -> SearchStrategy[Flow]:
    fields = {"body": texts(), "button": lines(), "flow_id": lines(), "token": lines(), "draft": st.booleans()}
    plain = st.builds(Flow, header=_maybe(_headers()), footer=_maybe(texts()), **fields)
    return plain | st.builds(Flow, screen=lines(), data=json_objects(), **fields)


def _written() -> SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8"), max_size=10)


def _maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


def _some(strategy: SearchStrategy[Any], least: int = 0) -> SearchStrategy[Any]:
    return st.lists(strategy, min_size=least, max_size=2).map(tuple)


def _not_blank(text: str) -> bool:
    return bool(text.strip())
