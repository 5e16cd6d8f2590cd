"""Drafts as a person looks through them: listed, accepted, rejected, edited. What was decided is in the catalogue."""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from knowledge.bank import Bank
from knowledge.catalogue import Catalogue
from knowledge.draft_edits import apply_edit
from knowledge.library import Rubrics, group_drafts, rename_parts, resolve, unite
from knowledge.linter import Finding, lint_points
from knowledge.models import Question, Slug, Source, Value
from knowledge.ports import Embedder
from knowledge.readings import Decision, Drafted

State = Literal["pending", "accepted", "edited", "rejected"]
STATES: tuple[State, ...] = ("pending", "accepted", "edited", "rejected")


class DraftError(Exception):
    """The draft cannot be decided about so: the message says why, and what to do."""


class Draft(Value):
    """A question that documents ask and the bank does not, with what was decided about it."""

    state: State
    checkable: bool = Field(description="Whether answers are marked against its points now, if it is asked.")
    question: Question = Field(description="With all points drafted, also where nothing is marked against them yet.")
    asked_in: tuple[Source, ...] = Field(description="Every place that asks it, in its own words or in others.")


class Drafts:
    """All drafts as they stood when this was made."""

    def __init__(self, bank: Bank, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._banked = {question.id: question for question in bank.questions}
        self._aliases = catalogue.aliases()
        self._rubrics = Rubrics(catalogue.decisions(), catalogue.written())
        groups = group_drafts(catalogue.drafted(), self._aliases, self._banked)
        self._drafts = {slug: self._draft(group) for slug, group in groups.items() if slug not in self._banked}

    def all(self) -> tuple[Draft, ...]:
        """Document by document, as they ask."""
        return tuple(self._drafts.values())

    def get(self, slug: Slug) -> Draft:
        """By its own slug, or by that of a question merged into it. Raises DraftError."""
        known = resolve(slug, self._aliases, self._banked | self._drafts)
        if known in self._banked:
            raise DraftError(f"'{slug}' is marked by the bank's rubric '{known}': there is nothing to decide")
        if known is None:
            raise DraftError(f"no draft '{slug}': `interviewer drafts list` lists them")
        return self._drafts[known]

    def accept(self, slug: Slug, embedder: Embedder) -> Draft:
        """A reviewed question from now on. Raises DraftError where it has no points, for no answer to it would ever be
        marked, or where the linter would not let them pass."""
        question = self.get(slug).question
        _check_has_points(question)
        _check(question, lint_points(question, embedder), "accepted")
        return self._decide(Decision(slug=question.id, verdict="accepted", question=_reviewed(question)))

    def reject(self, slug: Slug) -> Draft:
        """Not asked any more, in these words or in others."""
        return self._decide(Decision(slug=self.get(slug).question.id, verdict="rejected", question=None))

    def edit(self, slug: Slug, text: str, embedder: Embedder) -> Draft:
        """The draft with what `text` gives anew, in the bank's short format; one accepted before stays accepted.

        Raises DraftError with all that is wrong with it, and nothing is kept then.
        """
        draft = self.get(slug)
        question = apply_edit(draft.question, text)
        if isinstance(question, tuple):
            raise DraftError(_listed("the edit cannot be kept", question))
        _check(question, lint_points(question, embedder), "kept")
        verdict = "accepted" if draft.state == "accepted" else "edited"
        if verdict == "accepted":
            _check_has_points(question)
        return self._decide(Decision(slug=question.id, verdict=verdict, question=question))

    def _decide(self, decision: Decision) -> Draft:
        self._catalogue.decide(decision)
        before = self._drafts[decision.slug]
        question = decision.question or before.question.model_copy(update={"status": "draft"})
        marked = decision.question is not None and bool(question.points)
        after = before.model_copy(update={"state": decision.verdict, "question": question, "checkable": marked})
        self._drafts[decision.slug] = after
        return after

    def _draft(self, group: Sequence[Drafted]) -> Draft:
        decision = self._rubrics.decision(group)
        question = unite(group, self._rubrics)
        checkable = bool(question.points)
        if not checkable and (drafted := self._uncheckable(group)):
            question = question.model_copy(update=rename_parts(drafted, question.id))
        state = decision.verdict if decision else "pending"
        rejected = state == "rejected"
        return Draft(state=state, checkable=checkable and not rejected, question=question, asked_in=question.sources)

    def _uncheckable(self, group: Sequence[Drafted]) -> Question | None:
        """Points that nothing is marked against: a person may mend them."""
        own = [each.question for each in group]
        written = [self._rubrics.written[each.id].question for each in own if each.id in self._rubrics.written]
        drafted = [*own, *written]
        return next((question for question in drafted if question.points), None)


def _reviewed(question: Question) -> Question:
    return question.model_copy(update={"status": "reviewed"})


def _check_has_points(question: Question) -> None:
    if not question.points:
        remedy = f"give it some with `interviewer drafts edit {question.id} --file FILE`"
        raise DraftError(f"an accepted question needs points to mark answers by, '{question.id}' has none: {remedy}")


def _check(question: Question, findings: Iterable[Finding], done: str) -> None:
    faults = [f"{finding.point_id or finding.question_id}: {finding.rule}: {finding.message}" for finding in findings]
    if faults:
        remedy = f"mend them with `interviewer drafts edit {question.id} --file FILE`"
        raise DraftError(_listed(f"the points cannot be {done} as they are, {remedy}", faults))


def _listed(what: str, problems: Sequence[object]) -> str:
    return "\n".join([f"{what}:", *(f"  {problem}" for problem in problems)])
