"""The README's commands are run as written, so that they stay true."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from knowledge.documents import READERS
from ui.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\.venv/bin/interviewer (.+)$", README, re.MULTILINE)
INLINE = sorted({" ".join(span.split()) for span in re.findall(r"`interviewer\s+([^`]+)`", README)})
TARGETS = sorted(set(re.findall(r"^make ([a-z-]+)", README, re.MULTILINE)))
LINKS = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the files that the README's examples name."""
    (tmp_path / "my-answer.txt").write_text("Use bound parameters.", encoding="utf-8")
    questions = "# Mine\n\n1. What is a deadlock?\n2. What is a mutex?\n3. What is a queue good for?\n"
    (tmp_path / "my-questions.md").write_text(questions, encoding="utf-8")
    notes = tmp_path / "course-notes"
    notes.mkdir()
    (notes / "locks.md").write_text(
        "# Locks\n\nA deadlock is a cycle of waits between transactions.\n", encoding="utf-8"
    )
    return tmp_path


def test_the_readme_shows_commands() -> None:
    assert len(COMMANDS) >= 4
    assert len(INLINE) >= 10
    assert {"run", "test"} <= set(TARGETS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_works(command: str, desk: Path, home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "ui.cli", *shlex.split(command, comments=True)],
        cwd=desk,
        input="/stop\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("command", INLINE)
def test_a_command_that_the_readme_speaks_of_exists_with_its_options(command: str) -> None:
    words = shlex.split(command)
    named = [word for word in words if not word.startswith("-") and word.islower()]
    helped = CliRunner().invoke(app, [*named, "--help"])
    assert helped.exit_code == 0, helped.output
    assert {word for word in words if word.startswith("--")} <= set(re.findall(r"--[a-z-]+", helped.output))


@pytest.mark.parametrize("format", [*READERS, "pdf", "docx"])
def test_every_format_that_is_read_is_named(format: str) -> None:
    name = {"jsonl": "json lines"}.get(format, format)
    told = CliRunner().invoke(app, ["ingest", "--help"]).output
    assert name in " ".join(told.lower().split())
    assert name in " ".join(README.lower().split())


@pytest.mark.parametrize("target", TARGETS)
def test_a_make_target_of_the_readme_exists(target: str) -> None:
    planned = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert planned.returncode == 0, planned.stderr


@pytest.mark.parametrize("link", LINKS)
def test_what_the_readme_links_to_is_there(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"^- \[.+\]\((.+)\)", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {page.name for page in folder.glob("*.md")} - {"README.md"}
