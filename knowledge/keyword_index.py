"""Entries in SQLite with FTS5: found by their words, read back by their ids."""

import hashlib
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from knowledge.index_models import Entry, IndexMissing, Where

_FILTERS = tuple(Where.model_fields)
_SCHEMA = f"""
    CREATE TABLE entries (
        id TEXT PRIMARY KEY, size INTEGER, searched TEXT, entry TEXT, {", ".join(f"{name} TEXT" for name in _FILTERS)}
    );
    CREATE VIRTUAL TABLE words USING fts5(body, content='', tokenize="porter unicode61 remove_diacritics 2");
"""
_UPSERT = f"""
    INSERT OR REPLACE INTO entries (id, size, searched, entry, {", ".join(_FILTERS)})
    VALUES (?, ?, ?, ?, {", ".join("?" for _ in _FILTERS)})
"""

# The tokenizer drops signs, so that C, C++ and C# would be one word.
_ALIASES = (
    (re.compile(r"\bc\+\+", re.IGNORECASE), "cplusplus"),
    (re.compile(r"\bc#", re.IGNORECASE), "csharp"),
    (re.compile(r"\bf#", re.IGNORECASE), "fsharp"),
    (re.compile(r"\.net\b", re.IGNORECASE), " dotnet"),
)
# These scripts put no spaces between words: each character is indexed alone, a run is searched as a phrase.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
_TERM = re.compile(f"[{_UNSPACED}]+|[^\\W_{_UNSPACED}]+")
_MOST_TERMS = 64

# Fusion looks at ranks only, so a hit by "what" alone would count as much as one by "isolation".
_STOP_WORD_LIST = """
    a an and any are as at be been but by can could did do does for from had has have how i if in into is it its me my
    no not of on or our should so some than that the their them then there these they this to us was we were what when
    where which who whom whose why will with would you your
"""
_STOP_WORDS = frozenset(_STOP_WORD_LIST.split())


def write_entries(path: Path, entries: Iterable[Entry]) -> None:
    """Makes the file. An id that comes twice is one entry, the last."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.create_function("indexed", 1, _indexed, deterministic=True)
        connection.executescript(_SCHEMA)
        connection.executemany(_UPSERT, map(_row, entries))
        connection.execute("CREATE INDEX by_size ON entries (size)")
        connection.execute("INSERT INTO words (rowid, body) SELECT rowid, indexed(searched) FROM entries")


def _row(entry: Entry) -> tuple[Any, ...]:
    filters = (getattr(entry, name) for name in _FILTERS)
    return (entry.id, len(entry.searched), entry.searched, entry.model_dump_json(), *filters)


class KeywordIndex:
    """A written file. It is never written again, so that readers need no lock."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise IndexMissing(f"the index has lost {path.name}: build it anew with 'interviewer ingest'")
        self._uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"

    def __len__(self) -> int:
        return int(self._fetch("SELECT count(*) FROM entries")[0][0])

    @property
    def digest(self) -> str:
        """The hash of all entries, whatever their order."""
        digest = hashlib.sha256()
        with closing(self._connect()) as connection:
            for row in connection.execute("SELECT entry FROM entries ORDER BY id"):
                digest.update(row[0].encode() + b"\n")
        return digest.hexdigest()[:16]

    def batches(self, size: int) -> Iterator[list[Entry]]:
        """All entries, the longest first, so that those encoded together are of like length."""
        with closing(self._connect()) as connection:
            cursor = connection.execute("SELECT entry FROM entries ORDER BY size DESC")
            while rows := cursor.fetchmany(size):
                yield [Entry.model_validate_json(row[0]) for row in rows]

    def read(self, ids: Sequence[str]) -> dict[str, Entry]:
        """The entries of these ids. Those unknown are left out."""
        marks = ", ".join("?" for _ in ids)
        rows = self._fetch(f"SELECT entry FROM entries WHERE id IN ({marks})", *ids)
        entries = (Entry.model_validate_json(row[0]) for row in rows)
        return {entry.id: entry for entry in entries}

    def search(self, text: str, limit: int, where: Where | None = None) -> tuple[str, ...]:
        """Ids of entries with any of the text's words, best first by BM25."""
        query = _query(text)
        if not query:
            return ()
        filters = where.model_dump(exclude_none=True) if where else {}
        conditions = "".join(f" AND {name} = ?" for name in filters)
        rows = self._fetch(
            "SELECT entries.id FROM words JOIN entries ON entries.rowid = words.rowid "
            f"WHERE words MATCH ?{conditions} ORDER BY words.rank, entries.id LIMIT ?",
            query,
            *filters.values(),
            limit,
        )
        return tuple(row[0] for row in rows)

    def _fetch(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(self._connect()) as connection:
            return connection.execute(statement, values).fetchall()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._uri, uri=True)


def _query(text: str) -> str:
    """The text's words, each quoted, so that nothing in it is read as FTS5 syntax."""
    terms = list(dict.fromkeys(_TERM.findall(_aliased(text).casefold())))
    telling = [term for term in terms if term not in _STOP_WORDS] or terms
    return " OR ".join(f'"{_spaced(term).strip()}"' for term in telling[:_MOST_TERMS])


def _indexed(text: str) -> str:
    return _spaced(_aliased(text))


def _aliased(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    for pattern, alias in _ALIASES:
        plain = pattern.sub(alias, plain)
    return plain


def _spaced(text: str) -> str:
    return _UNSPACED_CHARACTER.sub(r" \g<0> ", text)
