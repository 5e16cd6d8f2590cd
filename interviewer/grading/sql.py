"""Marks answers to tasks in SQL by running them; what no run can show, another grader judges by its words."""

from typing import assert_never

from interviewer.grading.port import Grader, GradingTask
from interviewer.grading.sql_checks import BrokenCheck
from interviewer.grading.sql_dialects import versions
from interviewer.grading.sql_judging import Judged, Judgement, judge
from interviewer.grading.sql_reading import Script, read_script
from interviewer.grading.sql_running import SandboxError
from interviewer.models import Answer, Belief, Evidence, Grade, GraderInfo, Marking, Ungraded, Verdict
from knowledge.models import Concept, Kind, RubricPoint, Sql

NAME = "sql"
VERSION = "1.0"
EXPLAINS = 12
"""Fewer words beside a statement are no explanation: what they leave out was not asked for."""
SURELY_WRONG = 0.8
MORE_LIKELY_THAN_NOT = 0.5
_NOT_ASSERTED = 0.95


class SqlGrader:
    """`words` judges prose: explanations beside a statement, and replies that hold none."""

    def __init__(self, words: Grader) -> None:
        self._words = words

    @property
    def info(self) -> GraderInfo:
        return GraderInfo(name=NAME, version=VERSION, model=_ran_by(self._words.info))

    def _info(self, spoken: Grade | None) -> GraderInfo:
        """With who judged the words, which may be another than would usually, and with what it was asked."""
        if spoken is None:
            return self.info
        words = spoken.grader
        told = {"model": _ran_by(words), "prompt_hash": words.prompt_hash, "seed": words.seed, "note": words.note}
        return self.info.model_copy(update=told)

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset({"sql"})

    def grade(self, task: GradingTask) -> Marking:
        question = task.question
        if not task.points:
            return Ungraded(reason="no_rubric", detail="This question has no points to mark against.")
        if not isinstance(question, Sql) or not question.checks:
            return Ungraded(reason="needs_model", detail="This task has nothing to check a statement by.")
        answer = task.answers[-1]
        script = read_script(answer.text, question.dialect)
        if not script.statements:
            return self._without_statement(task, question)
        try:
            judgement = judge(question, answer.text, script)
        except (SandboxError, BrokenCheck) as error:
            return Ungraded(reason="unavailable", detail=f"The statement could not be run here: {error}.")
        return self._together(task, question, script, judgement)

    def _without_statement(self, task: GradingTask, question: Sql) -> Marking:
        """Words alone, marked by whoever judges them. What a statement must show is shown only in part, unless there
        was one before."""
        marking = self._words.grade(in_words(task, question, task.answers[-1].text))
        if isinstance(marking, Ungraded):
            return marking
        ran = any(read_script(earlier.text, question.dialect).statements for earlier in task.answers[:-1])
        verdicts = tuple(v if ran else _half(v, question) for v in marking.verdicts)
        said = marking.intent == "answer" and not ran
        note = "There is no statement in this answer, so nothing was run." if said else None
        return marking.model_copy(update={"verdicts": verdicts, "note": note})

    def _together(self, task: GradingTask, question: Sql, script: Script, judgement: Judgement) -> Marking:
        answer = task.answers[-1]
        spoken = self._spoken(task, question, script, judgement)
        by_words = {verdict.point_id: verdict for verdict in spoken.verdicts} if spoken else {}
        explained = len(script.prose.split()) >= EXPLAINS
        verdicts = tuple(
            _verdict(
                point, question, answer, judgement.points.get(point.id), by_words.get(point.id), explained=explained
            )
            for point in task.points
        )
        if all(verdict.verdict == "unmarked" for verdict in verdicts):
            return Ungraded(reason="needs_model", detail=judgement.note)
        return Grade(
            intent="answer",
            verdicts=verdicts,
            beliefs=spoken.beliefs if spoken else _no_beliefs(question),
            grader=self._info(spoken),
            note=judgement.note,
        )

    def _spoken(self, task: GradingTask, question: Sql, script: Script, judgement: Judgement) -> Grade | None:
        if not any(letter.isalpha() for letter in script.prose):
            return None
        marking = self._words.grade(in_words(task, question, script.prose, what_was_found(task, judgement)))
        return marking if isinstance(marking, Grade) else None


def _ran_by(words: GraderInfo) -> str:
    named = f" ({words.model})" if words.model else ""
    return f"{versions()}; words by {words.name} {words.version}{named}"


def what_was_found(task: GradingTask, judgement: Judgement) -> str:
    """How the statement ran, and what that shows about each point that a run can show."""
    texts = {point.id: point.text for point in task.points}
    points = [
        f"- {texts[id]} {judged.verdict}{f': {judged.note}' if judged.note else ''}"
        for id, judged in judgement.points.items()
        if id in texts
    ]
    return "\n".join([judgement.note, *points])


def in_words(task: GradingTask, question: Sql, prose: str, found: str | None = None) -> GradingTask:
    """The same task as one that is answered in words. `prose` is as long as the answer: places in the two agree."""
    shared = {name: getattr(question, name) for name in Concept.model_fields if name != "kind"}
    answer = task.answers[-1].model_copy(update={"text": prose})
    changes = {
        "question": Concept(**shared),
        "answers": (*task.answers[:-1], answer),
        "tables": question.ddl.strip(),
        "found": found,
    }
    return task.model_copy(update=changes)


def _verdict(
    point: RubricPoint, question: Sql, answer: Answer, judged: Judged | None, spoken: Verdict | None, *, explained: bool
) -> Verdict:
    """Running decides; words where it does not; and nothing where there are none."""
    if judged is not None:
        return _from_run(point, answer, judged)
    if spoken is None or _is_doubtful(spoken, explained=explained):
        return Verdict(point_id=point.id, verdict="unmarked", confidence=0.0)
    return _half(spoken, question)


def _is_doubtful(spoken: Verdict, *, explained: bool) -> bool:
    """Beside a statement, a few words are seldom about a point, and seldom against it."""
    match spoken.verdict:
        case "missing":
            return not explained
        case "contradicted":
            return spoken.confidence < SURELY_WRONG
        case "covered" | "partial" | "unmarked":
            return not explained and spoken.confidence < MORE_LIKELY_THAN_NOT
        case _:
            assert_never(spoken.verdict)


def _from_run(point: RubricPoint, answer: Answer, judged: Judged) -> Verdict:
    match judged.verdict:
        case "covered" | "partial":
            assert judged.span, "what is shown is shown somewhere"
            evidence = Evidence(answer_id=answer.id, start=judged.span.start, end=judged.span.end)
        case "missing":
            evidence = None
        case _:
            assert_never(judged.verdict)
    return Verdict(
        point_id=point.id, verdict=judged.verdict, evidence=evidence, confidence=judged.confidence, note=judged.note
    )


def _half(spoken: Verdict, question: Sql) -> Verdict:
    """To say what a statement should do is half of writing it."""
    check = question.check(spoken.point_id)
    can_run = check is not None and check.finds is not None
    return spoken.model_copy(update={"verdict": "partial"}) if can_run and spoken.verdict == "covered" else spoken


def _no_beliefs(question: Sql) -> tuple[Belief, ...]:
    return tuple(
        Belief(misconception_id=belief.id, asserted=False, confidence=_NOT_ASSERTED)
        for belief in question.misconceptions
    )
