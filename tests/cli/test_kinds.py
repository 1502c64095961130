"""From the words after the kind to the content that is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.command_line import Run
from wamsg.cli.kinds import KINDS
from wamsg.cli.kinds.pairs import pairs, source
from wamsg.cli.send import app
from wamsg.codec import content_from_dict, content_to_dict
from wamsg.errors import ConfigError, InvalidMessage
from wamsg.model import (
    CONTENT_TYPES,
    Audio,
    Button,
    Buttons,
    CallToAction,
    Catalog,
    Contact,
    ContactEmail,
    ContactName,
    ContactOrganization,
    ContactPhone,
    Contacts,
    Content,
    CopyCode,
    Document,
    Flow,
    Image,
    ListMenu,
    Location,
    LocationRequest,
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
    Text,
    UrlButton,
    Video,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
LINK = "https://files.example/a"
TEMPLATE = ["template", "t", "--language", "en"]
FLOW = ["flow", "b", "--button", "B", "--flow-id", "1", "--token", "t"]
CTA = ["cta", "b", "--button", "B", "--url", LINK]
PRODUCTS = ["product-list", "b", "--catalog-id", "1", "--header", "h"]


def content(*words: str) -> Content:
    """What ``wamsg send`` would send for these words."""
    make, bound, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    made: Content = make(*bound.args, **bound.kwargs)
    return made


CASES: list[tuple[list[str], Content]] = [
    (["text", "hello"], Text(body="hello")),
    (["text", "https://a.example", "--preview-url"], Text(body="https://a.example", preview_url=True)),
    (["text", "--", "--to"], Text(body="--to")),
    (["image", "--link", LINK, "--caption=-5% off"], Image(link=LINK, caption="-5% off")),
    (["video", "--id", "12"], Video(id="12")),
    (["audio", "--link", LINK], Audio(link=LINK)),
    (
        ["document", "--link", LINK, "--caption", "c", "--filename", "b.pdf"],
        Document(link=LINK, caption="c", filename="b.pdf"),
    ),
    (["sticker", "--id", "12"], Sticker(id="12")),
    (["template", "a", "--language", "en"], Template(name="a", language="en")),
    (
        ["template", "a", "--language", "pt_BR", "--body", "Ann", "--body", "a=b", "--header-text", "Hi"],
        Template(name="a", language="pt_BR", body=("Ann", "a=b"), header="Hi"),
    ),
    (
        ["template", "a", "--language", "en", "--param", "name=Ann", "--param", "sum=1=1", "--header-image", LINK],
        Template(name="a", language="en", body={"name": "Ann", "sum": "1=1"}, header=Image(link=LINK)),
    ),
    (
        [
            *TEMPLATE,
            "--header-document",
            "id:7",
            "--copy-code",
            "2=C",
            "--quick-reply",
            "1=y",
            "--url-button",
            "0=a=b",
        ],
        Template(
            name="t",
            language="en",
            header=Document(id="7"),
            buttons=(
                UrlButton(index=0, text="a=b"),
                QuickReply(index=1, payload="y"),
                CopyCode(index=2, code="C"),
            ),
        ),
    ),
    (
        ["buttons", "Coming?", "--button", "y=Yes", "--button", "n=No", "--header", "h", "--footer", "f"],
        Buttons(
            body="Coming?", buttons=(Button(id="y", title="Yes"), Button(id="n", title="No")), header="h", footer="f"
        ),
    ),
    (
        [
            "list",
            "Which?",
            "--button",
            "Choose",
            "--row",
            "s=Small",
            "--row",
            "l=Large=two litres=2 l",
            "--section",
            "Size",
        ],
        ListMenu(
            body="Which?",
            button="Choose",
            sections=(
                Section(
                    title="Size",
                    rows=(Row(id="s", title="Small"), Row(id="l", title="Large", description="two litres=2 l")),
                ),
            ),
        ),
    ),
    (
        ["cta", "Sale", "--button", "Open", "--url", LINK, "--header-video", LINK],
        CallToAction(body="Sale", button="Open", url=LINK, header=Video(link=LINK)),
    ),
    (["location", "-33.9", "151", "--name", "n"], Location(latitude=-33.9, longitude=151, name="n")),
    (["location-request", "Where?"], LocationRequest(body="Where?")),
    (
        [
            "contacts",
            "--name",
            "Ann Lee",
            "--phone",
            "+1202",
            "--phone",
            "1",
            "--email",
            "a@b",
            "--company",
            "C",
        ],
        Contacts(
            contacts=(
                Contact(
                    name=ContactName(formatted_name="Ann Lee", first_name="Ann"),
                    phones=(ContactPhone(phone="+1202"), ContactPhone(phone="1")),
                    emails=(ContactEmail(email="a@b"),),
                    org=ContactOrganization(company="C"),
                ),
            )
        ),
    ),
    (["reaction", "wamid.A", "\N{THUMBS UP SIGN}"], Reaction(message_id="wamid.A", emoji="\N{THUMBS UP SIGN}")),
    (["reaction", "wamid.A", ""], Reaction(message_id="wamid.A", emoji="")),
    (["read", "wamid.A", "--typing"], ReadReceipt(message_id="wamid.A", typing=True)),
    (
        [*FLOW, "--screen", "S", "--data", '{"a": 1}', "--draft"],
        Flow(body="b", button="B", flow_id="1", token="t", screen="S", data={"a": 1}, draft=True),
    ),
    (["catalog", "See", "--thumbnail", "SKU1"], Catalog(body="See", thumbnail="SKU1")),
    (["product", "--catalog-id", "1", "--product-id", "2"], Product(catalog_id="1", product_id="2")),
    (
        [
            "product-list",
            "Fresh",
            "--catalog-id",
            "1",
            "--header",
            "Fruit",
            "--section",
            "Red=A, B",
            "--section",
            "Green=C",
        ],
        ProductList(
            catalog_id="1",
            header="Fruit",
            body="Fresh",
            sections=(
                ProductSection(title="Red", product_ids=("A", "B")),
                ProductSection(title="Green", product_ids=("C",)),
            ),
        ),
    ),
]


@pytest.mark.parametrize(
    ("words", "expected"), [pytest.param(words, made, id=" ".join(words[:2])) for words, made in CASES]
)
def test_words_become_the_content_they_say(words: list[str], expected: Content) -> None:
    """Every kind makes exactly the content of its words, whatever stands in them."""
    assert expected == content(*words)


def test_every_content_has_a_kind_and_every_kind_a_case() -> None:
    """Whatever the library can send, the command line can name, and the table above tries it."""
    assert set(CONTENT_TYPES) == {type(made) for _, made in CASES}
    assert set(KINDS) - {"json"} == {words[0] for words, _ in CASES}


@pytest.mark.parametrize("kind", ["image", "document"])
def test_a_local_file_is_looked_at_when_it_is_named(tmp_path: Path, kind: str) -> None:
    """--file takes the file as it is on the disk."""
    path = tmp_path / "sale.png"
    path.write_bytes(PNG)

    made = content(kind, "--file", str(path))

    assert isinstance(made, Image | Document)
    assert made.file is not None
    assert (path, len(PNG)) == (made.file.path, made.file.size)


@pytest.mark.parametrize("name", ["message.json", "message.toml"])
def test_content_comes_from_a_file(tmp_path: Path, name: str) -> None:
    """`json FILE` takes JSON, or TOML by its ending, and reads local files beside it."""
    (tmp_path / "sale.png").write_bytes(PNG)
    path = tmp_path / name
    path.write_text(
        '{"type": "image", "file": "sale.png"}' if name.endswith("json") else 'type = "image"\nfile = "sale.png"\n'
    )

    made = content("json", str(path))

    assert isinstance(made, Image)
    assert made.file is not None
    assert made.file.name == "sale.png"


@pytest.mark.parametrize("made", [made for _, made in CASES], ids=lambda made: type(made).__name__)
def test_what_the_library_writes_the_command_reads(tmp_path: Path, made: Content) -> None:
    """Any content saved by the codec is sent as it was."""
    path = tmp_path / "message.json"
    path.write_text(json.dumps(content_to_dict(made)))

    assert made == content("json", str(path))
    assert made == content_from_dict(json.loads(path.read_text()))


def test_a_message_file_reaches_no_file_elsewhere(tmp_path: Path) -> None:
    """A message file from somebody else cannot send this machine's other files."""
    (tmp_path / "secret.png").write_bytes(PNG)
    (tmp_path / "inbox").mkdir()
    path = tmp_path / "inbox" / "message.json"
    path.write_text('{"type": "image", "file": "../secret.png"}')

    with pytest.raises(InvalidMessage, match="file"):
        content("json", str(path))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["image"], "image: give exactly one of link, id and file", id="no-source"),
        pytest.param(["image", "--link", LINK, "--id", "1"], "exactly one of link, id and file", id="two-sources"),
        pytest.param(["image", "--link", "ftp://a"], "must be an address", id="link"),
        pytest.param(["image", "--file", "none.png"], "cannot read none.png: No such file", id="file"),
        pytest.param(["image", "--file", "."], "", id="folder"),
        pytest.param(["text", ""], "text.body must not be empty", id="empty"),
        pytest.param(["buttons", "b", "--button", "Yes"], "--button takes id=title", id="button"),
        pytest.param(["buttons", "b", "--button", "=Yes"], "--button takes id=title", id="no-id"),
        pytest.param(["list", "b", "--button", "B", "--row", "Small"], "--row takes id=title", id="row"),
        pytest.param([*PRODUCTS, "--section", "R"], "--section takes", id="section"),
        pytest.param([*TEMPLATE, "--url-button", "a=b"], "counts buttons from 0", id="index"),
        pytest.param([*TEMPLATE, "--url-button", "x"], "--url-button takes 0=text", id="url"),
        pytest.param([*TEMPLATE, "--url-button", "99=x"], "from 0 to 9", id="high-index"),
        pytest.param([*TEMPLATE, "--param", "a=1", "--param", "a=2"], "given twice", id="twice"),
        pytest.param([*TEMPLATE, "--param", "a=1", "--body", "b"], "not both", id="both"),
        pytest.param([*CTA, "--header", "h", "--header-image", LINK], "one header", id="two-headers"),
        pytest.param([*FLOW, "--data", "[1]"], "JSON object", id="data"),
        pytest.param([*FLOW, "--data", "[" * 9999], "JSON object", id="deep"),
        pytest.param(["location", "91", "0"], "from -90 to 90", id="pole"),
        pytest.param(["location", "nan", "0"], "from -90 to 90", id="nan"),
        pytest.param(["contacts", "--name", " "], "must not be empty", id="name"),
        pytest.param(["json", "none.json"], "cannot read none.json: No such file", id="no-json"),
        pytest.param(["json", "."], "cannot read .: Is a directory", id="json-folder"),
        pytest.param(["json", "a\0b"], "it is not a file that can be read", id="nul"),
    ],
)
def test_wrong_words_are_one_sentence(run: Run, words: list[str], sentence: str) -> None:
    """Content that cannot be is told before any provider is even chosen."""
    ran = run("send", "--to", "+919812340001", *words)

    assert ran.code == 2
    assert sentence in ran.complaint


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        pytest.param("a.json", b"", "a.json is not JSON: line 1, column 1", id="empty"),
        pytest.param("a.json", b'{"type": "text",\n"body" 1}', "line 2, column 8", id="json"),
        pytest.param("a.json", b"[" * 100_000, "a.json is not JSON that can be read", id="deep"),
        pytest.param("a.json", b"\xff\xfe{\0}\0", "a.json is not UTF-8 text", id="utf-16"),
        pytest.param("a.json", b" " * (2 << 20), "a.json is larger than 1 MiB", id="huge"),
        pytest.param("a.json", b"[]", "expected a table, not list", id="list"),
        pytest.param("a.json", b'{"body": "hi"}', "type", id="no-type"),
        pytest.param("a.json", b'{"type": "text", "body": 5}', "body", id="wrong-type"),
        pytest.param("a.json", b'{"type": "text", "body": "a", "colour": "red"}', "colour", id="unknown-field"),
        pytest.param("a.json", b'{"type": "text", "body": "\\ud800"}', "not valid Unicode", id="half-a-character"),
        pytest.param("a.toml", b"type = ", "a.toml is not TOML", id="toml"),
    ],
)
def test_a_wrong_message_file_is_one_sentence(run: Run, tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    """A message file that cannot be used says where and why."""
    (tmp_path / name).write_bytes(data)
    ran = run("send", "--to", "+919812340001", "json", name)

    assert ran.code == 2
    assert sentence in ran.complaint


@given(st.dictionaries(st.text(min_size=1).filter(lambda name: "=" not in name and name == name.strip()), st.text()))
def test_pairs_come_back_as_they_were_written(wanted: dict[str, str]) -> None:
    """Values hold anything, equals signs and line breaks too; names anything but an equals sign."""
    assert wanted == pairs("--param", [f"{name}={value}" for name, value in wanted.items()], "name=value")


@given(st.text().filter(lambda text: not text.partition("=")[1] or not text.partition("=")[0].strip()))
def test_what_is_no_pair_is_not_repeated(text: str) -> None:
    """A value without a name may be a secret: the complaint is the same whatever it was."""
    with pytest.raises(ConfigError) as caught:
        pairs("--set", [text], "name=value")

    assert str(caught.value) == "--set takes name=value"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example/b.png", {"link": "https://a.example/b.png"}),
        ("HTTP://a.example", {"link": "HTTP://a.example"}),
        ("id:12", {"id": "12"}),
        ("pictures/id.png", {"file": Path("pictures/id.png")}),
    ],
)
def test_a_header_is_a_link_an_id_or_a_path(text: str, expected: dict[str, object]) -> None:
    """The one notation for the three places that media come from."""
    assert expected == source(text)
