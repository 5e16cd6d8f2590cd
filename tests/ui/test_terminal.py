"""An interview in the terminal: what is a button, what is an answer, and that nothing typed is lost."""

import io
import json
from collections.abc import Callable, Iterator

import pytest

from interviewer.engine import Interview
from interviewer.events import Answered
from tests.interviewer.scripted import begin, desk
from tests.ui import test_cli
from tests.ui.test_cli import Ran
from ui.terminal import converse

Run = Callable[..., Ran]
run = test_cli.run


class BrokenOff(io.StringIO):
    """A keyboard at which somebody presses Ctrl-C after the lines typed."""

    def readline(self, size: int = -1, /) -> str:
        line = super().readline(size)
        if not line:
            raise KeyboardInterrupt
        return line


def answers(interview: Interview) -> list[str]:
    return [event.answer.text for event in interview.events if isinstance(event, Answered)]


@pytest.mark.parametrize(
    "lines",
    [
        ["/* the newest first */", "SELECT * FROM orders ORDER BY placed_at DESC"],
        ["/etc/hosts is asked before any server.", "alpha"],
        ["/etc/hosts"],
        ["/usr is where programs lie."],
    ],
    ids=["a comment", "a path with words", "a path", "a short path with words"],
)
def test_an_answer_may_begin_with_a_slash(lines: list[str]) -> None:
    interview = begin()
    converse(interview, iter([*lines, "", "/stop"]))
    assert answers(interview) == ["\n".join(lines)]


@pytest.mark.parametrize("line", ["/hint", "/hint ", "/clarify how much traffic is there?", "/fly"])
def test_a_word_after_a_slash_is_a_button(line: str) -> None:
    interview = begin()
    converse(interview, iter([line, "/stop"]))
    assert answers(interview) == []


def test_an_answer_that_comes_too_late_is_given_back(capfd: pytest.CaptureFixture[str]) -> None:
    at = desk()
    interview = begin(at)

    def typed() -> Iterator[str]:
        yield "alpha, and why"
        Interview(interview.id, at).control("stop")
        yield ""

    converse(interview, typed())
    said = capfd.readouterr()
    assert answers(interview) == []
    assert "Not taken" in said.err
    assert "alpha, and why" in said.err
    assert "Your report" in said.out


def test_ctrl_c_in_the_middle_of_an_answer_pauses_and_gives_the_lines_back(run: Run) -> None:
    ran = run("practice", "--questions", "1", stdin=BrokenOff("Half of an\nanswer that\n"))
    assert ran.status == 0
    assert "Not sent:\nHalf of an\nanswer that\n" in ran.err
    assert "Paused. Go on with:" in ran.err
    [summary] = run("sessions", "--json").json
    exported = json.loads(run("export", summary["id"], "--format", "json").out)
    assert [event["kind"] for event in exported["events"]] == ["started", "asked", "paused"]


def test_one_point_is_one_point(capfd: pytest.CaptureFixture[str]) -> None:
    interview = begin()
    converse(interview, iter(["alpha gamma", "", "/stop"]))
    assert "1 point still open" in capfd.readouterr().out
