"""What a file is, judged by its first bytes."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wamsg.model import filetype
from wamsg.model.filetype import HEAD, FileType, agree, sniff

KINDS = [value for value in vars(filetype).values() if isinstance(value, FileType)]
ENDINGS = sorted({ending for kind in KINDS for ending in kind.extensions})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
ZIP = b"PK\x03\x04\x14\x00\x06\x00" + bytes(22)


def iso(brand: bytes) -> bytes:
    """The start of an ISO media file of this brand (ISO/IEC 14496-12)."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x02\x00isommp42"


@pytest.mark.parametrize(
    ("head", "ending", "kind"),
    [
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpg", filetype.JPEG, id="jpg"),
        pytest.param(b"\xff\xd8\xff\xe1\x00\x10Exif", "jpeg", filetype.JPEG, id="jpeg"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "png", filetype.PNG, id="png"),
        pytest.param(b"RIFF\x24\x00\x00\x00WEBPVP8 ", "webp", filetype.WEBP, id="webp"),
        pytest.param(b"GIF89a", "gif", filetype.GIF, id="gif"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3", "pdf", filetype.PDF, id="pdf"),
        pytest.param(iso(b"isom"), "mp4", filetype.MP4, id="mp4"),
        pytest.param(iso(b"mp42"), "mp4", filetype.MP4, id="mp4 of brand mp42"),
        pytest.param(iso(b"3gp4"), "3gp", filetype.THREE_GP, id="3gp"),
        pytest.param(iso(b"M4A "), "m4a", filetype.M4A, id="m4a"),
        pytest.param(iso(b"isom"), "m4a", filetype.M4A, id="m4a of a general brand"),
        pytest.param(b"ID3\x04\x00\x00", "mp3", filetype.MP3, id="mp3 with tag"),
        pytest.param(b"\xff\xfb\x90\x64", "mp3", filetype.MP3, id="mp3"),
        pytest.param(b"\xff\xf3\x84\xc4", "mp3", filetype.MP3, id="mp3 of MPEG-2"),
        pytest.param(b"\xff\xe3\x18\xc4", "mp3", filetype.MP3, id="mp3 of MPEG-2.5"),
        pytest.param(b"\xff\xf1\x50\x80", "aac", filetype.AAC, id="aac"),
        pytest.param(b"\xff\xf9\x50\x80", "aac", filetype.AAC, id="aac of MPEG-2"),
        pytest.param(b"#!AMR\n", "amr", filetype.AMR, id="amr"),
        pytest.param(b"OggS\x00\x02", "ogg", filetype.OGG, id="ogg"),
        pytest.param(b"OggS\x00\x02", "opus", filetype.OGG, id="opus"),
        pytest.param(OLE, "doc", filetype.DOC, id="doc"),
        pytest.param(OLE, "xls", filetype.XLS, id="xls"),
        pytest.param(OLE, "ppt", filetype.PPT, id="ppt"),
        pytest.param(ZIP + b"word/document.xml", "docx", filetype.DOCX, id="docx"),
        pytest.param(ZIP + b"[Content_Types].xml", "docx", filetype.DOCX, id="docx whose head does not tell"),
        pytest.param(ZIP + b"xl/workbook.xml", "xlsx", filetype.XLSX, id="xlsx"),
        pytest.param(ZIP + b"_rels/.rels", "pptx", filetype.PPTX, id="pptx whose head does not tell"),
        pytest.param(b"name,amount\nA,1\n", "csv", filetype.CSV, id="csv"),
        pytest.param("grüße\n".encode(), "txt", filetype.TXT, id="txt"),
    ],
)
def test_what_whatsapp_carries_is_known(head: bytes, ending: str, kind: FileType) -> None:
    """Each type under its own ending is known and may be called so."""
    found = sniff(head, ending)

    assert kind is found
    assert agree(kind, ending)


@pytest.mark.parametrize(
    ("head", "ending"),
    [
        pytest.param(b"%PDF-1.7", "jpg", id="a PDF called jpg"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "jpg", id="a PNG called jpg"),
        pytest.param(b"\xff\xd8\xff\xe0", "png", id="a JPEG called png"),
        pytest.param(ZIP + b"word/document.xml", "doc", id="a new Word file under the old ending"),
        pytest.param(ZIP + b"word/document.xml", "xlsx", id="a Word file called Excel"),
        pytest.param(ZIP + b"xl/workbook.xml", "pptx", id="an Excel file called PowerPoint"),
        pytest.param(ZIP + b"readme.txt", "docx", id="a plain zip called docx"),
        pytest.param(ZIP + b"[Content_Types].xml", "zip", id="a zip"),
        pytest.param(OLE, "docx", id="an old Word file under the new ending"),
        pytest.param(OLE, "msi", id="another thing in the old Office container"),
        pytest.param(b"<html><body>404", "pdf", id="a web page called pdf"),
        pytest.param(b"<html><body>404", "jpg", id="a web page called jpg"),
        pytest.param(b"name,amount", "xls", id="a table called xls"),
        pytest.param(b"MZ\x90\x00\x03", "pdf", id="a program called pdf"),
        pytest.param(iso(b"heic"), "jpg", id="a phone's HEIC picture called jpg"),
        pytest.param(iso(b"heic"), "heic", id="a HEIC picture"),
        pytest.param(iso(b"avif"), "mp4", id="an AVIF picture called mp4"),
        pytest.param(iso(b"mif1"), "", id="a HEIF picture without a name"),
        pytest.param(iso(b"qt  "), "mov", id="a QuickTime film"),
        pytest.param(iso(b"3gp4"), "mp4", id="a 3GP called mp4"),
        pytest.param("a,b\n".encode("utf-16"), "csv", id="UTF-16, whose mark looks like a sound frame"),
        pytest.param("a,b\n".encode("utf-16"), "mp3", id="UTF-16 called mp3"),
        pytest.param(b"\xff\xff\xff\xff", "mp3", id="filled flash memory called mp3"),
        pytest.param(b"RIFF\x24\x00\x00\x00WAVEfmt ", "wav", id="a WAV"),
        pytest.param(b"RIFF\x24\x00\x00\x00WAVEfmt ", "webp", id="a WAV called webp"),
        pytest.param(bytes(HEAD), "png", id="zeros"),
        pytest.param(b"", "txt", id="nothing"),
    ],
)
def test_what_it_is_not_is_refused(head: bytes, ending: str) -> None:
    """Either the bytes are of no type, or the type may not be called so."""
    found = sniff(head, ending)

    assert found is None or not agree(found, ending)


@given(st.binary(max_size=64) | st.sampled_from([iso(b"isom"), OLE, ZIP, b"\xff", b"RIFF"]), st.text(max_size=6))
@example(b"\xff", "")
@example(b"\x00\x00\x00\x00ftyp", "m4a")
def test_no_bytes_and_no_ending_raise(head: bytes, ending: str) -> None:
    """Anything can be looked at; what comes out is a known type or None."""
    found = sniff(head, ending)

    assert found is None or found in KINDS


@given(st.binary(max_size=64), st.sampled_from(ENDINGS))
def test_a_type_decided_by_the_ending_agrees_with_it(head: bytes, ending: str) -> None:
    """Where the ending decides between types of one container, the file may be called so."""
    found, other = sniff(head, ending), sniff(head, "unheard-of")
    if found is not other:
        assert found is not None
        assert agree(found, ending)


def test_only_mp4_and_m4a_share_endings() -> None:
    """One container, two endings; every other type is called by its own endings only."""
    shared = {(kind.label, ending) for kind in KINDS for ending in ENDINGS if agree(kind, ending)}
    own = {(kind.label, ending) for kind in KINDS for ending in kind.extensions}

    assert {(filetype.MP4.label, "m4a"), (filetype.M4A.label, "mp4")} == shared - own
    assert own <= shared
