"""Entries in SQLite with FTS5: found by their words, read back by their ids."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import ValidationError

from knowledge.index_models import Entry, IndexMissing, IndexProblem, Where
from knowledge.query_terms import edited, indexed, query_terms, spaced, spelled

MAPPED = 256 * 2**20  # bytes of the file that are read where they lie, not copied
TOUCHED = 1000  # entries that one search ranks at most, unless its rarest word alone stands in more
SHORTEST_BEGUN = 3  # letters
MENDED = range(5, 25)  # letters: a shorter word is more likely a name than a slip, a longer one is no word

_FILTERS = tuple(Where.model_fields)
_TOKENIZER = 'tokenize="porter unicode61 remove_diacritics 2"'
_SCHEMA = f"""
    CREATE TABLE entries (
        id TEXT PRIMARY KEY, size INTEGER, searched TEXT, entry TEXT, {", ".join(f"{name} TEXT" for name in _FILTERS)}
    );
    CREATE TABLE vocabulary (word TEXT PRIMARY KEY, entries INTEGER) WITHOUT ROWID;
    CREATE VIRTUAL TABLE words USING fts5(body, content='', {_TOKENIZER});
"""
_UPSERT = f"""
    INSERT OR REPLACE INTO entries (id, size, searched, entry, {", ".join(_FILTERS)})
    VALUES (?, ?, ?, ?, {", ".join("?" for _ in _FILTERS)})
"""


def write_entries(path: Path, entries: Iterable[Entry]) -> None:
    """Makes the file. An id that comes twice is one entry, the last. Raises IndexProblem."""
    try:
        _write_entries(path, entries)
    except sqlite3.Error as error:
        raise IndexProblem(
            f"the index cannot be written to {path} ({error}): see that the disk has space, then build it anew "
            "with 'interviewer ingest'"
        ) from error


def _write_entries(path: Path, entries: Iterable[Entry]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.create_function("indexed", 1, indexed, deterministic=True)
        connection.executescript(_SCHEMA)
        connection.executemany(_UPSERT, map(_row, entries))
        connection.execute("CREATE INDEX by_size ON entries (size)")
        answered = _questions_answered(connection)

        def asked(row: int) -> str:
            return "\n".join(["", *answered.get(row, ())])

        connection.create_function("asked", 1, asked, deterministic=True)
        connection.execute(
            "INSERT INTO words (rowid, body) SELECT rowid, indexed(searched || asked(rowid)) FROM entries"
        )
        counts: Counter[str] = Counter()
        for row in connection.execute("SELECT searched FROM entries"):
            counts.update(spelled(row[0]))
        connection.executemany("INSERT INTO vocabulary VALUES (?, ?)", counts.items())


def _questions_answered(connection: sqlite3.Connection) -> dict[int, list[str]]:
    """The reviewed questions that each section of the notes answers, by its row: it is found by their words as well.

    A section explains in its own words what people ask for in others. A question goes to the one section that shares
    most with its points.
    """
    connection.execute(f"CREATE VIRTUAL TABLE temp.notes USING fts5(body, {_TOKENIZER})")
    connection.execute(
        "INSERT INTO temp.notes (rowid, body) SELECT rowid, indexed(searched) FROM entries "
        "WHERE kind = 'passage' AND topic IS NOT NULL"
    )
    asked: dict[int, list[str]] = {}
    for (row,) in connection.execute("SELECT entry FROM entries WHERE kind = 'question' ORDER BY id"):
        question = Entry.model_validate_json(row)
        terms = query_terms(f"{question.text} {question.answer}") if question.answer else ()
        best = "SELECT rowid FROM temp.notes WHERE notes MATCH ? ORDER BY rank, rowid LIMIT 1"
        for (place,) in connection.execute(best, (" OR ".join(map(_phrase, terms)),)) if terms else ():
            asked.setdefault(place, []).append(question.text)
    connection.execute("DROP TABLE temp.notes")
    return asked


def _row(entry: Entry) -> tuple[Any, ...]:
    filters = (getattr(entry, name) for name in _FILTERS)
    return (entry.id, len(entry.searched), entry.searched, entry.model_dump_json(), *filters)


class KeywordIndex:
    """A written file that is never written again. Threads may share it; searches take turns at one connection, which
    has the file's pages at hand already. All that reads it raises IndexMissing where the file is damaged."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise IndexMissing(f"the index has lost {path.name}: build it anew with 'interviewer ingest'")
        self._path = path
        self._uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._kept: sqlite3.Connection | None = None
        self._lock = Lock()

    def close(self) -> None:
        with self._lock:
            if self._kept:
                self._kept.close()
                self._kept = None

    def __len__(self) -> int:
        return int(self._fetch("SELECT count(*) FROM entries")[0][0])

    @property
    def digest(self) -> str:
        """The hash of all entries, whatever their order."""
        digest = hashlib.sha256()
        with self._connected() as connection:
            for row in connection.execute("SELECT entry FROM entries ORDER BY id"):
                digest.update(row[0].encode() + b"\n")
        return digest.hexdigest()[:16]

    def batches(self, sizes: Iterable[int]) -> Iterator[list[Entry]]:
        """Entries in batches of these sizes, the longest first, so that those encoded together are of like length."""
        with self._connected() as connection:
            cursor = connection.execute("SELECT entry FROM entries ORDER BY size DESC")
            for size in sizes:
                if rows := cursor.fetchmany(size):
                    yield [Entry.model_validate_json(row[0]) for row in rows]

    def read(self, ids: Sequence[str]) -> dict[str, Entry]:
        """The entries of these ids. Those unknown are left out."""
        marks = ", ".join("?" for _ in ids)
        rows = self._fetch(f"SELECT entry FROM entries WHERE id IN ({marks})", *ids)
        with self._damage_told():
            entries = [Entry.model_validate_json(row[0]) for row in rows]
        return {entry.id: entry for entry in entries}

    def search(self, text: str, limit: int, where: Where | None = None) -> tuple[str, ...]:
        """Ids of entries with any of the text's words, best first by BM25."""
        with self._reading() as connection:
            query = _match(connection, query_terms(text))
            if not query:
                return ()
            filters = where.model_dump(exclude_none=True) if where else {}
            rows = connection.execute(_statement(tuple(filters)), (query, *filters.values(), limit))
            return tuple(row[0] for row in rows)

    def _fetch(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._reading() as connection:
            return connection.execute(statement, values).fetchall()

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        with self._lock, self._damage_told():
            if self._kept is None:
                self._kept = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
                self._kept.execute(f"PRAGMA mmap_size = {MAPPED}")
            yield self._kept

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection]:
        with self._damage_told(), closing(sqlite3.connect(self._uri, uri=True)) as connection:
            yield connection

    @contextmanager
    def _damage_told(self) -> Generator[None]:
        try:
            yield
        except (sqlite3.Error, ValidationError) as error:
            first = str(error).partition("\n")[0]
            raise IndexMissing(
                f"{self._path.name} of the index cannot be read ({first}): build it anew with 'interviewer ingest'"
            ) from error


def _statement(filters: Sequence[str]) -> str:
    """Without filters FTS5 keeps only the best in mind and no other entry is looked at."""
    if not filters:
        best = "SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?"
        return f"SELECT id FROM ({best}) AS best JOIN entries ON entries.rowid = best.rowid ORDER BY best.rank, id"
    conditions = "".join(f" AND {name} = ?" for name in filters)
    return (
        "SELECT entries.id FROM words JOIN entries ON entries.rowid = words.rowid "
        f"WHERE words MATCH ?{conditions} ORDER BY words.rank, entries.id LIMIT ?"
    )


def _match(connection: sqlite3.Connection, terms: Sequence[str]) -> str:
    """An FTS5 query: any of the terms; but where they stand in very many entries, one of the rarest must be there.

    A word that the index does not hold is taken for the beginning of one ("prod", "postgres"), or for a slip.
    """
    counts: dict[str, int] = {}
    for term in terms:
        for phrase in _readings(connection, term):
            if count := _count(connection, phrase):
                counts[phrase] = count
                break
    known = sorted(counts, key=lambda phrase: (counts[phrase], phrase))
    rarest: list[str] = []
    for phrase in known:
        if rarest and sum(counts[held] for held in rarest) + counts[phrase] > TOUCHED:
            return f"({' OR '.join(rarest)}) AND ({' OR '.join(known)})"
        rarest.append(phrase)
    return " OR ".join(known)


def _phrase(term: str) -> str:
    """Quoted, so that nothing in it is read as FTS5 syntax."""
    return f'"{spaced(term).strip()}"'


def _count(connection: sqlite3.Connection, phrase: str) -> int:
    """The entries that hold the phrase. Counting stops where more would make no difference."""
    statement = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
    return int(connection.execute(statement, (phrase, TOUCHED + 1)).fetchone()[0])


def _readings(connection: sqlite3.Connection, term: str) -> Iterator[str]:
    """The term as it stands; then as the beginning of a word, and as the commonest word one slip away."""
    yield _phrase(term)
    if len(term) >= SHORTEST_BEGUN:
        yield f"{_phrase(term)} *"
    if len(term) in MENDED:
        near = edited(term)
        marks = ", ".join("?" for _ in near)
        statement = f"SELECT word FROM vocabulary WHERE word IN ({marks}) ORDER BY entries DESC, word LIMIT 1"
        yield from (_phrase(word) for (word,) in connection.execute(statement, near))
