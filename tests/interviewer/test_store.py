"""One contract over every event store, and what only the SQL one promises."""

import multiprocessing
import sqlite3
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from interviewer.events import Answered, Asked, Event, Finished, Marked, Paused, Said, Started
from interviewer.migrations import MIGRATIONS
from interviewer.models import Advance, Answer, GraderInfo, Phrase, Plan, Rules, Setup, Ungraded
from interviewer.sql_store import METADATA, SqlStore
from interviewer.store import (
    Conflict,
    EventStore,
    MemoryStore,
    Owner,
    StoreUnavailable,
    UnknownInterview,
    UnreadableLog,
)
from knowledge.models import Concept

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ONE = "0" * 31 + "1"
TWO = "0" * 31 + "2"


def at(seq: int) -> datetime:
    return NOON + timedelta(seconds=seq)


def started(interview_id: str = ONE) -> Started:
    return Started(
        interview_id=interview_id,
        seq=1,
        at=at(1),
        candidate_id="local",
        workspace_id="local",
        run_id="r",
        mode="practice",
        level="mid",
        language="en",
        seed=7,
        setup=Setup(length=3),
        rules=Rules(),
        plan=Plan(question_ids=("what-is-rest",)),
        bank_revision="b",
        grader=GraderInfo(name="local", version="1"),
    )


def asked(seq: int, interview_id: str = ONE, topic: str = "http-apis") -> Asked:
    question = Concept(id="what-is-rest", text="What is REST? “Naïve” 🚀", topic=topic, level="mid")
    return Asked(interview_id=interview_id, seq=seq, at=at(seq), number=1, question=question)


def answered(seq: int, interview_id: str = ONE, text: str = "A style.") -> Answered:
    answer = Answer(id=f"a{seq}", text=text, submission_id=f"s{seq}", at=at(seq))
    return Answered(interview_id=interview_id, seq=seq, at=at(seq), answer=answer)


def marked(seq: int) -> Marked:
    grade = Ungraded(reason="no_rubric", detail="none")
    return Marked(interview_id=ONE, seq=seq, at=at(seq), answer_id="a3", run_id="r", grade=grade)


def said(seq: int) -> Said:
    return Said(interview_id=ONE, seq=seq, at=at(seq), move=Advance(), phrase=Phrase(text="Next.", by="bank"))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    if request.param == "memory":
        yield MemoryStore()
    else:
        sql = SqlStore(f"sqlite:///{tmp_path / 'log.sqlite'}")
        yield sql
        sql.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.sqlite"


@pytest.fixture
def sql(path: Path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{path}")
    yield store
    store.close()


# ── The contract ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_appended_is_read_back_equal_and_in_order(store: EventStore) -> None:
    log: tuple[Event, ...] = (started(), asked(2), answered(3), marked(4), said(5))
    store.append(log[:1], 0)
    store.append(log[1:3], 1)
    store.append(log[3:], 3)
    assert store.read(ONE) == log


@pytest.mark.parametrize("expected_seq", [1, 3], ids=["too early", "too late"])
def test_an_append_that_expects_another_end_is_a_conflict_and_writes_nothing(
    store: EventStore, expected_seq: int
) -> None:
    store.append([started(), asked(2)], 0)
    with pytest.raises(Conflict):
        store.append([answered(expected_seq + 1)], expected_seq)
    assert len(store.read(ONE)) == 2
    assert store.interviews()[0].seq == 2


def test_starting_the_same_interview_twice_is_a_conflict(store: EventStore) -> None:
    store.append([started()], 0)
    with pytest.raises(Conflict):
        store.append([started()], 0)


def test_an_unknown_interview_is_neither_read_nor_appended_to_nor_deleted(store: EventStore) -> None:
    for use in (lambda: store.read(TWO), lambda: store.append([asked(2, TWO)], 1), lambda: store.delete(TWO)):
        with pytest.raises(UnknownInterview, match=TWO):
            use()


def test_deleting_removes_one_interview_and_leaves_the_others(store: EventStore) -> None:
    store.append([started(), asked(2)], 0)
    store.append([started(TWO)], 0)
    store.delete(ONE)
    with pytest.raises(UnknownInterview):
        store.read(ONE)
    assert [summary.id for summary in store.interviews()] == [TWO]


@pytest.mark.parametrize(
    ("workspace_id", "candidate_id"),
    [("local", "ada"), ("elsewhere", "local")],
    ids=["of another candidate", "of another workspace"],
)
def test_an_owner_knows_their_own_interviews_only(
    store: MemoryStore | SqlStore, path: Path, workspace_id: str, candidate_id: str
) -> None:
    store.append([started()], 0)
    stranger = seen_by(store, path, Owner(workspace_id, candidate_id))
    uses = (
        lambda: stranger.read(ONE),
        lambda: stranger.append([asked(2)], 1),
        lambda: stranger.append([started()], 0),
        lambda: stranger.delete(ONE),
    )
    for use in uses:
        with pytest.raises(UnknownInterview, match=ONE):
            use()
    assert stranger.interviews() == ()
    owner = seen_by(store, path, Owner("local", "local"))
    assert owner.read(ONE) == store.read(ONE)
    assert owner.interviews() == store.interviews()
    owner.append([asked(2)], 1)
    owner.delete(ONE)
    assert store.interviews() == ()


def seen_by(store: MemoryStore | SqlStore, path: Path, owner: Owner) -> EventStore:
    return store.seen_by(owner) if isinstance(store, MemoryStore) else SqlStore(f"sqlite:///{path}", owner)


def test_the_history_lists_interviews_with_the_last_changed_first(store: EventStore) -> None:
    store.append([started(TWO)], 0)
    store.append([started(), asked(2), asked(3, topic="databases"), asked(4)], 0)
    newest, oldest = store.interviews()
    assert (newest.id, oldest.id) == (ONE, TWO)
    assert (newest.started_at, newest.changed_at) == (at(1), at(4))
    assert (newest.mode, newest.level, newest.length, newest.asked, newest.seq) == ("practice", "mid", 3, 3, 4)
    assert newest.topics == ("http-apis", "databases")


@pytest.mark.parametrize(
    ("last", "status"),
    [
        ([], "running"),
        ([Paused(interview_id=ONE, seq=3, at=at(3))], "paused"),
        ([Paused(interview_id=ONE, seq=3, at=at(3)), answered(4)], "running"),
        ([Finished(interview_id=ONE, seq=3, at=at(3), reason="stopped")], "finished"),
        ([Finished(interview_id=ONE, seq=3, at=at(3), reason="stopped"), marked(4)], "finished"),
    ],
    ids=["asked", "paused", "resumed", "finished", "marked again afterwards"],
)
def test_the_history_tells_the_status(store: EventStore, last: list[Event], status: str) -> None:
    store.append([started(), asked(2)], 0)
    for happened in last:
        store.append([happened], happened.seq - 1)
    assert store.interviews()[0].status == status


def test_of_many_threads_that_append_at_one_place_exactly_one_succeeds(store: EventStore) -> None:
    store.append([started(), asked(2)], 0)
    outcomes: list[str] = []
    gate = threading.Barrier(8)

    def race(number: int) -> None:
        gate.wait()
        try:
            store.append([answered(3, text=f"from {number}")], 2)
            outcomes.append("stored")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=race, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["stored"]
    assert len(store.read(ONE)) == 3


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_sqlite_is_durable_and_patient(sql: SqlStore) -> None:
    with sql._database.reading() as connection:  # pyright: ignore[reportPrivateUsage]
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert values == ["wal", 2, 1, 10_000]


def test_the_tables_are_those_of_the_code(sql: SqlStore, path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": MIGRATIONS.version_table})
        assert compare_metadata(context, METADATA) == []
        assert context.get_current_revision() == MIGRATIONS.head
        assert tuple(inspect(connection).get_pk_constraint("events")["constrained_columns"]) == ("interview_id", "seq")
    engine.dispose()


def test_the_newest_revision_is_the_one_the_code_names() -> None:
    assert ScriptDirectory(str(MIGRATIONS.folder)).get_current_head() == MIGRATIONS.head


def test_a_database_that_is_there_is_opened_without_migrating_again(
    sql: SqlStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql.append([started()], 0)
    monkeypatch.setattr("knowledge.databases.upgrade", _refuse)
    again = SqlStore(f"sqlite:///{path}")
    assert len(again.read(ONE)) == 1
    again.close()


def _refuse(_connection: object) -> None:
    raise AssertionError("nothing to migrate")


def _open_and_append(path: Path, interview_id: str) -> None:
    store = SqlStore(f"sqlite:///{path}")
    store.append([started(interview_id)], 0)
    store.close()


def test_processes_that_open_a_new_database_at_once_all_succeed(path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    processes = [context.Process(target=_open_and_append, args=(path, f"{number:032d}")) for number in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 6
    store = SqlStore(f"sqlite:///{path}")
    assert len(store.interviews()) == 6
    store.close()


def test_a_deleted_answer_is_gone_from_the_files(sql: SqlStore, path: Path) -> None:
    secret = "Xylophone-sentinel"
    sql.append([started(), asked(2), answered(3, text=secret)], 0)
    assert any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())
    sql.delete(ONE)
    assert not any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())


def test_a_locked_database_is_waited_for_and_then_reported(
    sql: SqlStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.databases.BUSY_SECONDS", 0.05)
    impatient = SqlStore(f"sqlite:///{path}")
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        impatient.append([started()], 0)
    blocker.execute("ROLLBACK")
    impatient.append([started()], 0)
    blocker.close()
    impatient.close()


def test_an_error_never_quotes_an_answer(sql: SqlStore, path: Path) -> None:
    sql.append([started(), asked(2)], 0)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE events")
    connection.close()
    with pytest.raises(StoreUnavailable) as raised:
        sql.append([answered(3, text="my private words")], 2)
    causes = f"{raised.value} {raised.value.__cause__}"
    assert "events" in causes
    assert "private words" not in causes


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("not a url", "write sqlite:///"),
        ("sqlite:////nowhere/at/all/log.sqlite", "exists, is writable"),
        ("postgresql+psycopg2cffi://user:hunter2@localhost/viva", "psycopg2cffi"),
        ("postgresql://user:hunter2@localhost/viva", r"pip install 'psycopg\[binary\]'.* postgresql\+psycopg://"),
    ],
    ids=["no URL", "no folder", "no driver", "PostgreSQL's usual driver"],
)
def test_a_database_that_cannot_be_opened_says_what_to_do(url: str, remedy: str) -> None:
    with pytest.raises(StoreUnavailable, match=remedy) as raised:
        SqlStore(url)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET body = replace(body, '\"v\":1', '\"v\":99') WHERE seq = 2",
        "UPDATE events SET body = '{bad my private words' WHERE seq = 2",
        "UPDATE events SET body = '[]' WHERE seq = 2",
        "UPDATE events SET body = '{\"v\": null}' WHERE seq = 2",
        "UPDATE events SET body = (SELECT body FROM events WHERE seq = 3) WHERE seq = 2",
        "DELETE FROM events WHERE seq = 2",
    ],
    ids=["of an unknown version", "no JSON", "no object", "no version", "of another place", "missing"],
)
def test_a_damaged_event_is_named_not_guessed_at_and_can_be_deleted(sql: SqlStore, path: Path, change: str) -> None:
    sql.append([started(), asked(2), answered(3, text="my private words")], 0)
    sql.append([started(TWO)], 0)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change + (f" AND interview_id = '{ONE}'"))
        connection.commit()
    with pytest.raises(UnreadableLog, match=f"event 2 of interview '{ONE}'.*interviewer delete {ONE}") as raised:
        sql.read(ONE)
    assert "private words" not in "".join(traceback.format_exception(raised.value))
    assert len(sql.interviews()) == 2
    sql.delete(ONE)
    assert [summary.id for summary in sql.interviews()] == [TWO]


def test_a_stored_log_survives_reopening(sql: SqlStore, path: Path) -> None:
    sql.append([started(), asked(2)], 0)
    sql.close()
    again = SqlStore(f"sqlite:///{path}")
    assert again.read(ONE) == (started(), asked(2))
    again.close()
