"""Marked answers, one JSON object a line, read whole or refused with every bad line named.

Marked point by point: {"id": "q1/half", "question_id": "q1", "question": "...", "kind": "concept", "points": [{"id":
"p1", "text": "...", "core": true, "weight": 3}], "misconceptions": [{"id": "m1", "text": "..."}], "answer": "...",
"labels": {"p1": "covered", "m1": false}, "intent": "answer", "style": "half"}

Marked as a whole: {"id": "a1", "question_id": "q1", "question": "...", "reference": "...", "answer": "...", "score":
0.5, "criteria": "1. Explains ... (3 points)"}; the points come from the criteria, or else from the reference.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Protocol, Self, TypeVar

from pydantic import Discriminator, Field, Tag, TypeAdapter, ValidationError, model_validator

from interviewer.cases import CaseMisconception, Label
from interviewer.models import Intent
from knowledge.models import Kind, Value
from knowledge.rubrics import criteria_claims, reference_claims

LABELS: tuple[Label, ...] = ("covered", "partial", "missing", "contradicted")


class CaseError(Exception):
    """A file of cases cannot be used; the message names each line and what is wrong with it."""


class CasePoint(Value):
    id: str
    text: str
    core: bool = False
    weight: float = Field(default=1, gt=0, le=100)


class Case(Value):
    """One answer with what a careful reader says of each point and misconception, or of the whole (`score`)."""

    id: str
    question_id: str
    question: str
    kind: Kind = "concept"
    points: tuple[CasePoint, ...] = Field(min_length=1)
    misconceptions: tuple[CaseMisconception, ...] = ()
    answer: str
    labels: dict[str, Label | bool] = Field(default_factory=dict)
    score: float | None = Field(default=None, ge=0, le=1)
    intent: Intent | None = None
    style: str | None = None
    contested: tuple[str, ...] = Field(default=(), description="Parts labelled by the one who answered, alone.")

    @model_validator(mode="after")
    def _every_part_is_labelled(self) -> Self:
        if self.score is not None and not self.labels:
            return self
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


class ScoredAnswer(Value):
    """A row marked as a whole, as it stands in a file."""

    id: str
    question_id: str | None = None
    question: str = Field(min_length=1)
    reference: str = Field(min_length=1)
    answer: str
    score: float = Field(ge=0, le=1)
    criteria: str | None = None
    kind: Kind = "concept"
    style: str | None = None

    def as_case(self) -> Case:
        claims = criteria_claims(self.criteria) if self.criteria else ()
        claims = claims or tuple((text, 1.0) for text in reference_claims(self.reference))
        return Case(
            id=self.id,
            question_id=self.question_id or self.question,
            question=self.question,
            kind=self.kind,
            points=tuple(
                CasePoint(id=f"p{number}", text=text, weight=weight)
                for number, (text, weight) in enumerate(claims, start=1)
            ),
            answer=self.answer,
            score=self.score,
            style=self.style,
        )


def _row_kind(row: object) -> str:
    return "scored" if isinstance(row, dict) and "reference" in row else "labelled"


_ROW: TypeAdapter[Case | ScoredAnswer] = TypeAdapter(
    Annotated[Annotated[Case, Tag("labelled")] | Annotated[ScoredAnswer, Tag("scored")], Discriminator(_row_kind)]
)


def read_cases(path: Path) -> tuple[Case, ...]:
    """Raises CaseError naming every bad line at once."""
    return read_rows(path, _either)


def _either(line: str) -> Case:
    row = _ROW.validate_json(line)
    return row.as_case() if isinstance(row, ScoredAnswer) else row


class _Row(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_Row)


def read_rows(path: Path, parse: Callable[[str], R]) -> tuple[R, ...]:
    """One JSON object a line, ids unique. Raises CaseError naming every bad line at once."""
    try:
        # Not splitlines: an answer may hold U+2028, which is no end of a line of JSON.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read: {error}") from error
    rows: list[R] = []
    faults: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(parse(line))
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
