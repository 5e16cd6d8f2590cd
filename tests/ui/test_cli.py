"""The command line as a person or a program uses it: every command, its shapes, its exit status."""

import json
import sys
from pathlib import Path
from typing import Any, TextIO

import jsonschema
import pytest

from interviewer.models import Setup
from interviewer.planning import plan
from knowledge.bank import read_bank
from knowledge.models import Question
from ui import cli

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs" / "schemas"
GOOD = (
    "Use prepared statements with bound parameters, so that input is sent as data and never parsed as SQL. "
    "Never concatenate user input into the query string. The database account should have least privilege."
)


class Ran:
    """What a command left behind."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Runs one command in this process, over a home of the test's own."""

    def interviewer(*arguments: str, stdin: str | TextIO = "") -> Ran:
        typed = tmp_path / "stdin"
        typed.write_text(stdin if isinstance(stdin, str) else "", encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["interviewer", *arguments])
        capfd.readouterr()
        with typed.open(encoding="utf-8") if isinstance(stdin, str) else stdin as file:
            monkeypatch.setattr(sys, "stdin", file)
            with pytest.raises(SystemExit) as ended:
                cli.main()
        out, err = capfd.readouterr()
        return Ran(int(ended.value.code or 0), out, err)

    return interviewer


def check_shape(value: object, schema: str) -> None:
    rules = json.loads((SCHEMAS / schema).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(rules).validate(value)


@pytest.mark.parametrize(
    "command",
    cli.COMMANDS,
)
def test_help_teaches_with_what_the_command_does(run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.status == 0
    assert "Usage:" in ran.out
    assert len(ran.out.splitlines()) > 5


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["questions", "--level", "wizard"], "wizard"),
        (["practice", "--topics", "astrology"], "astrology"),
        (["practice", "--topics", ",,,"], "--topics"),
        (["practice", "--questions", "0"], "--questions"),
        (["practice", "--resume", "0123", "--questions", "5", "--drafts"], "--questions, --drafts"),
        (["practice", "--resume", "0123", "--mode", "practice"], "--mode"),
        (["practice", "--grader", "oracle"], "oracle"),
        (["export", "x", "--format", "exe"], "exe"),
        (["frobnicate"], "frobnicate"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_wrong_usage_is_status_2_and_names_what_was_wrong(run, arguments: list[str], named: str) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert named in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "no-such-question"],
        ["grade", "no-such-question", "--answer-file", "-"],
        ["grade", "sql-injection-prevention", "--answer-file", "no-such-file"],
        ["grade", "sql-injection-prevention", "--grader", "llm"],
        ["export", "0123"],
        ["delete", "0123", "--yes"],
        ["practice", "--resume", "0123"],
        ["search", "indexes"],
    ],
    ids=" ".join,
)
def test_a_refusal_is_status_1_with_its_reason_on_stderr(run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.status == 1
    assert ran.err.startswith("interviewer: ")
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_a_setting_that_does_not_exist_is_refused_with_the_one_that_was_meant(run, monkeypatch) -> None:
    monkeypatch.setenv("INTERVIEWER_MODLE", "openai/x")
    ran = run("questions")
    assert ran.status == 1
    assert "INTERVIEWER_MODEL" in ran.err


def test_questions_and_show_print_what_the_bank_holds(run) -> None:
    listed = run("questions", "--json")
    assert len(listed.json) == len(read_bank().questions)
    for question in listed.json:
        check_shape(question, "question.schema.json")
    assert run("show", "rest-idempotency", "--json").json in listed.json
    only = run("questions", "--topic", "security", "--json").json
    assert {question["topic"] for question in only} == {"security"}
    assert "sql-injection-prevention" in run("questions", "--topic", "security").out
    assert "core" in run("show", "rest-idempotency").out


@pytest.mark.timeout(900)  # A minute of work, on a machine that may have other work.
def test_the_shipped_bank_has_no_findings(run) -> None:
    ran = run("lint", "--json")
    assert ran.json == []
    assert ran.status == 0
    assert f"{len(read_bank().questions)} questions checked" in ran.err


def test_a_grade_has_its_shape_and_its_quotes_are_exact(run, tmp_path: Path) -> None:
    path = tmp_path / "answer.txt"
    path.write_text(GOOD, encoding="utf-8")
    ran = run("grade", "sql-injection-prevention", "--answer-file", str(path), "--json")
    assert ran.status == 0
    check_shape(ran.json, "grade.schema.json")
    quotes = [verdict["evidence"] for verdict in ran.json["verdicts"] if verdict["evidence"]]
    assert quotes
    assert all(GOOD[quote["start"] : quote["end"]] == quote["quote"] for quote in quotes)
    assert "covered" in run("grade", "sql-injection-prevention", stdin=GOOD).out


def test_an_answer_that_cannot_be_marked_is_no_error(run) -> None:
    ran = run("grade", "why-this-job", "--json", stdin="I like the team, and I want to learn how payments work.")
    assert ran.status == 0
    check_shape(ran.json, "grade.schema.json")
    assert ran.json["kind"] == "ungraded"


def test_an_interview_in_lines_is_marked_reported_listed_exported_and_deleted(run) -> None:
    lines = [{"answer": GOOD, "submission_id": "one"}, {"control": "skip"}]
    typed = "\n".join(json.dumps(line) for line in lines) + "\n"
    ran = run("practice", "--jsonl", "--questions", "1", "--topics", "security", "--level", "junior", stdin=typed)
    assert ran.status == 0
    for line in ran.lines:
        check_shape(line, "event.schema.json")
    kinds = [line["kind"] for line in ran.lines]
    assert kinds[:3] == ["started", "asked", "awaiting"]
    assert kinds[-1] == "finished"
    assert ran.lines[-1]["report"]["questions"]
    (summary,) = run("sessions", "--json").json
    assert summary["status"] == "finished"
    exported = json.loads(run("export", summary["id"], "--format", "json").out)
    assert [event["kind"] for event in exported["events"]] == [kind for kind in kinds if kind != "awaiting"]
    assert GOOD in run("export", summary["id"]).out.replace("\\", "")
    assert run("delete", summary["id"], "--yes").status == 0
    assert run("sessions", "--json").json == []


def test_the_end_of_input_pauses_and_resume_goes_on_with_nothing_asked_twice(run) -> None:
    first = run("practice", "--jsonl", "--questions", "2", "--mode", "interview", stdin=json.dumps({"answer": GOOD}))
    assert first.lines[-1]["kind"] == "paused"
    assert not [line for line in first.lines if line["kind"] == "marked"]
    interview_id = first.lines[0]["interview_id"]
    second = run("practice", "--jsonl", "--resume", interview_id, stdin=json.dumps({"control": "stop"}))
    kinds = [line["kind"] for line in second.lines]
    assert kinds[0] == "awaiting"
    assert "asked" not in kinds
    assert kinds[kinds.index("finished") :] == ["finished", "marked"]
    seqs = [line["seq"] for line in first.lines + second.lines if "seq" in line and line["kind"] != "marked"]
    assert seqs == sorted(set(seqs))


def test_an_interview_that_is_over_is_not_resumed_but_exported(run) -> None:
    ended = run("practice", "--jsonl", "--questions", "1", stdin=json.dumps({"control": "stop"}))
    interview_id = ended.lines[0]["interview_id"]
    ran = run("practice", "--jsonl", "--resume", interview_id)
    assert (ran.status, ran.out) == (1, "")
    assert f"interviewer export {interview_id}" in ran.err


def test_a_refusal_repeats_nothing_that_steers_the_terminal_and_no_endless_id(run) -> None:
    for arguments in (["show", "\x1b[31m" + "x" * 9000], ["questions", "--topic", "\x1b[31m" + "x" * 9000]):
        ran = run(*arguments)
        assert "\x1b" not in ran.err
        assert len(ran.err) < 600


@pytest.mark.parametrize("submission_id", ["", "x" * 129], ids=["empty", "too long"])
def test_a_submission_id_has_1_to_128_characters(run, submission_id: str) -> None:
    typed = json.dumps({"answer": "An index.", "submission_id": submission_id}) + '\n{"control": "stop"}\n'
    lines = run("practice", "--jsonl", "--questions", "1", stdin=typed).lines
    assert ["128 characters" in line["detail"] for line in lines if line["kind"] == "error"] == [True]
    assert "answered" not in [line["kind"] for line in lines]


def test_interviews_of_others_are_neither_listed_nor_exported_nor_deleted_nor_resumed(run, monkeypatch) -> None:
    interview_id = run("practice", "--jsonl", "--questions", "1").lines[0]["interview_id"]
    monkeypatch.setenv("INTERVIEWER_CANDIDATE_ID", "somebody-else")
    assert run("sessions", "--json").json == []
    for arguments in (
        ["export", interview_id],
        ["delete", interview_id, "--yes"],
        ["practice", "--resume", interview_id],
    ):
        ran = run(*arguments)
        assert ran.status == 1
        assert "no interview" in ran.err
    monkeypatch.delenv("INTERVIEWER_CANDIDATE_ID")
    assert [summary["id"] for summary in run("sessions", "--json").json] == [interview_id]


def test_a_bad_line_gets_an_error_and_a_resent_answer_counts_once(run) -> None:
    answer = json.dumps({"answer": "I would use an index for that, I think.", "submission_id": "same"})
    typed = "\n".join(["rubbish", '{"answer": ""}', '{"control": "fly"}', answer, answer, '{"control": "stop"}'])
    ran = run("practice", "--jsonl", "--questions", "1", stdin=typed)
    kinds = [line["kind"] for line in ran.lines]
    assert kinds.count("error") == 3
    assert kinds.count("answered") == 1
    assert kinds[-1] == "finished"


def first_question(setup: Setup) -> Question:
    """What an interview with this set-up asks first, of the shipped bank and without earlier interviews."""
    questions = read_bank().questions
    (first, *_) = plan(questions, setup).question_ids
    return next(question for question in questions if question.id == first)


def in_two_lines(text: str) -> str:
    words = text.split()
    return f"{' '.join(words[: len(words) // 2])}\n{' '.join(words[len(words) // 2 :])}"


def test_an_interview_in_the_terminal_takes_answers_of_several_lines_and_buttons(run) -> None:
    question = first_question(Setup(length=1, topics=("security",), level="junior", seed=7))
    point = next(point for point in question.points if point.core)
    typed = f"{in_two_lines(point.text)}\n\n/hint\n/fly\n/stop\n"
    chosen = ["--questions", "1", "--topics", "security", "--level", "junior", "--seed", "7"]
    ran = run("practice", *chosen, stdin=typed)
    assert ran.status == 0
    assert f"Question 1\n{question.text.splitlines()[0]}" in ran.out
    assert "covered" in ran.out
    assert "Your report" in ran.out
    assert "no button '/fly'" in ran.err


def test_ingesting_lists_every_question_and_a_bad_file_is_status_1(run, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.md").write_text(
        "# Questions\n\n1. What is a deadlock, and how do databases end one?\n2. What is a covering index?\n"
        "3. Why would you shard a table?\n",
        encoding="utf-8",
    )
    (folder / "b.md").write_bytes(b"")
    ran = run("ingest", str(folder), "--json")
    assert ran.status == 1
    check_shape(ran.json, "ingest.schema.json")
    good, bad = ran.json["files"]
    assert [question["line"] for question in good["questions"]] == [3, 4, 5]
    assert bad["error"]
    assert ran.json["totals"]["questions"] == 3
    hits = run("search", "sharding", "--json").json
    check_shape(hits, "search.schema.json")
    assert hits


def test_a_dry_run_changes_nothing(run, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "# Questions\n\n1. What is a deadlock?\n2. What is a livelock?\n3. What is a mutex?\n", encoding="utf-8"
    )
    before = run("questions", "--json").json
    assert run("ingest", str(path), "--dry-run", "--json").json["totals"]["questions"] == 3
    assert run("questions", "--json").json == before


def test_doctor_names_what_is_missing_and_its_remedy(run) -> None:
    ran = run("doctor", "--json")
    checks = {check["name"]: check for check in ran.json["checks"]}
    assert ran.status == 1
    assert not checks["index"]["ok"]
    assert "make run" in checks["index"]["detail"]
    assert all(check["ok"] for name, check in checks.items() if name != "index")


@pytest.mark.parametrize(
    ("variables", "ok", "told"),
    [
        ({"INTERVIEWER_MODEL": "openai/some-model"}, False, "set OPENAI_API_KEY"),
        ({"INTERVIEWER_MODEL": "openai/some-model", "OPENAI_API_KEY": "sk-hunter2hunter2"}, True, "its key is set"),
        ({"INTERVIEWER_MODEL": "openai/m", "OPENAI_API_BASE": "http://me:hunter2@localhost:9"}, True, "localhost:9,"),
        ({"INTERVIEWER_MODEL": "nobody/some-model"}, False, "knows no provider"),
        (
            {
                "INTERVIEWER_MODEL": "openai/m",
                "OPENAI_API_BASE": "http://localhost:9",
                "INTERVIEWER_SECOND_OPINION": "ollama_chat/another",
            },
            True,
            "second opinions from ollama_chat/another at",
        ),
    ],
    ids=["no key", "a key", "a server of one's own", "no provider", "another model's opinion"],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_doctor_says_what_a_model_would_be_called_with_and_calls_nothing(
    run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], ok: bool, told: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = run("doctor", "--json")
    (check,) = [check for check in ran.json["checks"] if check["name"] == "language model"]
    assert check["ok"] is ok
    assert told in check["detail"]
    assert "hunter2" not in ran.out + ran.err
