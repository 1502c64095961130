"""What a file is, judged by its first bytes. Pure; the types are those that WhatsApp carries."""

from __future__ import annotations

from attrs import frozen


@frozen
class FileType:
    """A kind of file: its MIME type, the endings it goes by, and a word for error messages."""

    mime: str
    extensions: tuple[str, ...]
    label: str


JPEG = FileType("image/jpeg", ("jpg", "jpeg"), "a JPEG image")
PNG = FileType("image/png", ("png",), "a PNG image")
WEBP = FileType("image/webp", ("webp",), "a WebP image")
GIF = FileType("image/gif", ("gif",), "a GIF image")
PDF = FileType("application/pdf", ("pdf",), "a PDF")
MP4 = FileType("video/mp4", ("mp4",), "an MP4 video")
THREE_GP = FileType("video/3gpp", ("3gp", "3gpp"), "a 3GP video")
M4A = FileType("audio/mp4", ("m4a",), "an M4A sound")
MP3 = FileType("audio/mpeg", ("mp3",), "an MP3 sound")
AAC = FileType("audio/aac", ("aac",), "an AAC sound")
AMR = FileType("audio/amr", ("amr",), "an AMR sound")
OGG = FileType("audio/ogg", ("ogg", "opus"), "an Ogg sound")
DOC = FileType("application/msword", ("doc",), "an old Word file")
XLS = FileType("application/vnd.ms-excel", ("xls",), "an old Excel file")
PPT = FileType("application/vnd.ms-powerpoint", ("ppt",), "an old PowerPoint file")
_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = FileType(_OOXML + "wordprocessingml.document", ("docx",), "a Word file")
XLSX = FileType(_OOXML + "spreadsheetml.sheet", ("xlsx",), "an Excel file")
PPTX = FileType(_OOXML + "presentationml.presentation", ("pptx",), "a PowerPoint file")
CSV = FileType("text/csv", ("csv",), "a CSV table")
TXT = FileType("text/plain", ("txt",), "plain text")

#: How many bytes from the start are enough to judge.
HEAD = 4096

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTS: tuple[tuple[bytes, FileType], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF8", GIF),
    (b"%PDF-", PDF),
    (b"ID3", MP3),
    (b"#!AMR", AMR),
    (b"OggS", OGG),
    (b"ADIF", AAC),
)
_FAMILIES: tuple[tuple[FileType, ...], ...] = ((DOC, XLS, PPT), (DOCX, XLSX, PPTX), (TXT, CSV), (MP4, M4A))


def sniff(head: bytes, extension: str) -> FileType | None:
    """The type of a file that starts with ``head`` (up to `HEAD` bytes) and is called ``*.extension``, or None.

    The ending decides only where the bytes cannot: old Office files share one container, new ones another, and
    text is text.
    """
    for start, found in _STARTS:
        if head.startswith(start):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return _iso_media(head, extension)
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # MPEG audio frame sync; layer bits 00 mean ADTS, which is AAC (ISO/IEC 13818-7).
        return AAC if head[1] & 0x06 == 0 else MP3
    if head.startswith(_OLE):
        return _named(extension, _FAMILIES[0])
    if head.startswith(b"PK\x03\x04"):
        return _office(head, extension)
    return _named(extension, _FAMILIES[2], otherwise=TXT) if _is_text(head) else None


def agree(found: FileType, extension: str) -> bool:
    """Whether a file of this type may be called ``*.extension``."""
    if extension in found.extensions:
        return True
    # MP4 and M4A are one container; a brand says little about which of the two it is.
    return any(found in family and extension in other.extensions for family in _FAMILIES for other in family)


def _iso_media(head: bytes, extension: str) -> FileType:
    brand = head[8:11].lower()
    if brand == b"3gp":
        return THREE_GP
    return M4A if brand == b"m4a" or extension == "m4a" else MP4


def _office(head: bytes, extension: str) -> FileType | None:
    for folder, found in ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX)):
        if folder in head:
            return found
    # The first entries are often shared ones ([Content_Types].xml, _rels/), so the head may not tell.
    return _named(extension, _FAMILIES[1]) if b"[Content_Types].xml" in head or b"_rels/" in head else None


def _named(extension: str, family: tuple[FileType, ...], otherwise: FileType | None = None) -> FileType | None:
    return next((kind for kind in family if extension in kind.extensions), otherwise)


def _is_text(head: bytes) -> bool:
    return bool(head) and not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
