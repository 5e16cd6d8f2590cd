"""Labelled cases, one JSON object a line, read whole or refused with every bad line named.

A row: {"id": "q1/half", "question_id": "q1", "question": "...", "kind": "concept", "points": [{"id": "p1", "text":
"...", "core": true, "weight": 3}], "misconceptions": [{"id": "m1", "text": "..."}], "answer": "...", "labels":
{"p1": "covered", "m1": false}, "intent": "answer", "style": "half"}
"""

from collections import Counter
from pathlib import Path
from typing import Literal, Protocol, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from interviewer.models import Intent
from knowledge.models import Kind, Value

Label = Literal["covered", "partial", "missing", "contradicted"]
LABELS: tuple[Label, ...] = ("covered", "partial", "missing", "contradicted")


class CaseError(Exception):
    """A file of cases cannot be used; the message names each line and what is wrong with it."""


class CasePoint(Value):
    id: str
    text: str
    core: bool = False
    weight: int = Field(default=1, ge=1, le=3)


class CaseMisconception(Value):
    id: str
    text: str


class Case(Value):
    """One answer with what a careful reader says of each point and misconception."""

    id: str
    question_id: str
    question: str
    kind: Kind = "concept"
    points: tuple[CasePoint, ...] = Field(min_length=1)
    misconceptions: tuple[CaseMisconception, ...] = ()
    answer: str
    labels: dict[str, Label | bool]
    intent: Intent | None = None
    style: str | None = None

    @model_validator(mode="after")
    def _every_part_is_labelled(self) -> Self:
        points, beliefs = {p.id for p in self.points}, {m.id for m in self.misconceptions}
        if (points | beliefs) != set(self.labels):
            strays = ", ".join(sorted((points | beliefs) ^ set(self.labels)))
            raise ValueError(f"labels and parts differ: {strays}")
        wrong = [part for part, label in self.labels.items() if isinstance(label, bool) != (part in beliefs)]
        if wrong:
            raise ValueError(f"points take a verdict and misconceptions true or false: {', '.join(wrong)}")
        return self

    def label(self, point: CasePoint) -> Label:
        label = self.labels[point.id]
        assert not isinstance(label, bool)
        return label


def read_cases(path: Path) -> tuple[Case, ...]:
    """Raises CaseError naming every bad line at once."""
    return read_rows(path, Case)


class _Row(Protocol):
    @property
    def id(self) -> str: ...

    @classmethod
    def model_validate_json(cls, json_data: str, /) -> Self: ...


R = TypeVar("R", bound=_Row)


def read_rows(path: Path, row: type[R]) -> tuple[R, ...]:
    """One JSON object a line, ids unique. Raises CaseError naming every bad line at once."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read: {error}") from error
    rows: list[R] = []
    faults: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(row.model_validate_json(line))
        except ValidationError as error:
            faults += [f"{path.name}:{number}: {_place(fault['loc'])}{fault['msg']}" for fault in error.errors()]
    counted = Counter(row.id for row in rows)
    faults += [f"{path.name}: the id '{row_id}' occurs twice" for row_id, times in counted.items() if times > 1]
    if faults:
        raise CaseError("\n".join(faults))
    if not rows:
        raise CaseError(f"{path.name} holds no cases")
    return tuple(rows)


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) + ": " if location else ""
