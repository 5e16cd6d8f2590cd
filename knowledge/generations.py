"""Folders of which one at a time is published: written aside under a lock, then put in place by one pointer file.

What a folder holds is not known here."""

import os
import re
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from knowledge.index_models import IndexBusy
from knowledge.models import Value

_POINTER, _LOCK, _MANIFEST = "current", ".lock", "manifest.json"
_NAME = re.compile(r"generation-(\d{6})")


class Generation(Value):
    """What stands beside a published index."""

    name: str
    fingerprint: str
    entries: int
    digest: str


def pointed_at(folder: Path) -> str | None:
    try:
        return (folder / _POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def published(folder: Path) -> Generation | None:
    """What the pointer names; None where it names nothing that can be read."""
    name = pointed_at(folder)
    if name is None or not _NAME.fullmatch(name):
        return None
    try:
        return Generation.model_validate_json((folder / name / _MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return None


@contextmanager
def writing(folder: Path) -> Generator[None]:
    """The writer's lock, held once by whoever asks for it again inside. Its owner's death lets go of it.

    Raises IndexBusy at once, and never for what is done under it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / _LOCK, timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except Timeout as error:
        raise IndexBusy(
            f"busy: another process is ingesting or building the index in {folder}: try again when it is done"
        ) from error
    try:
        yield
    finally:
        lock.release()


def next_name(folder: Path) -> str:
    """Never a name in use, nor that of a build that failed: Chroma remembers paths as long as its process runs."""
    numbers = [int(found.group(1)) for path in folder.iterdir() if (found := _NAME.fullmatch(path.name))]
    return f"generation-{max(numbers, default=0) + 1:06d}"


def publish(folder: Path, generation: Generation) -> None:
    """The pointer is replaced in one step: before it the old generation serves, after it the new one."""
    home = folder / generation.name
    (home / _MANIFEST).write_text(generation.model_dump_json(indent=2) + "\n", encoding="utf-8")
    aside = folder / f"{_POINTER}.new"
    with aside.open("w", encoding="utf-8") as file:
        file.write(generation.name + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, folder / _POINTER)


def remove_all_but(folder: Path, kept: Sequence[str]) -> None:
    """The generation before stays: a reader may have it open."""
    for path in folder.iterdir():
        if _NAME.fullmatch(path.name) and path.name not in kept:
            shutil.rmtree(path)
