"""`interviewer drafts` as a person or a program uses it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.ui import test_cli
from tests.ui.test_cli import ROOT, SCHEMAS, Ran

DOCUMENT = """# Locks

## How do you keep deadlocks rare in a busy ledger?

- Lock rows in one agreed order.
- Keep transactions short.
- Retry the transaction that was aborted.

## Which lock modes does our home-grown ledger offer?

## Which lock mode would you remove from the ledger?
"""
EDIT = """
- {id: order, text: "Rows are locked in one agreed order.", weight: 3, core: true}
- {id: short, text: "Transactions are kept short.", weight: 2, core: true}
"""
Run = Callable[..., Ran]
run = test_cli.run


@pytest.fixture
def ids(run: Run, tmp_path: Path) -> list[str]:
    path = tmp_path / "locks.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    assert run("ingest", str(path)).status == 0
    return [draft["id"] for draft in run("drafts", "list", "--json").json]


def validator() -> Draft202012Validator:
    """Of `drafts --json`. The question in it has a schema of its own."""
    drafts, question = (
        json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")) for name in ("drafts", "question")
    )
    Draft202012Validator.check_schema(drafts)
    registry = Registry().with_resource("question.schema.json", Resource.from_contents(question))
    return Draft202012Validator(drafts, registry=registry)


def test_drafts_are_listed_shown_edited_accepted_and_rejected(
    run: Run,
    ids: list[str],
    tmp_path: Path,
):
    answered, first, second = ids
    assert answered in run("drafts", "list").out
    shown = run("drafts", "show", answered, "--json").json
    assert (shown["state"], shown["checkable"], shown["findings"]) == ("pending", True, [])
    assert shown["question"]["points"][0]["text"] == "Lock rows in one agreed order."
    assert [source["title"] for source in shown["asked_in"]] == ["Locks"]
    assert "Asked in: Locks" in run("drafts", "show", answered).out

    (tmp_path / "edit.yaml").write_text(EDIT, encoding="utf-8")
    assert run("drafts", "edit", answered, "--file", str(tmp_path / "edit.yaml")).status == 0
    assert run("drafts", "accept", answered).status == 0
    assert run("drafts", "reject", first).status == 0
    states = {draft["id"]: draft["state"] for draft in run("drafts", "list", "--json").json}
    assert states == {answered: "accepted", first: "rejected", second: "pending"}

    assert run("ingest", str(tmp_path / "locks.md")).status == 0
    asked = {question["id"]: question for question in run("questions", "--json").json}
    assert asked[answered]["status"] == "reviewed"
    assert [point["id"] for point in asked[answered]["points"]] == [f"{answered}/order", f"{answered}/short"]
    assert first not in asked
    assert second in asked
    found = run("search", "lock modes of the home-grown ledger", "--json").json
    assert not [hit for hit in found if hit["text"] == "Which lock modes does our home-grown ledger offer?"]
    assert [draft["id"] for draft in run("drafts", "list", "--state", "pending", "--json").json] == [second]


def test_a_draft_that_is_accepted_after_all_is_found_without_another_ingest(run: Run, ids: list[str]):
    asked = "How do you keep deadlocks rare in a busy ledger?"

    def found() -> bool:
        return any(hit["text"] == asked for hit in run("search", asked, "--json").json)

    assert run("drafts", "reject", ids[0]).status == 0
    assert not found()
    accepted = run("drafts", "accept", ids[0])
    assert accepted.err.endswith(": accepted, 3 points\n")
    assert found()


def test_what_is_printed_for_programs_fits_its_schema(run: Run, ids: list[str]):
    schema = validator()
    assert run("drafts", "reject", ids[1]).status == 0
    listed = run("drafts", "list", "--json").json
    schema.validate(listed)
    shown = [run("drafts", "show", draft["id"], "--json").json for draft in listed]
    for draft in shown:
        schema.validate(draft)
    answered = shown[0]
    finding = {"question_id": answered["id"], "point_id": None, "rule": "r", "message": "m", "measured": 0.5}
    assert schema.is_valid(answered | {"findings": [finding]})
    for wrong in ({"extra": 1}, {"state": "open"}, {"findings": [{}]}, {"question": {}}):
        assert not schema.is_valid(answered | wrong), wrong
    assert not schema.is_valid([answered]), "a list has no questions"
    assert not schema.is_valid(listed[0]), "a draft that is shown has one"


def test_what_cannot_be_done_is_refused_in_words(run: Run, ids: list[str], tmp_path: Path):
    (tmp_path / "edit.json").write_text(json.dumps([{"id": "a", "text": "Understands locks."}]), encoding="utf-8")
    for arguments, said in (
        (["show", "no-such-draft"], "no draft 'no-such-draft'"),
        (["accept", "sql-injection-prevention"], "bank's rubric"),
        (["accept", ids[1]], f"drafts edit {ids[1]} --file"),
        (["edit", ids[0], "--file", str(tmp_path / "none.yaml")], "cannot be read"),
        (["edit", ids[0], "--file", str(tmp_path / "edit.json")], "points.a.weight"),
    ):
        ran = run("drafts", *arguments)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.startswith("interviewer: ")
        assert said in ran.err
    assert run("drafts", "list", "--state", "odd").status == 2


@pytest.mark.parametrize("command", ["list", "show", "accept", "reject", "edit"])
def test_help_teaches_with_what_the_command_does(run: Run, command: str):
    ran = run("drafts", command, "--help")
    assert ran.status == 0
    assert "Example: interviewer drafts" in ran.out


def test_a_second_writer_is_told_busy_in_a_line(run: Run, home: Path, tmp_path: Path):
    (tmp_path / "locks.md").write_text(DOCUMENT, encoding="utf-8")
    holder = "import sys; from pathlib import Path; from knowledge.generations import writing\n"
    holder += "with writing(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(home / "index")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        ran = run("ingest", str(tmp_path / "locks.md"))
        other.communicate("")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[-1].startswith("interviewer: busy: another process is ingesting")
    assert run("drafts", "list", "--json").json == []
