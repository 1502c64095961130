"""The page: whole, harmless, and complete."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.broadcast.report.double import NINE, Shelf, accepted, broadcast, lively, pending, refused, rejected, unknown
from wamsg.broadcast.report import page, summarize
from wamsg.ledger import Delivery, Fate, Moment, Phase, State

_VOID = {"meta", "link"}
_ALLOWED = {
    *("html", "head", "meta", "link", "title", "style", "body", "header", "main", "section", "footer", "div", "span"),
    *("h1", "h2", "h3", "p", "b", "bdi", "small", "code", "pre", "ul", "li", "dl", "dt", "dd", "svg", "path"),
    *("figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}


class Reader(HTMLParser):
    """The elements of a page with their attributes' names, checked to be closed as they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += attrs
        if tag not in _VOID | {"path"}:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.texts.append(data)


async def _page(
    lines: list[Delivery], *, word: str = "word", show_numbers: bool = False, phase: Phase = Phase.FINISHED
) -> str:
    found = broadcast(
        rows=len(lines), name=word, source=word, reason=word, phase=phase, message={"type": "text", "body": word}
    )
    moments = (Moment(at=NINE, kind="started"), Moment(at=NINE + 5, kind=word, detail=word))
    summary = await summarize(Shelf(what=found, lines=lines, moments=moments), 7, now=NINE + 99)
    return page(summary, ledger=word, show_numbers=show_numbers)


def _lines(word: str) -> list[Delivery]:
    return [
        accepted(0, status=word),
        rejected(1, kind=word, code=word, detail=word),
        unknown(2, kind=word, detail=word),
        refused(3, Fate.INVALID, detail=word, given=word),
        refused(4, Fate.DUPLICATE, detail=word, first_line=2),
        pending(5),
        accepted(6, status="failed", kind=word, code=word, detail=word),
    ]


hostile = st.one_of(
    st.text(st.characters(), min_size=1, max_size=30),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "\"'><img src=x onerror=alert(1)>",
            "</title></style></bdi></td></table><h1>",
            "<!-- ",
            "]]>",
            "$sentence ${style} $$",
            "\u202e\u2066gnp.exe\n\r\n\u2028\x00\x1b[31m\ud800",
            "&lt;b&gt;&#0;",
        ]
    ),
)


@given(hostile, st.booleans())
@settings(max_examples=60)
async def test_no_value_changes_the_page(word: str, show_numbers: bool) -> None:  # noqa: FBT001 -- a generated value
    """Whatever names, errors, sources and commands hold, the page has the same elements as with a plain word."""
    word += "x"

    strange = Reader(await _page(_lines(word), word=word, show_numbers=show_numbers, phase=Phase.STOPPED))

    plain = Reader(await _page(_lines("word"), show_numbers=show_numbers, phase=Phase.STOPPED))
    # A word that a shell would break is quoted, and broken by our own span where it has spaces.
    assert _without_spans(plain) == _without_spans(strange)


def _without_spans(read: Reader) -> list[tuple[str, tuple[str, ...]]]:
    return [element for element in read.elements if element != ("span", ())]


async def test_a_page_needs_nothing_but_itself() -> None:
    """Known elements only, no script, no address to fetch, and a policy that forbids it besides."""
    text = await _page(lively(3000))

    read = Reader(text)

    assert {tag for tag, _ in read.elements} <= _ALLOWED
    names = [name for name, _ in read.attributes]
    assert not [name for name in names if name.startswith("on") or name == "src"]
    assert ["data:,"] == [value for name, value in read.attributes if name == "href"]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in [value for _, value in read.attributes]
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert style
    assert not re.search(r"url\(|@import|@font-face", style)
    assert "http" not in text.replace("http-equiv", "")


async def test_numbers_are_masked_unless_asked_for() -> None:
    """In the list, in error texts, in reasons, and in what stood in an invalid line."""
    word = "failed for +919812349999, 919812348888"
    lines = _lines(word)

    hidden, shown = await _page(lines, word="x"), await _page(lines, word="x", show_numbers=True)

    for number in ("919812340002", "919812349999", "919812348888"):
        assert number not in hidden
        assert number in shown
    assert "+91********02" in hidden
    assert "keep this page to yourself" in shown


async def test_what_stood_in_an_invalid_line_is_shown_to_its_owner_only() -> None:
    """It may be a number with a letter in it."""
    lines = [refused(0, Fate.INVALID, detail="not a number", given="98l23 4OOO1")]

    assert "98l23 4OOO1" not in await _page(lines)
    assert "98l23 4OOO1" in await _page(lines, show_numbers=True)


async def test_the_first_screen_answers_before_anything_else() -> None:
    """How it went, how many of what, the sum, and the next command stand before the first chart."""
    text = await _page(_lines("word"), phase=Phase.STOPPED)

    first = re.sub(r"<[^>]*>", "", text.partition("<main>")[2].partition("Over time")[0])
    assert "It was stopped: word." in first
    assert "wamsg broadcast resume --ledger word" in first
    assert "7 lines = 1 invalid + 1 duplicate + 0 suppressed + 5 deliveries" in first


async def test_a_message_that_failed_later_does_not_look_like_a_success() -> None:
    """In the bar, in the table under it, in a line of what came back, and in what to do."""
    lines = [accepted(0, status="failed", kind="PlanLimit", code="WAV2101", detail="limit"), accepted(1, status="read")]

    text = await _page(lines)

    first = text.partition("<main>")[2].partition("Over time")[0]
    assert "Outcome of all lines: 1 line accepted (50.0 %), 1 line accepted, failed later (50.0 %)" in first
    assert '<span class="key rejected"></span>accepted, failed later<small>' in first
    assert "<b>Came back:</b> 1 read, 1 failed later</p>" in first
    assert "1 accepted message failed later and did not arrive: 1 PlanLimit (WAV2101: limit)." in first


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param([], "The input has no line, so there is nothing to count.", id="an empty file"),
        pytest.param([pending(0)], "Nothing was sent yet, so there is nothing to draw.", id="nothing sent"),
        pytest.param([accepted(0)], "Nobody. Every answer that was given is on record.", id="nobody unknown"),
        pytest.param([unknown(0)], "No request was answered, so there is no waiting time to draw.", id="no answer"),
        pytest.param([accepted(0)], "Nothing. Every recipient\u2019s outcome is known and nobody waits.", id="done"),
        pytest.param([accepted(0)], "No status came back.", id="no callback"),
        pytest.param([accepted(0)], "None. Every line of the input is a recipient of its own.", id="clean input"),
    ],
)
async def test_an_empty_part_says_so(lines: list[Delivery], words: str) -> None:
    """Instead of an empty frame."""
    assert words in await _page(lines)


async def test_many_unknown_are_folded_and_the_rest_is_where_the_command_says() -> None:
    """A page of a disaster can still be read."""
    text = await _page([unknown(seq) for seq in range(1200)])

    assert "<summary>985 more</summary>" in text
    assert "200 more are not listed here." in text
    assert "wamsg broadcast report --ledger word --csv fates.csv" in text
    assert len(text) < 500_000


async def test_headings_go_down_one_step_at_a_time_and_tables_have_headers() -> None:
    """What a screen reader goes by."""
    read = Reader(await _page(lively(2000)))

    tags = [tag for tag, _ in read.elements]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert 1 == levels[0] == levels.count(1)
    assert all(after - before <= 1 for before, after in pairwise(levels))
    headers = [names for tag, names in read.elements if tag == "th"]
    assert headers
    assert all("scope" in names for names in headers)
    assert tags.count("table") == tags.count("thead")
    drawings = [names for tag, names in read.elements if tag == "svg"]
    assert drawings
    assert all({"role", "aria-label"} <= set(names) for names in drawings)


async def test_kinds_of_errors_are_explained() -> None:
    """In the words of the error itself; a kind that nobody knows, or that is none, is shown as it is."""
    lines = [rejected(0, kind="LowBalance"), rejected(1, kind="ClassVar"), rejected(2, kind=None, code=None)]

    text = await _page(lines)

    assert "<bdi>LowBalance</bdi><small>The account&#x27;s balance is too low.</small>" in text
    assert "<bdi>ClassVar</bdi></th>" in text
    assert "<bdi>none</bdi></th>" in text


async def test_statuses_are_in_the_order_of_good_news() -> None:
    """Read, delivered, sent, failed, and who said nothing yet."""
    statuses = ("failed", "sent", "read", "delivered", None)

    text = await _page([accepted(seq, status=status) for seq, status in enumerate(statuses)])

    found = re.findall(r"<bdi>(read|delivered|sent|failed|none yet)</bdi></th><td class=\"n\">1<", text)
    assert ["read", "delivered", "sent", "failed", "none yet"] == found
    assert State.ACCEPTED.name.lower() in text
