"""The nouns of what can be asked and what a good answer contains. Pure: values only, no files and no stores."""

import hashlib
import json
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator


class Value(BaseModel):
    """A frozen value, equal by content. Unknown fields are refused, so a typo fails where it enters."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
PartSlug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+){1,2}$", max_length=160)]

Kind = Literal[
    "concept",
    "comparison",
    "scenario",
    "design",
    "debugging",
    "behavioural",
    "experience",
    "opinion",
    "motivation",
    "sql",
]
Level = Literal["junior", "mid", "senior"]
LEVELS: tuple[Level, ...] = ("junior", "mid", "senior")
Status = Literal["reviewed", "draft"]


class Source(Value):
    """Where a claim can be read."""

    title: str
    author: str | None = None
    url: str | None = None
    licence: str | None = None
    locator: str | None = Field(default=None, description="Where in the source: a section, page or line range.")
    retrieved_at: date | None = None
    hash: str | None = Field(default=None, description="SHA-256 of the document's bytes, for ingested ones.")
    redistributable: bool = False


BlockKind = Literal["heading", "paragraph", "item", "code", "table"]
BlockRole = Literal["toggle", "question", "asked", "answer", "furniture", "outside"]


class Block(Value):
    """One structural unit of a document. `start` and `end` are code points of `Document.text`; lines count from 1."""

    kind: BlockKind
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    first_line: int = Field(ge=1)
    last_line: int = Field(ge=1)
    depth: int = Field(default=0, description="Headings: 1-6. Items: nesting, from 0.")
    marker: str | None = Field(default=None, description="An item's or heading's own number or bullet, as written.")
    plain: str | None = Field(default=None, description="The text without inline markup, where that differs.")
    links: tuple[str, ...] = Field(default=(), description="Where the links inside lead.")
    role: BlockRole | None = Field(
        default=None,
        description="What the format itself says it is: a toggle unfolds what is below it; a column or field holds "
        "questions or answers; 'asked' goes on with the question above; furniture names columns; 'outside' comes "
        "after what a toggle unfolds.",
    )


class Document(Value):
    """A file as read: its text, and the blocks that the text consists of, in reading order."""

    id: str = Field(description="SHA-256 of the file's bytes, hexadecimal.")
    name: str = Field(description="The file's name, without folders.")
    title: str | None
    language: str = "en"
    text: str
    blocks: tuple[Block, ...]
    source: Source
    candidate_id: str = "local"
    workspace_id: str = "local"


class Passage(Value):
    """A piece of a document, small enough to retrieve and cite. `lines` are its first and last, from 1."""

    id: str = Field(description="SHA-256 of document, lines and text, hexadecimal.")
    document_id: str
    text: str
    heading: str | None
    lines: tuple[int, int]
    source: Source


class RubricPoint(Value):
    """One checkable claim that a good answer makes."""

    id: PartSlug = Field(description="The question's slug, a slash, the point's own: permanent.")
    text: str = Field(description="The claim, in one sentence that an answer either makes or does not.")
    weight: int = Field(ge=1, le=3)
    core: bool
    level: Level = Field(default="junior", description="The level from which the point is expected.")
    source: Source | None = None
    quote: str | None = Field(
        default=None, description="The source's own words that the point rests on, verbatim, where a model drafted it."
    )
    probe: str = Field(description="A neutral question that names the area.")
    hint: str | None = Field(default=None, description="A question that expects about a sentence.")
    prompt: str | None = Field(default=None, description="A question that expects a word or two.")


class PointGroup(Value):
    """Any `need` of these points are enough."""

    need: int = Field(ge=1)
    points: tuple[PartSlug, ...]


class Misconception(Value):
    """A false belief that candidates really hold."""

    id: PartSlug
    text: str = Field(description="The false belief, as somebody would state it.")
    contradicts: tuple[PartSlug, ...] = ()
    penalty: float = Field(ge=0, le=3, description="Taken off the weighted sum, in units of weight.")
    challenge: str = Field(description="A question that lets its consequence show, never 'wrong'.")
    correction: str
    source: Source | None = None


class Fact(Value):
    """Something the interviewer may tell when asked: `about` names what was asked for."""

    about: str
    text: str


class FollowUp(Value):
    """A deeper question for those who covered the core, with points of its own."""

    id: PartSlug
    text: str
    change: Literal["scale", "requirement", "failure"]
    level: Level
    points: tuple[RubricPoint, ...]


class QuestionBase(Value):
    """What every kind of question has."""

    id: Slug
    text: str
    asked_as: tuple[str, ...] = Field(
        default=(),
        description="The same question in other wordings, as documents ask it: they are merged into this one.",
    )
    near: tuple[Slug, ...] = Field(
        default=(),
        description="Questions that ask much of the same: an interview asks one of them while others are left. It "
        "holds both ways, so either may name the other.",
    )
    topic: Slug
    level: Level
    language: str = "en"
    status: Status = "reviewed"
    points: tuple[RubricPoint, ...] = ()
    groups: tuple[PointGroup, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    model_answer: str | None = None
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _parts_belong_here(self) -> Self:
        points = [point.id for point in self.points]
        parts = points + [misconception.id for misconception in self.misconceptions]
        strangers = [part for part in parts if part.rpartition("/")[0] != self.id]
        if strangers:
            raise ValueError(f"ids that do not start with '{self.id}/': {', '.join(strangers)}")
        if len(set(parts)) != len(parts):
            raise ValueError(f"an id occurs twice among the parts of '{self.id}'")
        named = {p for group in self.groups for p in group.points}
        named |= {p for misconception in self.misconceptions for p in misconception.contradicts}
        if named - set(points):
            raise ValueError(f"unknown points: {', '.join(sorted(named - set(points)))}")
        for group in self.groups:
            if group.need >= len(group.points):
                raise ValueError("a group needs fewer points than it lists, else it is no choice")
        return self

    @property
    def revision(self) -> str:
        """The content's hash: it changes with every edit, the slug never does."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]


class Concept(QuestionBase):
    kind: Literal["concept"] = "concept"


class Comparison(QuestionBase):
    kind: Literal["comparison"] = "comparison"


class _Situated(QuestionBase):
    """Kinds that describe a situation: they may hold facts to tell and follow-ups to ask."""

    facts: tuple[Fact, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()


class Scenario(_Situated):
    kind: Literal["scenario"] = "scenario"


class Design(_Situated):
    kind: Literal["design"] = "design"


class Debugging(_Situated):
    kind: Literal["debugging"] = "debugging"


class Behavioural(QuestionBase):
    kind: Literal["behavioural"] = "behavioural"


class Experience(QuestionBase):
    kind: Literal["experience"] = "experience"


class Opinion(QuestionBase):
    kind: Literal["opinion"] = "opinion"


class Motivation(QuestionBase):
    kind: Literal["motivation"] = "motivation"


class Check(Value):
    """How a statement that was run shows one point, or misses it. Without `finds`, only words or a clause can show it.

    `finds` is a query of ours over what a run left behind, and each row of it is something wrong. It sees the data
    set's tables; `answer` and `expected` (n: the row's place, c1, c2, ...: the values), with the candidate's and the
    reference's rows; `before_T` and `expected_T` for each table T that statements may have changed, T itself being as
    the candidate's left it; `plan` (detail), the steps of the plan of `planned`; `problem` (message), one row where a
    statement failed; and `statement` (text, sorted), the statements in SQLite's dialect, and whether the last of them
    ends with an ORDER BY.
    """

    point: PartSlug
    finds: str | None = None
    told: str | None = Field(
        default=None, description="What `finds` found, in words and with the remedy. {found}: its first values."
    )
    wrong: tuple[str, ...] = Field(default=(), description="Statements that miss the point: the proof that it tells.")
    data: tuple[str, ...] = Field(
        default=(), description="Data sets for this point alone: who misses it only there has shown it partly."
    )
    clause: str | None = Field(
        default=None,
        description="A pattern: where in the statements the point shows. Without `finds`, it shows by that alone.",
    )
    confidence: float = Field(
        default=0.98, ge=0, le=1, description="How sure it is that who passes has shown the point, not avoided it."
    )

    @model_validator(mode="after")
    def _tells(self) -> Self:
        if (self.finds is None) != (self.told is None):
            raise ValueError(f"{self.point}: what is found must be told, and only that")
        if (self.finds is None) != (not self.wrong):
            raise ValueError(f"{self.point}: a check that finds something is proved by statements that miss the point")
        if self.finds is None and self.data:
            raise ValueError(f"{self.point}: data without a query over it")
        return self


class Sql(QuestionBase):
    """A task that is answered by a statement: run against `datasets` and compared with `reference`."""

    kind: Literal["sql"] = "sql"
    ddl: str = Field(description="The statements that make the tables.")
    datasets: tuple[str, ...] = Field(description="Each a script of INSERTs.")
    reference: str = Field(description="A statement whose rows are right.")
    dialect: Literal["standard", "mysql", "postgresql", "sqlite"] = "standard"
    ordered: bool = False
    order_key: tuple[int, ...] = Field(
        default=(),
        description="The columns, from 1, that an ordered result is sorted by; rows equal in them may stand either "
        "way. None: all columns.",
    )
    planned: str | None = Field(
        default=None, description="The query whose plan is looked at afterwards, where the task is about indexes."
    )
    checks: tuple[Check, ...] = Field(default=(), description="At most one a point.")

    @model_validator(mode="after")
    def _checks_belong_here(self) -> Self:
        checked = [check.point for check in self.checks]
        strangers = set(checked) - {point.id for point in self.points}
        if strangers:
            raise ValueError(f"checks of unknown points: {', '.join(sorted(strangers))}")
        if len(set(checked)) != len(checked):
            raise ValueError("a point has two checks")
        return self

    def check(self, point_id: str) -> Check | None:
        return next((check for check in self.checks if check.point == point_id), None)


Question = Annotated[
    Concept | Comparison | Scenario | Design | Debugging | Behavioural | Experience | Opinion | Motivation | Sql,
    Field(discriminator="kind"),
]
QUESTION: TypeAdapter[Question] = TypeAdapter(Question)

PERSONAL_KINDS: frozenset[Kind] = frozenset({"behavioural", "experience", "opinion", "motivation"})


def follow_ups(question: Question) -> tuple[FollowUp, ...]:
    """The question's deeper questions; kinds without any have none."""
    return question.follow_ups if isinstance(question, Scenario | Design | Debugging) else ()


def facts(question: Question) -> tuple[Fact, ...]:
    """What may be told about the question; kinds without any have none."""
    return question.facts if isinstance(question, Scenario | Design | Debugging) else ()
