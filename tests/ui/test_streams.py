"""The command line in a shell that closes streams, speaks ASCII, stops reading or hands in what is no text."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
import typer

from interviewer.engine import MOST_WORDS
from interviewer.sql_store import SqlStore
from ui.commands.serve import address_of, check_free

INTERVIEWER = f"{sys.executable} -m ui.cli"


def shell(home: Path, command: str, stdin: bytes | None = b"", env: Mapping[str, str] | None = None):
    """Runs `command` in bash, where `interviewer` is ours. The status is that of `interviewer` in a pipe."""
    script = f'interviewer() {{ {INTERVIEWER} "$@"; }}; {command}; exit "${{PIPESTATUS[0]}}"'
    return subprocess.run(
        ["bash", "-c", script],
        input=stdin,
        capture_output=True,
        timeout=100,
        env={**os.environ, "INTERVIEWER_HOME": str(home), **(env or {})},
    )


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("interviewer questions >&-", 0),
        ("interviewer practice --questions 1 <&-", 0),
        ("interviewer practice --questions 1 --jsonl <&- >&- 2>&-", 0),
        ("interviewer grade no-such-question <&- 2>&-", 1),
        ("interviewer questions --json >/dev/full", 1),
        ("PYTHONIOENCODING=ascii interviewer show rest-idempotency", 0),
        ("LC_ALL=C interviewer questions", 0),
        ("interviewer questions --json | head -c 1", None),
        ("interviewer practice --questions 1 | true", None),
        ("interviewer practice --jsonl --questions 1 | true", None),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_no_stream_is_worth_a_traceback(home: Path, command: str, status: int | None) -> None:
    ran = shell(home, command)
    said = ran.stderr.decode()
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    if status is not None:
        assert ran.returncode == status, said


def test_an_interview_whose_reader_left_is_paused(home: Path) -> None:
    shell(home, "interviewer practice --jsonl --questions 1 | true")
    store = SqlStore(f"sqlite:///{home / 'interviews.sqlite'}")
    assert [summary.status for summary in store.interviews()] == ["paused"]
    store.close()


def test_json_is_whole_where_only_ascii_can_be_written(home: Path) -> None:
    ascii_only = shell(home, "interviewer questions --json", env={"PYTHONIOENCODING": "ascii"})
    assert ascii_only.stdout.isascii()
    assert json.loads(ascii_only.stdout) == json.loads(shell(home, "interviewer questions --json").stdout)


def test_a_line_that_is_no_utf_8_is_an_error_and_the_next_is_read(home: Path) -> None:
    typed = b'{"answer": "na\xefve"}\n{"control": "stop"}\n'
    ran = shell(home, "interviewer practice --jsonl --questions 1", typed)
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["detail"] for line in lines if line["kind"] == "error"] == ["this line is not UTF-8"]
    assert lines[-1]["kind"] == "finished"
    assert ran.returncode == 0


@pytest.mark.parametrize(
    ("typed", "reason"),
    [(b"na\xefve", b"cannot be read as UTF-8"), (b"a " * (MOST_WORDS + 1), b"too long to mark")],
    ids=["no UTF-8", "too long"],
)
@pytest.mark.parametrize("place", ["-", "answer.txt"])
def test_an_answer_that_cannot_be_marked_is_refused_from_a_file_and_from_standard_input(
    home: Path, tmp_path: Path, typed: bytes, reason: bytes, place: str
) -> None:
    (tmp_path / "answer.txt").write_bytes(typed)
    file = place if place == "-" else str(tmp_path / place)
    ran = shell(home, f"interviewer grade rest-idempotency --answer-file {file}", typed)
    assert ran.returncode == 1
    assert reason in ran.stderr
    assert ran.stdout == b""


def test_a_damaged_interview_is_refused_with_the_remedy_and_can_be_deleted(home: Path) -> None:
    started = json.loads(shell(home, "interviewer practice --jsonl --questions 1").stdout.splitlines()[0])
    with closing(sqlite3.connect(home / "interviews.sqlite")) as connection:
        connection.execute("UPDATE events SET body = '{bad'")
        connection.commit()
    refused = shell(home, f"interviewer export {started['interview_id']}")
    assert refused.returncode == 1
    assert f"interviewer delete {started['interview_id']}".encode() in refused.stderr
    assert shell(home, "interviewer practice --jsonl --questions 1").returncode == 0
    assert shell(home, f"interviewer delete {started['interview_id']} --yes").returncode == 0
    (left,) = json.loads(shell(home, "interviewer sessions --json").stdout)
    assert left["id"] != started["interview_id"]


def test_a_port_in_use_is_refused_before_anything_is_announced(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = shell(home, f"interviewer run --port {port}")
    assert ran.returncode == 1
    assert f"port {port} is taken".encode() in ran.stderr
    assert b"Viva is at" not in ran.stderr


def test_a_host_that_is_no_address_of_this_machine_is_refused(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(typer.Exit):
        check_free("999.1.1.1", 8501)
    assert "'999.1.1.1' is no address of this machine" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "http://localhost:8501"),
        ("::1", "http://[::1]:8501"),
        ("192.168.1.7", "http://192.168.1.7:8501"),
        ("fe80::7", "http://[fe80::7]:8501"),
        ("0.0.0.0", "http://localhost:8501, from other machines at this one's name or address, port 8501"),
        ("::", "http://localhost:8501, from other machines at this one's name or address, port 8501"),
    ],
)
def test_the_address_told_is_one_that_a_browser_can_open(host: str, told: str) -> None:
    assert address_of(host, 8501) == told
