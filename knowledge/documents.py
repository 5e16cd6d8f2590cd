"""A file becomes a Document: its text, and the blocks that it consists of. Reads files, judges nothing in them."""

import hashlib
import json
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from knowledge.blocks import Reading
from knowledge.confined import ConfinedError, read_confined
from knowledge.markdown import looks_like_markdown, read_markdown
from knowledge.markup import read_html
from knowledge.models import Document, Source
from knowledge.mojibake import repair
from knowledge.plain_text import read_plain_text
from knowledge.records import RecordsError, read_csv, read_data, read_json_lines
from knowledge.restructured import as_markdown
from knowledge.wordpress import read_posts
from knowledge.yaml_files import YamlError, load_yaml

MAX_BYTES = 20_000_000
LONGEST_LINE = 20_000

# A line of text longer than this is none that anybody wrote. JSON and HTML may be all on one.
LONGEST_TEXT_LINE = 1_000_000
MAX_HTML = 5_000_000

# Formats that are recognised by their first bytes: those read in a process of their own, and those without a reader.
_CONFINED = {b"%PDF-": "pdf", b"PK\x03\x04": "docx"}
_SIGNATURES = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
    b"SQLite format 3\x00": "an SQLite database",
}
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|main|article|section|div|h1|h2|p)\b",
    re.IGNORECASE | re.DOTALL,
)


class DocumentError(Exception):
    """A file that cannot be read as a document. `reason` is one line for the person who offered it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named and those inside the folders named, in order. Inside folders hidden names are left; links are
    named, which `read_document` then refuses, and never followed."""
    for path in paths:
        if path.is_dir():
            yield from _walk_folder(path)
        else:
            yield path


def _walk_folder(folder: Path) -> Iterator[Path]:
    for child in sorted(child for child in folder.iterdir() if child.name[0] != "."):
        if child.is_dir() and not child.is_symlink():
            yield from _walk_folder(child)
        else:
            yield child


def read_document(path: Path) -> Document:
    """Raises DocumentError, with a reason, for what is missing, too large, no text, broken or empty."""
    raw = _bytes(path)
    reading = _read(path, raw)
    if not any(c.isalnum() for c in reading.text):
        raise DocumentError("empty: there is no text in it")
    digest = hashlib.sha256(raw).hexdigest()
    title = reading.title
    return Document(
        id=digest,
        name=path.name,
        title=title,
        text=reading.text,
        blocks=reading.blocks,
        source=Source(title=title or path.name, author=reading.author, url=reading.url, hash=digest),
    )


def _read(path: Path, raw: bytes) -> Reading:
    try:
        for signature, kind in _CONFINED.items():
            if raw.startswith(signature):
                return read_confined(kind, path)
        text = _decode(raw)
        return READERS[_format(path.suffix.lower(), text)](text)
    except (ConfinedError, RecordsError, YamlError) as error:
        raise DocumentError(str(error)) from error


def _read_json(text: str) -> Reading:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and len(text.strip().split("\n")) > 1:
            return read_json_lines(text)
        raise DocumentError(f"broken JSON: {error.msg} in line {error.lineno}") from error
    except RecursionError as error:
        raise DocumentError("broken JSON: nested too deeply") from error
    return read_posts(data) or read_data(data)


def _read_yaml(text: str) -> Reading:
    return read_data(load_yaml(text))


def _read_html(text: str) -> Reading:
    if len(text) > MAX_HTML:
        raise DocumentError(f"over {MAX_HTML // 1_000_000} MB of HTML")
    return read_html(text)


def _read_markdown(text: str) -> Reading:
    """Nobody writes Markdown in lines as long as this: such a line is left as it is, for emphasis is slow to tell."""
    _check_lines(text)
    tame = all(len(line) <= LONGEST_LINE for line in text.split("\n"))
    return read_markdown(text) if tame else read_plain_text(text)


def _check_lines(text: str) -> None:
    longest = max(len(line) for line in text.split("\n"))
    if longest > LONGEST_TEXT_LINE:
        raise DocumentError(f"a line of {longest:,} characters: nobody wrote that")


def _read_text(text: str) -> Reading:
    _check_lines(text)
    return _read_markdown(text) if looks_like_markdown(text) else read_plain_text(text)


# The format of a text to its reader. A new format is a line here and one in _SUFFIXES or _format.
READERS: dict[str, Callable[[str], Reading]] = {
    "json": _read_json,
    "html": _read_html,
    "jsonl": read_json_lines,
    "yaml": _read_yaml,
    "csv": read_csv,
    "tsv": lambda text: read_csv(text, "\t"),
    "markdown": _read_markdown,
    "restructured": lambda text: _read_markdown(as_markdown(text)),
    "text": _read_text,
}
_SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".csv": "csv",
    ".tsv": "tsv",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".rst": "restructured",
    ".md": "markdown",
    ".markdown": "markdown",
}


def _format(suffix: str, text: str) -> str:
    """The suffix decides where it says something; else the text's own beginning does."""
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if re.match(r"\s*(?:\{\s*\"|\[\s*\{)", text):
        return "json"
    return "html" if _HTML.match(text) else "text"


def _bytes(path: Path) -> bytes:
    try:
        if path.is_symlink():
            raise DocumentError("a link: name the file that it leads to")
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DocumentError("a folder, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError("not a regular file")
        if status.st_size > MAX_BYTES:
            raise DocumentError(f"over 20 MB: it has {status.st_size / 1e6:.1f}")
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise DocumentError("there is no such file") from error
    except OSError as error:
        raise DocumentError(f"cannot be opened: {error.strerror or error}") from error
    if not raw.strip():
        raise DocumentError("empty: there is no text in it")
    return raw


def _decode(raw: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, then UTF-8, then Windows-1252: with line feeds only, and misread runs mended."""
    for signature, name in _SIGNATURES.items():
        if raw.startswith(signature):
            raise DocumentError(f"not text: it is {name}")
    encodings = [name for mark, name in _BYTE_ORDER_MARKS.items() if raw.startswith(mark)] or ["utf-8", "cp1252"]
    if b"\x00" in raw and encodings == ["utf-8", "cp1252"]:
        raise DocumentError("not text: it is a binary file")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_CONTROLS.findall(text)) > len(text) / 100:
            raise DocumentError("not text: it is a binary file")
        return repair(_LINE_ENDS.sub("\n", _CONTROLS.sub(" ", text)))
    raise DocumentError(f"cannot be decoded as {' or '.join(encodings)}")
