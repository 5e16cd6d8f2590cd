"""A file becomes a Document: its text, and the blocks that it consists of. Reads files, judges nothing in them."""

from collections.abc import Iterable
from pathlib import Path

from knowledge.models import Document


class DocumentError(Exception):
    """A file that cannot be read as a document. `reason` is one line for the person who offered it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def walk(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files named, and those inside the folders named, in order. Links inside folders are not followed."""
    return tuple(paths)


def read_document(path: Path) -> Document:
    """Raises DocumentError."""
    raise DocumentError(f"no reader for '{path.name}'")
