"""Bytes become clean text, or a reason why they cannot.

Knows encodings and unwanted characters; knows nothing of Markdown, sections or courses.
"""

import codecs
import re
import unicodedata

from corpus.errors import UnreadableFile

MAX_FILE_BYTES = 10_000_000  # a textbook chapter is 0.2 MB; beyond this a file is a data set or a mistake

# Longest first: the UTF-32 mark begins with the UTF-16 one.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip archive, such as .docx, .pptx or .epub"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "an RTF file"),
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Control characters except tab and LF; characters that hide, reorder or smuggle text: soft hyphen, zero-width space,
# bidi marks, embeddings and isolates, word joiner and invisible operators, BOM, interlinear marks, tags, noncharacters.
# ZWNJ and ZWJ (U+200C, U+200D) stay: Persian, Hindi and emoji need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
)
_SUSPICIOUS_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode_text(data: bytes, source_name: str, *, max_bytes: int = MAX_FILE_BYTES) -> str:
    """Decode a file's bytes to clean text (see ``clean_text``).

    UTF-8 with or without byte order mark, and UTF-16 or UTF-32 with one. Nothing is guessed: a wrong guess would put
    wrong words into citations.

    Args:
        data: The whole file.
        source_name: The file's name, for the message.
        max_bytes: Refuse more than this.

    Raises:
        UnreadableFile: If the file is empty, too large, binary or wrongly encoded; the message says which.
    """
    if len(data) > max_bytes:
        raise UnreadableFile(source_name, too_large(len(data), max_bytes))
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    if encoding == "utf-8":
        _refuse_binary(data, source_name)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        named = encoding.removesuffix("-sig").upper()
        reason = f"not {named} at byte {error.start}; save the file as UTF-8"
        raise UnreadableFile(source_name, reason) from error
    text = clean_text(text)
    if not text.strip():
        raise UnreadableFile(source_name, "the file is empty")
    return text


def clean_text(text: str) -> str:
    """Return ``text`` in NFC with LF line ends, plain spaces, and without characters a reader cannot see.

    Invisible characters can hide instructions or break the match of a quote; they carry no meaning for a reader.
    Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text)
    text = _BLANKS.sub(" ", text)
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text))


def too_large(size_bytes: int, max_bytes: int = MAX_FILE_BYTES) -> str:
    """Say that a file is too large, and what to do."""
    return f"{size_bytes / 1e6:.1f} MB is more than the limit of {max_bytes / 1e6:g} MB; split the file"


def _refuse_binary(data: bytes, source_name: str) -> None:
    for signature, what in _BINARY_SIGNATURES:
        if data.startswith(signature):
            raise UnreadableFile(source_name, f"this is {what}, not text; export it as Markdown or plain text")
    found = _SUSPICIOUS_BYTES.search(data)
    if found is None:
        return
    if b"\x00" in data or len(_SUSPICIOUS_BYTES.findall(data[:8192])) > 8:
        reason = (
            f"binary data at byte {found.start()} (or UTF-16 without a byte order mark); save the file as UTF-8 text"
        )
        raise UnreadableFile(source_name, reason)
