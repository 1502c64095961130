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
_OLD_OFFICE, _NEW_OFFICE, _TEXTS, _MP4_FAMILY = (DOC, XLS, PPT), (DOCX, XLSX, PPTX), (TXT, CSV), (MP4, M4A)
#: Brands of the same container that hold something else: HEIF and AVIF pictures, Canon's raw ones, QuickTime (MP4RA).
_FOREIGN_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"qt  "}
)


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
    if head[:1] == b"\xff":
        return _mpeg_audio(head)
    if head.startswith(_OLE):
        return _named(extension, _OLD_OFFICE)
    if head.startswith(b"PK\x03\x04"):
        return _office(head, extension)
    return _named(extension, _TEXTS, otherwise=TXT) if _is_text(head) else None


def agree(found: FileType, extension: str) -> bool:
    """Whether a file of this type may be called ``*.extension``."""
    if extension in found.extensions:
        return True
    # MP4 and M4A are one container; a brand says little about which of the two it is.
    return found in _MP4_FAMILY and any(extension in other.extensions for other in _MP4_FAMILY)


def _iso_media(head: bytes, extension: str) -> FileType | None:
    brand = head[8:12].lower()
    if brand in _FOREIGN_BRANDS:
        return None
    if brand.startswith(b"3gp"):
        return THREE_GP
    return M4A if brand.startswith(b"m4a") or extension == "m4a" else MP4


def _mpeg_audio(head: bytes) -> FileType | None:
    # A frame starts with eleven set bits, then version and layer. Layer III is MP3; layer bits 00 after a twelfth set
    # bit are ADTS, which is AAC (ISO/IEC 13818-7). FF FE, the mark of UTF-16 text, would be layer I.
    second = head[1] if len(head) > 1 else 0
    if second & 0xF6 == 0xF0:
        return AAC
    return MP3 if second & 0xE6 == 0xE2 else None


def _office(head: bytes, extension: str) -> FileType | None:
    for folder, found in ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX)):
        if folder in head:
            return found
    # The first entries are often shared ones ([Content_Types].xml, _rels/), so the head may not tell.
    return _named(extension, _NEW_OFFICE) if b"[Content_Types].xml" in head or b"_rels/" in head else None


def _named(extension: str, family: tuple[FileType, ...], otherwise: FileType | None = None) -> FileType | None:
    return next((kind for kind in family if extension in kind.extensions), otherwise)


def _is_text(head: bytes) -> bool:
    return bool(head) and not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
