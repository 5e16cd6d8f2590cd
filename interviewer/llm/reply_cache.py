"""Replies of a language model kept by the content of what was asked, so that the same is asked only once.

A reply quotes the answer that it marks: each is kept for an answer, and forgotten with it. What was asked is kept only
as a hash, and no key is in reach. The cache is an aid: where it cannot be read or written, the model is asked.
"""

import hashlib
import json
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ValidationError

from interviewer.llm.port import LLM, Message, Reply
from interviewer.logs import logger

BUSY_SECONDS = 5.0
_TABLE = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT NOT NULL, answer_id TEXT NOT NULL, reply TEXT NOT NULL, PRIMARY KEY (key, answer_id)
) WITHOUT ROWID
"""
_log = logger("reply_cache")


class CacheError(Exception):
    """What was kept cannot be forgotten. The message names the file to remove."""


class ReplyCache(Protocol):
    def find(self, key: str, answer_id: str) -> str | None:
        """The reply kept under `key`, for whichever answer; from now on it is kept for this one as well."""
        ...

    def keep(self, key: str, answer_id: str, reply: str) -> None: ...

    def forget(self, answer_ids: Iterable[str]) -> None:
        """All that is kept for these answers. Raises CacheError."""
        ...

    def forget_everything(self) -> None:
        """Raises CacheError."""
        ...


class CachedLLM:
    """A model for the marking of one answer: what was asked before is not asked again. New replies are only kept once
    `keep` is called, when they have proved sound."""

    def __init__(self, llm: LLM, cache: ReplyCache | None, answer_id: str) -> None:
        self._llm = llm
        self._cache = cache
        self._answer_id = answer_id
        self._fresh: dict[str, str] = {}

    @property
    def model(self) -> str:
        return self._llm.model

    @property
    def server(self) -> str:
        return self._llm.server

    @property
    def seed(self) -> int | None:
        return self._llm.seed

    def complete(self, messages: Sequence[Message], reply_type: type[Reply]) -> Reply:
        # As it is before the call: only then may it come out that a model takes no seed.
        key = reply_key(self._llm, messages, reply_type)
        kept = self._cache.find(key, self._answer_id) if self._cache else None
        if kept is not None:
            with suppress(ValidationError):
                return reply_type.model_validate_json(kept)
        reply = self._llm.complete(messages, reply_type)
        self._fresh[key] = reply.model_dump_json()
        return reply

    def keep(self) -> None:
        if self._cache:
            for key, reply in self._fresh.items():
                self._cache.keep(key, self._answer_id, reply)


def reply_key(llm: LLM, messages: Sequence[Message], reply_type: type[BaseModel]) -> str:
    """The hash of all that a reply depends on: model and server, seed, every word asked, and the shape asked for.

    Raises LLMUnavailable."""
    shape = reply_type.model_json_schema()
    asked = [llm.model, llm.server, llm.seed, [turn.model_dump() for turn in messages], shape]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class MemoryReplyCache:
    """The double: gone with the process."""

    def __init__(self) -> None:
        self._replies: dict[tuple[str, str], str] = {}

    def find(self, key: str, answer_id: str) -> str | None:
        reply = next((reply for (known, _), reply in self._replies.items() if known == key), None)
        if reply is not None:
            self.keep(key, answer_id, reply)
        return reply

    def keep(self, key: str, answer_id: str, reply: str) -> None:
        self._replies[key, answer_id] = reply

    def forget(self, answer_ids: Iterable[str]) -> None:
        gone = set(answer_ids)
        self._replies = {place: reply for place, reply in self._replies.items() if place[1] not in gone}

    def forget_everything(self) -> None:
        self._replies = {}


class FileReplyCache:
    """One SQLite file. It is made when there is something to keep, for its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, key: str, answer_id: str) -> str | None:
        if not self._path.exists():
            return None
        try:
            with self._open() as connection:
                row = connection.execute("SELECT reply FROM replies WHERE key = ? LIMIT 1", (key,)).fetchone()
        except (sqlite3.Error, OSError) as error:
            _log.warning("cache cannot be read", error=type(error).__name__)
            return None
        if row is None:
            return None
        self.keep(key, answer_id, row[0])
        return str(row[0])

    def keep(self, key: str, answer_id: str, reply: str) -> None:
        try:
            with self._open() as connection:
                connection.execute("INSERT OR IGNORE INTO replies VALUES (?, ?, ?)", (key, answer_id, reply))
        except (sqlite3.Error, OSError) as error:
            _log.warning("cache cannot be written", error=type(error).__name__)

    def forget(self, answer_ids: Iterable[str]) -> None:
        if not self._path.exists():
            return
        try:
            with self._open() as connection:
                connection.executemany("DELETE FROM replies WHERE answer_id = ?", [(id,) for id in answer_ids])
        except (sqlite3.Error, OSError) as error:
            raise self._cannot_forget(error) from error

    def forget_everything(self) -> None:
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._cannot_forget(error) from error

    def _cannot_forget(self, error: Exception) -> CacheError:
        return CacheError(f"the replies kept of the model cannot be deleted ({error}): remove the file {self._path}")

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        """One transaction, in a connection of its own: threads and processes share the file."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection, connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(_TABLE)
            yield connection
