"""One line of the history, told event by event. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, assert_never

from pydantic import Field

from interviewer.events import Answered, Asked, Controlled, Disputed, Event, Finished, Marked, Paused, Said, Started
from interviewer.models import Mode
from knowledge.models import Level, Slug, Value


class InterviewSummary(Value):
    """One line of the history: what can be told of an interview without reading its log."""

    id: str
    candidate_id: str
    workspace_id: str
    started_at: datetime
    changed_at: datetime
    mode: Mode
    level: Level
    length: int = Field(description="Questions planned.")
    asked: int = Field(description="Questions asked so far.")
    topics: tuple[Slug, ...] = Field(description="Of the questions asked so far, in their order.")
    status: Literal["running", "paused", "finished"]
    seq: int = Field(description="Events in the log.")


def summarise(before: InterviewSummary | None, events: Sequence[Event]) -> InterviewSummary:
    """The history's line after `events`, which follow on `before`; without one, Started comes first."""
    summary = before
    for happened in events:
        summary = _summarise_one(summary, happened)
    assert summary is not None
    return summary


def _summarise_one(before: InterviewSummary | None, happened: Event) -> InterviewSummary:
    if isinstance(happened, Started):
        return _first_summary(happened)
    assert before is not None, "a log begins with Started"
    known = before.model_copy(update={"seq": happened.seq, "changed_at": happened.at})
    match happened:
        case Asked(question=question):
            topics = dict.fromkeys((*known.topics, question.topic))
            return known.model_copy(update={"asked": known.asked + 1, "topics": tuple(topics), "status": "running"})
        case Answered() | Said() | Controlled():
            return known.model_copy(update={"status": "running"})
        case Marked() | Disputed():
            return known  # a finished interview may be marked again and contested, and stays finished
        case Paused():
            return known.model_copy(update={"status": "paused"})
        case Finished():
            return known.model_copy(update={"status": "finished"})
        case _:
            assert_never(happened)


def _first_summary(started: Started) -> InterviewSummary:
    return InterviewSummary(
        id=started.interview_id,
        candidate_id=started.candidate_id,
        workspace_id=started.workspace_id,
        started_at=started.at,
        changed_at=started.at,
        mode=started.mode,
        level=started.level,
        length=started.setup.length,
        asked=0,
        topics=(),
        status="running",
        seq=started.seq,
    )
