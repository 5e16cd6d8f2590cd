"""A desk without chance, model or network: a grader that reads its verdicts in the answer, a shelf of questions."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import count
from typing import Literal
from uuid import uuid4

from interviewer.engine import Desk, Interview, start
from interviewer.events import Answered, Controlled, Event
from interviewer.grading.port import EVERY_KIND, GradingTask
from interviewer.models import Control, GraderInfo, Marking, Mode, Plan, Setup, Ungraded, VerdictName
from interviewer.phrasing import BankPhraser
from interviewer.store import EventStore, MemoryStore
from knowledge.models import Kind, Question
from tests.factories import INFO, NOW, core, grade, misconception, point, question

FAILURE = "FAIL"
"""An answer with this word cannot be marked until a retry was offered."""

QUESTIONS: tuple[Question, ...] = (
    question(
        "q",
        (core("alpha", question="q"), core("beta", 2, question="q"), point("gamma", question="q")),
        misconceptions=[misconception("delusion", ["alpha"], question="q")],
    ),
    question(
        "r",
        (core("alpha", question="r"), point("beta", question="r")),
        kind="design",
        facts=[("traffic", "There are 50 writes a second.")],
    ),
    question("s"),
    question("t"),
)


SLUGS = tuple(question.id for question in QUESTIONS)
EVERYTHING = (
    "alpha beta gamma one two three and so on, with the reasons and the limits, at some length, as asked for here."
)


class ReadingGrader:
    """Each point named in the answer is covered, after 'half' partial; 'no idea' is dont_know, 'weather' off topic."""

    def __init__(self, on_grade: Callable[[], None] = lambda: None) -> None:
        self.on_grade = on_grade
        self.tasks: list[GradingTask] = []

    @property
    def info(self) -> GraderInfo:
        return INFO

    @property
    def kinds(self) -> frozenset[Kind]:
        return EVERY_KIND

    def grade(self, task: GradingTask) -> Marking:
        self.on_grade()
        self.tasks.append(task)
        given = task.answers[-1]
        if FAILURE in given.text and not any("could not mark" in said for said in task.said):
            return Ungraded(reason="unavailable", detail="the line is down")
        words = given.text.split()
        shown: dict[str, VerdictName] = {
            word: "partial" if place and words[place - 1] == "half" else "covered" for place, word in enumerate(words)
        }
        believed = [m.id.rpartition("/")[2] for m in task.question.misconceptions if m.id.rpartition("/")[2] in words]
        intent = "dont_know" if "no idea" in given.text else "off_topic" if "weather" in words else "answer"
        return grade(
            task.points,
            shown,
            intent=intent,
            asserted=believed,
            misconceptions=task.question.misconceptions,
            given=given,
        )


class Shelf:
    """The questions there are, by slug."""

    def __init__(self, questions: Iterable[Question] = QUESTIONS) -> None:
        self.questions = {question.id: question for question in questions}

    def get(self, slug: str) -> Question | None:
        return self.questions.get(slug)


def desk(
    store: EventStore | None = None,
    grader: ReadingGrader | None = None,
    questions: Iterable[Question] = QUESTIONS,
    seconds: int = 1,
) -> Desk:
    """Ids are random as they will be; the clock gains `seconds` at each look."""
    ticks = count()
    return Desk(
        store=store if store is not None else MemoryStore(),
        grader=grader or ReadingGrader(),
        phraser=BankPhraser(),
        library=Shelf(questions),
        clock=lambda: NOW + timedelta(seconds=seconds * next(ticks)),
        new_id=lambda: uuid4().hex,
    )


def begin(
    at: Desk | None = None, *, mode: Mode = "practice", length: int = 2, plan: Sequence[str] = SLUGS
) -> Interview:
    setup = Setup(mode=mode, length=length)
    return start(at or desk(), setup, Plan(question_ids=tuple(plan)), bank_revision="b")


Reply = tuple[Literal["answer"], str] | tuple[Control, None]
REPLIES: dict[int, Reply] = {
    1: ("answer", "half alpha"),
    2: ("answer", f"{FAILURE} delusion alpha"),
    3: ("retry", None),
    4: ("skip", None),
    5: ("answer", "the weather is fine"),
    6: ("clarify", None),
    7: ("answer", "half alpha of course, and beta is there as well, with a good many words around both of them"),
    8: ("answer", "no idea"),
    9: ("hint", None),
    10: ("hint", None),
}
"""What the candidate does at each turn; at every other one it answers everything."""


def play(interview: Interview, before_sending: Callable[[str, str], object] = lambda text, submission_id: None) -> None:
    """The rest of an interview, from wherever it stands."""
    while interview.state.awaiting == "answer":
        turn = 1 + sum(isinstance(event, Answered | Controlled) for event in interview.events)
        match REPLIES.get(turn, ("answer", EVERYTHING)):
            case "answer", str(text):
                before_sending(text, f"s{turn}")
                interview.answer(text, f"s{turn}")
            case "answer", None:
                raise AssertionError("an answer has words")
            case control, _:
                interview.control(control)


def without_times_and_ids(events: Sequence[Event]) -> list[dict[str, object]]:
    """What two tellings of one interview must share."""
    changing = {"at", "interview_id", "run_id", "answer_id", "id"}

    def kept(value: object) -> object:
        match value:
            case dict():
                own = "submission_id" in value
                return {k: kept(v) for k, v in value.items() if k not in changing or (k == "id" and not own)}
            case list():
                return [kept(one) for one in value]
            case _:
                return value

    return [kept(event.model_dump(mode="json")) for event in events]  # pyright: ignore[reportReturnType]
