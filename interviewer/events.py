"""Everything that can happen in an interview: the append-only log is a list of these. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from interviewer.models import Answer, Control, Dispute, GraderInfo, Marking, Mode, Move, Phrase, Plan, Rules, Setup
from knowledge.models import Level, Question, Value

VERSION = 1


class _Event(Value):
    """The envelope. `seq` counts from 1 without gaps; (interview_id, seq) is unique."""

    v: Literal[1] = VERSION
    interview_id: str
    seq: int = Field(ge=1)
    at: datetime


class Started(_Event):
    kind: Literal["started"] = "started"
    candidate_id: str
    workspace_id: str
    run_id: str = Field(description="The marking run that this interview's own marks belong to.")
    mode: Mode
    level: Level
    language: str
    seed: int
    setup: Setup
    rules: Rules
    plan: Plan
    bank_revision: str
    grader: GraderInfo


class Asked(_Event):
    """Holds the whole question: editing the bank never changes a past interview."""

    kind: Literal["asked"] = "asked"
    number: int = Field(ge=1, description="The question's place in the interview, from 1.")
    question: Question
    markable: bool = Field(
        default=True, description="Whether the grader at hand marks questions of this kind. Older logs do not say."
    )


class Answered(_Event):
    kind: Literal["answered"] = "answered"
    answer: Answer


class Marked(_Event):
    kind: Literal["marked"] = "marked"
    answer_id: str
    run_id: str
    grade: Marking


class Said(_Event):
    kind: Literal["said"] = "said"
    move: Move
    phrase: Phrase


class Controlled(_Event):
    """A button, never free text. `text` is the question typed with a clarify."""

    kind: Literal["controlled"] = "controlled"
    control: Control
    text: str | None = None


class Paused(_Event):
    kind: Literal["paused"] = "paused"


class Disputed(_Event):
    """Changes no mark: what the candidate says stands beside it."""

    kind: Literal["disputed"] = "disputed"
    dispute: Dispute


class Finished(_Event):
    kind: Literal["finished"] = "finished"
    reason: Literal["completed", "stopped", "time_up"]


Event = Annotated[
    Started | Asked | Answered | Marked | Said | Controlled | Disputed | Paused | Finished,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)

Row = dict[str, Any]
UPCASTERS: Mapping[int, Callable[[Row], Row]] = {}
"""From version n to n + 1. A change of shape raises VERSION and adds its entry here. A new kind of event
is no change of shape: every older log reads as it did."""


def read_event(row: Row) -> Event:
    """A stored row, of whatever version, as an event of today's. Raises ValueError for one that is none."""
    while (version := int(row.get("v", 0))) in UPCASTERS:
        row = UPCASTERS[version](row)
    return EVENT.validate_python(row)
