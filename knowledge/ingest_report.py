"""What an ingestion tells: each file, each question found and what became of it. Pure: the shape of `ingest --json`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from knowledge.extraction import Refusal
from knowledge.library import NO_RUBRICS, Rubrics, group_drafts, unite
from knowledge.models import Slug, Value
from knowledge.readings import Drafted, Reading

Rubric = Literal["bank", "draft", "none"]


class FoundLine(Value):
    """One question that a file asks, and what became of it."""

    id: Slug
    text: str
    line: int = Field(ge=1)
    section: str | None
    answered: bool
    answer: str | None
    status: Literal["kept", "merged"]
    merged_into: Slug | None
    rubric: Rubric


class RefusedLine(Value):
    """What was left out, and why."""

    text: str
    line: int = Field(ge=1)
    reason: str


class FileReport(Value):
    """One file. With an error nothing in it was kept, and an earlier version of it stays."""

    path: str
    error: str | None = None
    passages: int = 0
    passage_lines: tuple[tuple[int, int], ...] = Field(
        default=(), exclude=True, description="Where each passage stands, for a person to read: not in the JSON."
    )
    questions: tuple[FoundLine, ...] = ()
    refused: tuple[RefusedLine, ...] = ()


class Totals(Value):
    questions: int
    answered: int
    kept: int
    merged: int
    refused: int
    passages: int


class IngestReport(Value):
    """What `ingest --json` prints."""

    files: tuple[FileReport, ...]
    totals: Totals
    notes: tuple[str, ...] = Field(
        default=(), exclude=True, description="What could not be done besides, for a person to read: not in the JSON."
    )

    @property
    def ok(self) -> bool:
        """Whether every file was read."""
        return all(file.error is None for file in self.files)


class Gist(NamedTuple):
    """Of one file what a report needs: no text of its passages, which may be many."""

    path: str
    error: str | None
    passage_lines: tuple[tuple[int, int], ...] = ()
    drafted: tuple[Drafted, ...] = ()
    refused: tuple[Refusal, ...] = ()


def gist(path: str, reading: Reading) -> Gist:
    lines = tuple(passage.lines for passage in reading.passages)
    return Gist(path, None, lines, reading.drafted, reading.refused)


class Telling:
    """Tells of each question found what became of it; of a question found twice the first is the one kept."""

    def __init__(
        self,
        standing: Sequence[Drafted],
        aliases: Mapping[Slug, Slug],
        banked: Mapping[Slug, object],
        rubrics: Rubrics = NO_RUBRICS,
    ) -> None:
        self._aliases = aliases
        self._first: dict[Slug, Drafted | None] = {}
        for drafted in standing:
            self._first.setdefault(drafted.question.id, drafted)
        self._rubrics: dict[Slug, Rubric] = {
            slug: "bank" if slug in banked else "draft" if _marks(group, rubrics) else "none"
            for slug, group in group_drafts(standing, aliases, banked).items()
        }

    def file(self, gist: Gist) -> FileReport:
        return FileReport(
            path=gist.path,
            error=gist.error,
            passages=len(gist.passage_lines),
            passage_lines=gist.passage_lines,
            questions=tuple(self._line(drafted) for drafted in gist.drafted),
            refused=tuple(_refused(refusal) for refusal in gist.refused),
        )

    def _line(self, drafted: Drafted) -> FoundLine:
        question = drafted.question
        merged_into = self._aliases.get(question.id)
        if merged_into is None and self._first.get(question.id) != drafted:
            merged_into = question.id
        if merged_into is None:
            self._first[question.id] = None  # the same file under another name asks nothing new
        return FoundLine(
            id=question.id,
            text=question.text,
            line=drafted.line,
            section=drafted.section,
            answered=question.model_answer is not None,
            answer=question.model_answer,
            status="kept" if merged_into is None else "merged",
            merged_into=merged_into,
            rubric=self._rubrics[self._aliases.get(question.id, question.id)],
        )


def sum_up(files: Iterable[FileReport], notes: Iterable[str] = ()) -> IngestReport:
    """The report over all files, in their order."""
    files = tuple(files)
    questions = [question for file in files for question in file.questions]
    totals = Totals(
        questions=len(questions),
        answered=sum(question.answered for question in questions),
        kept=sum(question.status == "kept" for question in questions),
        merged=sum(question.status == "merged" for question in questions),
        refused=sum(len(file.refused) for file in files),
        passages=sum(file.passages for file in files),
    )
    return IngestReport(files=files, totals=totals, notes=tuple(notes))


def _marks(group: Sequence[Drafted], rubrics: Rubrics) -> bool:
    """Whether the group's question has a rubric of its own, once it is asked."""
    return not rubrics.rejected(group) and bool(unite(group, rubrics).points)


def _refused(refusal: Refusal) -> RefusedLine:
    return RefusedLine(text=refusal.text, line=refusal.line, reason=refusal.reason)
