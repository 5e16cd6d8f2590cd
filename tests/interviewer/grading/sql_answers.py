"""Answers to the bank's tasks in SQL, marked as an interview would mark them, with a stand-in for what judges words."""

from collections.abc import Sequence

from interviewer.grading.port import GradingTask
from interviewer.grading.sql import SqlGrader
from interviewer.models import Evidence, Grade, GraderInfo, Marking, Ungraded, Verdict
from knowledge.bank import read_bank
from knowledge.models import Kind, Sql
from tests.factories import answer

TASKS: dict[str, Sql] = {question.id: question for question in read_bank().questions if isinstance(question, Sql)}


class WordsByPhrase:
    """Covers the points whose own short name stands in the prose, 'atomic' say; the others are missing."""

    info = GraderInfo(name="phrases", version="1")
    kinds: frozenset[Kind] = frozenset({"concept"})

    def __init__(self) -> None:
        self.heard: list[str] = []

    def grade(self, task: GradingTask) -> Marking:
        given = task.answers[-1]
        self.heard.append(given.text)
        if "Français" in given.text:
            return Ungraded(reason="needs_model", detail="English only.")
        verdicts: list[Verdict] = []
        for point in task.points:
            name = point.id.rpartition("/")[2]
            start = given.text.find(name)
            found = Evidence(answer_id=given.id, start=start, end=start + len(name)) if start >= 0 else None
            verdict = "covered" if found else "missing"
            verdicts.append(Verdict(point_id=point.id, verdict=verdict, evidence=found, confidence=0.8))
        return Grade(intent="answer", verdicts=tuple(verdicts), grader=self.info)


def mark(task: str | Sql, *texts: str, said: Sequence[str] = (), words: WordsByPhrase | None = None) -> Marking:
    """The last text is marked, the others came before it."""
    question = TASKS[task] if isinstance(task, str) else task
    answers = tuple(answer(text, number) for number, text in enumerate(texts, start=1))
    asked = GradingTask(question=question, points=question.points, answers=answers, said=tuple(said))
    return SqlGrader(words or WordsByPhrase()).grade(asked)


def graded(task: str | Sql, *texts: str, words: WordsByPhrase | None = None) -> Grade:
    marking = mark(task, *texts, words=words)
    assert isinstance(marking, Grade), marking
    return marking


def verdicts(task: str | Sql, *texts: str) -> dict[str, str]:
    """By the points' short names."""
    return {one.point_id.rpartition("/")[2]: one.verdict for one in graded(task, *texts).verdicts}


def notes(task: str | Sql, *texts: str) -> dict[str, str]:
    return {one.point_id.rpartition("/")[2]: one.note for one in graded(task, *texts).verdicts if one.note}


def runnable(task: str) -> set[str]:
    """The points that running a statement decides."""
    return {check.point.rpartition("/")[2] for check in TASKS[task].checks if check.finds}


def lost(task: str, text: str) -> set[str]:
    """Of these, the ones that an answer does not show whole."""
    return {name for name, verdict in verdicts(task, text).items() if name in runnable(task) and verdict != "covered"}
