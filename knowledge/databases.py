"""A database opened by its URL, its tables brought up to date: SQLite so that several processes may share a file.

Whose tables they are is not known here; what fails becomes the owner's own error."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

BUSY_SECONDS = 10.0


class Migrations(NamedTuple):
    """Alembic's revisions of one owner's tables."""

    folder: Path
    head: str
    """The newest revision under versions/. A database that is there needs no migration, and no Alembic."""
    version_table: str
    """Its own name: another owner's tables may live in the same database, with revisions of their own."""


class Database:
    """Connections for reading and for writing, safe to share between threads.

    `what` it holds is named in messages, each of which says what to do. `failed` makes the owner's error of one.
    `synchronous`: how far SQLite waits for the disk at a commit, where its own way is not enough.
    """

    def __init__(
        self,
        url: str,
        migrations: Migrations,
        what: str,
        failed: Callable[[str], Exception],
        synchronous: str | None = None,
    ) -> None:
        self._what = what
        self._failed = failed
        self._engine = self._make_engine(url, synchronous)
        # On SQLite a transaction that will write must say so at once: one that starts by reading and then writes
        # can fail without the busy timeout ever being waited for.
        self._writer = self._engine.execution_options(viva_writes=True)
        with self._translated(()):
            self._bring_up_to_date(migrations)

    @contextmanager
    def reading(self) -> Generator[Connection]:
        with self._translated(()), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *known: type[Exception]) -> Generator[Connection]:
        """One transaction. `known` failures go through as they are: the caller knows what they mean."""
        with self._translated(known), self._writer.begin() as connection:
            yield connection

    def empty_write_ahead_log(self) -> None:
        """What was deleted would otherwise still stand in SQLite's log file until some later checkpoint."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._translated(()):
            raw = self._engine.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                raw.close()

    def close(self) -> None:
        """Lets go of every connection."""
        self._engine.dispose()

    def _make_engine(self, url: str, synchronous: str | None) -> Engine:
        try:
            # Parameters are answers, and somebody's documents: they stay out of every error message.
            engine = create_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"))
        except ArgumentError as error:
            raise self._failed(
                f"{self._what} cannot be opened, the database URL is none: write sqlite:////path/to/file or "
                "postgresql+psycopg://user:password@host/name into INTERVIEWER_DATABASE_URL"
            ) from error
        except ImportError as error:
            raise self._failed(
                f"the database's driver is not installed ({error.name}). For PostgreSQL: "
                "pip install 'psycopg[binary]', and write INTERVIEWER_DATABASE_URL as "
                "postgresql+psycopg://user:password@host/name"
            ) from error
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", partial(_tune_sqlite, synchronous))
            event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _bring_up_to_date(self, migrations: Migrations) -> None:
        table = migrations.version_table
        with self._engine.connect() as connection:
            made = inspect(connection).has_table(table)
            at = connection.execute(text(f"SELECT version_num FROM {table}")).scalar() if made else None
        if at != migrations.head:
            with self._writer.begin() as connection:
                upgrade(connection, migrations)

    @contextmanager
    def _translated(self, known: tuple[type[Exception], ...]) -> Generator[None]:
        """The database's own failures as the owner's."""
        try:
            yield
        except known:
            raise
        except (DBAPIError, PoolTimeout) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            place = self._engine.url.render_as_string(hide_password=True)
            raise self._failed(
                f"{self._what} cannot be read or written ({cause}): look whether {place} exists, is writable and has "
                "room"
            ) from error


def upgrade(connection: Connection, migrations: Migrations, revision: str | None = None) -> None:
    """To a revision, inside the caller's transaction, so that two processes that open a new database take turns.

    Alembic is only loaded when there is something to do.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations.folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision or migrations.head)


def _tune_sqlite(synchronous: str | None, connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions leave out reads and table changes: see below
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        cursor.execute("PRAGMA journal_mode = WAL")
    if synchronous:
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("viva_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
