"""What the public documents ask, the bank asks too: knowledge/coverage.csv says where."""

import csv
import json
from collections import defaultdict
from pathlib import Path

from knowledge.bank import BANK, read_bank
from knowledge.merging import normalise

TABLE = BANK.parent / "coverage.csv"
Place = tuple[str, str]


def served() -> dict[Place, set[str]]:
    """For each question of a public document, the bank questions that serve it."""
    table: dict[Place, set[str]] = defaultdict(set)
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table[row["document"], row["number"]].add(row["question"])
    return table


def test_every_row_names_a_question_of_the_bank() -> None:
    known = {question.id for question in read_bank().questions}
    assert set().union(*served().values()) <= known


def test_every_question_of_the_public_documents_is_served(shared: Path) -> None:
    lines = (shared / "expected" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    table = served()
    assert [one["question"] for one in asked if not table[one["document"], one["number"]]] == []
    assert len(asked) == len(table) == 112


def test_questions_that_ask_the_same_are_served_by_the_same(shared: Path) -> None:
    lines = (shared / "expected" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    table, by_words = served(), defaultdict(list)
    for one in map(json.loads, lines):
        by_words[normalise(one["question"])].append(table[one["document"], one["number"]])
    assert all(found == group[0] for group in by_words.values() for found in group)
