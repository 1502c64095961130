"""Forms are read the same however their bytes arrive, and hostile ones end in a sentence."""

from __future__ import annotations

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.sandbox import ReceivedFile
from wamsg.sandbox.multipart import HEAD, LONGEST_TEXT, MOST_PARTS, FormReader, Malformed, TooLarge, boundary_of
from wamsg.wire import Form, Part, Upload

DISPOSITION = "Content-Disposition: form-data; "
FORM = (
    b"preamble\r\n--XX\r\n"
    b'Content-Disposition: form-data; name="to"\r\n\r\n+919812340001\r\n--XX \t\r\n'
    b'content-disposition: form-data; name="empty"\r\n\r\n\r\n--XX\r\n'
    b'Content-Disposition: form-data; name="bare"\r\n\r\n--XX\r\n'
    b'Content-Disposition: form-data; name="file"; filename="a;b \xc3\xa9.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    b"%PDF\r\n--X\r\n\r\n-\r\n--XX--\r\nepilogue\r\n--XX\r\n"
)
CONTENT = b"%PDF\r\n--X\r\n\r\n-"


def read(data: bytes, *cuts: int, boundary: str = "XX") -> tuple[Form, tuple[ReceivedFile, ...]]:
    reader = FormReader(boundary)
    places = [0, *sorted(cuts), len(data)]
    for start, end in itertools.pairwise(places):
        reader.feed(data[start:end])
    return reader.close()


def one_part(headers: str, content: bytes = b"x") -> bytes:
    return b"--XX\r\n" + headers.encode() + b"\r\n\r\n" + content + b"\r\n--XX--\r\n"


@given(st.lists(st.integers(0, len(FORM)), max_size=12))
def test_a_form_reads_the_same_in_any_pieces(cuts: list[int]) -> None:
    """Marks, headers and contents may be torn apart anywhere."""
    form, files = read(FORM, *cuts)

    assert {"to": "+919812340001", "empty": "", "bare": ""} == form.texts()
    assert Upload(name="a;b é.pdf", content_type="application/pdf", size=len(CONTENT), data=CONTENT) == form["file"]
    assert hashlib.sha256(CONTENT).hexdigest() == files[0].sha256
    assert ("file", "a;b é.pdf", "application/pdf", len(CONTENT)) == (
        files[0].field,
        files[0].name,
        files[0].content_type,
        files[0].size,
    )


def test_a_form_reads_the_same_byte_by_byte() -> None:
    """The hardest cut of all."""
    assert read(FORM) == read(FORM, *range(len(FORM)))


@given(st.lists(st.binary(max_size=300), max_size=5), st.lists(st.integers(0, 1500), max_size=5))
def test_contents_come_out_as_they_went_in(contents: list[bytes], cuts: list[int]) -> None:
    """Line breaks, dashes and zeros are content like any other."""
    mark = b"\r\n--c0ffee"
    pieces = [mark + b'\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n\r\n' + each for each in contents]
    data = (b"".join(pieces) + mark + b"--\r\n").removeprefix(b"\r\n")

    form, files = read(data, *(min(cut, len(data)) for cut in cuts), boundary="c0ffee")

    assert contents == [part.value.data for part in form.parts if isinstance(part.value, Upload)]
    assert [len(content) for content in contents] == [file.size for file in files]


def test_of_a_large_file_only_the_head_is_held() -> None:
    """Counted and hashed to the end, kept to 64 KiB."""
    reader, block, digest = FormReader("XX"), b"0123456789abcdef" * 4096, hashlib.sha256()
    reader.feed(b'--XX\r\nContent-Disposition: form-data; name="f"; filename="big"\r\n\r\n')
    for _ in range(320):
        reader.feed(block)
        digest.update(block)

        assert len(reader._held) < 100
    reader.feed(b"\r\n--XX--")
    form, files = reader.close()

    upload = form["f"]
    assert isinstance(upload, Upload)
    assert (320 * len(block), block[:HEAD]) == (upload.size, upload.data)
    assert (320 * len(block), digest.hexdigest()) == (files[0].size, files[0].sha256)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        pytest.param('filename="a.pdf"', "a.pdf", id="plain"),
        pytest.param("filename=a.pdf", "a.pdf", id="token"),
        pytest.param('filename=""', "", id="no file chosen in a browser"),
        pytest.param('filename="%22q%22%0A.pdf"', "%22q%22%0A.pdf", id="escaped as browsers do, kept as it came"),
        pytest.param('filename="say \\"hi\\".pdf"', 'say "hi".pdf', id="escaped as older curl does"),
        pytest.param('filename="../../etc/passwd"', "../../etc/passwd", id="path, kept as it came"),
        pytest.param('filename="C:\\dir\\a.pdf"', "C:\\dir\\a.pdf", id="Windows path"),
        pytest.param('filename="a;b=c.pdf"', "a;b=c.pdf", id="semicolon"),
        pytest.param('filename="счёт 📄.pdf"', "счёт 📄.pdf", id="Unicode"),
        pytest.param("filename*=utf-8''na%C3%AFve.pdf", "naïve.pdf", id="RFC 5987"),
        pytest.param("filename*=UTF-8'en'%e2%82%ac", "€", id="RFC 5987 with a language"),
        pytest.param(f'filename="{"n" * 5000}"', "n" * 5000, id="long"),
    ],
)
def test_odd_file_names_arrive(disposition: str, name: str) -> None:
    """Real clients write them in all these ways."""
    form, files = read(one_part(f'{DISPOSITION}name="f"; {disposition}'))

    assert name == files[0].name
    assert isinstance(form["f"], Upload)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"no mark at all", id="no mark"),
        pytest.param(FORM[:-40], id="cut off"),
        pytest.param(b"--XX\r\n", id="cut off after a mark"),
        pytest.param(b"--XXY\r\n" + FORM, id="mark runs on"),
        pytest.param(b"--XX" + b" " * 20_000, id="endless padding"),
        pytest.param(one_part(""), id="no headers"),
        pytest.param(one_part("Content-Type: text/plain"), id="no disposition"),
        pytest.param(one_part(f"{DISPOSITION}filename=x"), id="no name"),
        pytest.param(one_part('Content-Disposition: attachment; name="f"'), id="not form-data"),
        pytest.param(one_part(f'{DISPOSITION}name="f"\r\n folded'), id="folded header"),
        pytest.param(one_part(f'{DISPOSITION}name="f"\nX: y'), id="bare line feed"),
        pytest.param(one_part(f'{DISPOSITION}name="f"; filename="a\x00b"'), id="control character"),
        pytest.param(one_part(f'{DISPOSITION}name="f"\r\nX: ' + "x" * 20_000), id="long headers"),
        pytest.param(b"--XX\r\nX: " + b"x" * 20_000, id="endless headers"),
        pytest.param(b'--XX\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\r\n--XX--', id="headers not UTF-8"),
        pytest.param(one_part(f'{DISPOSITION}name="f"', b"\xff"), id="text not UTF-8"),
        pytest.param(one_part(f"{DISPOSITION}name=f; filename*{'9' * 5000}=x"), id="absurd continuation"),
    ],
)
def test_what_is_no_form_is_malformed(data: bytes) -> None:
    """Never half a form, never another error."""
    with pytest.raises(Malformed):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(one_part(f'{DISPOSITION}name="f"', b"x" * (LONGEST_TEXT + 1)), id="text"),
        pytest.param(b'--XX\r\nContent-Disposition: form-data; name="f"\r\n\r\n\r\n' * (MOST_PARTS + 1), id="parts"),
    ],
)
def test_what_would_fill_the_memory_is_too_large(data: bytes) -> None:
    """Text is held, so it is bounded; so is the number of parts."""
    with pytest.raises(TooLarge):
        read(data)


@pytest.mark.parametrize("start", [b"--XX", b"--XX\r\nX: "], ids=["after a mark", "in a header"])
def test_what_never_ends_is_given_up_while_it_comes(start: bytes) -> None:
    """Rather than held until the end."""
    reader = FormReader("XX")
    reader.feed(start)
    for _ in range(15):
        reader.feed(b" " * 1000)

    with pytest.raises(Malformed):
        reader.feed(b" " * 2000)


@given(st.text(max_size=80), st.binary(max_size=80))
def test_any_headers_end_in_a_form_or_in_a_refusal(parameter: str, content: bytes) -> None:
    """No input reaches a traceback."""
    data = (
        b"--XX\r\n"
        + f"{DISPOSITION}name=f; {parameter}".encode("utf-8", "replace")
        + b"\r\n\r\n"
        + content
        + b"\r\n--XX--"
    )
    try:
        form, _ = read(data)
    except Malformed:
        return

    assert isinstance(form.parts[0], Part)


@given(st.text(alphabet="*'%;=\"\\ filename0123456789utf-8abcdidnapunycode\x80é", max_size=60))
def test_encoded_parameters_end_in_a_form_or_in_a_refusal(parameter: str) -> None:
    """The standard library's reading of RFC 2231 has sharp edges."""
    try:
        read(one_part(f"{DISPOSITION}name=f; filename*={parameter}"))
    except Malformed as error:
        assert str(error)  # noqa: PT017 -- either end is right; a third one fails


@pytest.mark.parametrize(
    ("header", "boundary"),
    [
        ("multipart/form-data; boundary=abc", "abc"),
        ('multipart/form-data; charset=utf-8; boundary="a b:c"', "a b:c"),
        (
            "Multipart/Form-Data; BOUNDARY=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "----WebKitFormBoundary7MA4YWxkTrZu0gW",
        ),
    ],
)
def test_the_boundary_is_read_from_the_header(header: str, boundary: str) -> None:
    """Quoted or not."""
    assert boundary == boundary_of(header)


@pytest.mark.parametrize("given", ["", "; boundary=", '; boundary="a "', f"; boundary={'x' * 71}", '; boundary="é"'])
def test_an_unusable_boundary_is_malformed(given: str) -> None:
    """Missing, empty, too long, or made of other characters than RFC 2046 allows."""
    with pytest.raises(Malformed, match="boundary"):
        boundary_of(f"multipart/form-data{given}")
