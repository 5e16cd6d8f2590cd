"""Compares an Extraction with a questions.jsonl: one object a question, in the document's order."""

import json
import re
from pathlib import Path

from knowledge.documents import read_document
from knowledge.extraction import FoundQuestion, extract
from knowledge.models import Value


class Expected(Value):
    """One line. `number` may carry a list's letter or a section and '#' before the document's own number."""

    document: str
    number: str | None
    section: str | None
    question: str
    answered: bool
    answer_begins: str | None = None
    answer_ends: str | None = None
    parts: int = 1


def read_expected(path: Path) -> list[Expected]:
    return [Expected.model_validate(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]


def differences(documents: Path, expected: list[Expected]) -> list[str]:
    """What is found in the folder's documents and not expected, or the reverse, one line each."""
    found: list[str] = []
    wanted: list[str] = []
    for name in sorted({line.document for line in expected}):
        lines = [line for line in expected if line.document == name]
        questions = extract(read_document(documents / name)).questions
        for index in range(max(len(lines), len(questions))):
            line = lines[index] if index < len(lines) else None
            question = questions[index] if index < len(questions) else None
            wanted.append(f"{name} {_describe_expected(line)}" if line else f"{name}: nothing more")
            found.append(f"{name} {_describe_found(question, line)}" if question else f"{name}: nothing more")
    return [f"expected {want}\n   found {got}" for want, got in zip(wanted, found, strict=True) if want != got]


def squash(text: str) -> str:
    """The text's words run together, without list marks and code fences: white space and markup aside."""
    return re.sub(r"^\s*(?:[-*•]|`{3,}\w*)(?:\s+|$)|[*`]|\s+", "", text, flags=re.MULTILINE)


def _describe_expected(line: Expected) -> str:
    number = re.sub(r"^(?:.*#|[a-z])", "", line.number) if line.number else None
    ends = (squash(line.answer_begins or ""), squash(line.answer_ends or "")) if line.answered else None
    return f"{number} [{line.section}] {squash(line.question)} parts={line.parts} answer={ends}"


def _describe_found(question: FoundQuestion, line: Expected | None) -> str:
    ends = None
    if question.answer is not None:
        said = squash(question.answer)
        first = len(squash((line and line.answer_begins) or said))
        last = len(squash((line and line.answer_ends) or said))
        ends = (said[:first], said[-last:])
    text = squash(question.text.split("\n")[0])
    return f"{question.number} [{question.section}] {text} parts={question.parts} answer={ends}"
