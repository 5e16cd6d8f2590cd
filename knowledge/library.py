"""Every question that can be asked: the bank's, and beside them what documents ask. Reads the catalogue once."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.bank import Bank
from knowledge.catalogue import Catalogue
from knowledge.models import PartSlug, Question, Slug, Source
from knowledge.readings import Decision, Drafted, Written


class Library:
    """The bank and the catalogue as they stood when this was made. Questions of the bank come first. Drafts that a
    person rejected are not in it, and those that a person accepted are reviewed questions.

    A draft that no answer may be marked against yet is offered without its points: it can be asked, and the answer
    is kept unmarked. The points themselves stay in the catalogue.
    """

    def __init__(self, bank: Bank, catalogue: Catalogue) -> None:
        self._aliases = catalogue.aliases()
        self._banked = {question.id: question for question in bank.questions}
        self._groups = group_drafts(catalogue.drafted(), self._aliases, self._banked)
        rubrics = Rubrics(catalogue.decisions(), catalogue.written())
        self._ingested = {
            slug: unite(group, rubrics)
            for slug, group in self._groups.items()
            if slug not in self._banked and not rubrics.rejected(group)
        }
        self.revision = _revision(bank, self._ingested.values(), self._aliases)

    def all(self) -> tuple[Question, ...]:
        """Each question once."""
        return (*self._banked.values(), *self._ingested.values())

    def get(self, slug: Slug) -> Question | None:
        """By its own slug, or by that of a question merged into it. None where nothing goes by it."""
        known = resolve(slug, self._aliases, self._banked | self._ingested)
        return self._banked.get(known) or self._ingested.get(known) if known else None

    def document_of(self, slug: Slug) -> str | None:
        """The id of the first document that asks this question; None for the bank's own."""
        return None if slug in self._banked or slug not in self._groups else self._groups[slug][0].document_id

    def asked_in(self, slug: Slug) -> tuple[Source, ...]:
        """The places in documents that ask this question, in their own words or in others."""
        known = resolve(slug, self._aliases, self._banked | self._ingested)
        return _sources(self._groups.get(known or slug, ()))


def resolve(slug: Slug, aliases: Mapping[Slug, Slug], known: Mapping[Slug, object]) -> Slug | None:
    """The slug that a question goes by: its own once what it was merged into is gone."""
    target = aliases.get(slug, slug)
    return target if target in known else slug if slug in known else None


def group_drafts(
    drafted: Iterable[Drafted], aliases: Mapping[Slug, Slug], banked: Mapping[Slug, object]
) -> dict[Slug, list[Drafted]]:
    """The drafts that ask the same, by the slug they go by. The one of that slug comes first, where there is one."""
    drafts = list(drafted)
    known = dict.fromkeys(draft.question.id for draft in drafts) | dict.fromkeys(banked)
    groups: dict[Slug, list[Drafted]] = {}
    for draft in drafts:
        slug = resolve(draft.question.id, aliases, known) or draft.question.id
        groups.setdefault(slug, []).append(draft)
    return {slug: sorted(group, key=lambda draft: draft.question.id != slug) for slug, group in groups.items()}


@dataclass(frozen=True)
class Rubrics:
    """What documents do not say themselves: a person's decisions, and what a model drafted, by slug."""

    decisions: Mapping[Slug, Decision] = field(default_factory=dict[Slug, Decision])
    written: Mapping[Slug, Written] = field(default_factory=dict[Slug, Written])

    def decision(self, group: Sequence[Drafted]) -> Decision | None:
        """What was decided about the question that these drafts ask, whichever of them stood for it then."""
        return next((self.decisions[slug] for slug in _slugs(group) if slug in self.decisions), None)

    def rejected(self, group: Sequence[Drafted]) -> bool:
        decision = self.decision(group)
        return decision is not None and decision.verdict == "rejected"

    def marked_by(self, group: Sequence[Drafted]) -> Question | None:
        """The question whose points answers are marked by: what a person saw, then what a document answers, then
        what a model drafted. None where nothing may be marked against."""
        decision = self.decision(group)
        if decision and decision.question:
            return decision.question
        answered = (draft.question for draft in group if draft.checkable)
        drafted = (self.written[slug] for slug in _slugs(group) if slug in self.written)
        return next(answered, None) or next((each.question for each in drafted if each.checkable), None)


NO_RUBRICS = Rubrics()


def unite(group: Sequence[Drafted], rubrics: Rubrics = NO_RUBRICS) -> Question:
    """The first draft's question, with the first rubric that may be marked against, and every document as a source.

    A list of bare questions read before the document that answers them does not leave them unanswered. What a person
    accepted or edited stands as that person saw it.
    """
    own, decision, marked = group[0].question, rubrics.decision(group), rubrics.marked_by(group)
    answer = next((draft.question.model_answer for draft in group if draft.question.model_answer), None)
    parts = {"points": (), "groups": (), "misconceptions": (), "model_answer": answer, "sources": _sources(group)}
    if marked:
        parts |= rename_parts(marked, own.id) | {"model_answer": marked.model_answer or answer}
    if decision and decision.question:
        parts |= {name: getattr(decision.question, name) for name in ("topic", "level")}
        parts["status"] = "reviewed" if decision.verdict == "accepted" else "draft"
    return own.model_copy(update=parts)


def rename_parts(question: Question, slug: Slug) -> dict[str, object]:
    """The question's points, groups and misconceptions, as parts of the question of that slug."""

    def renamed(part: PartSlug) -> PartSlug:
        return f"{slug}/{part.rpartition('/')[2]}"

    return {
        "points": tuple(point.model_copy(update={"id": renamed(point.id)}) for point in question.points),
        "groups": tuple(
            group.model_copy(update={"points": tuple(map(renamed, group.points))}) for group in question.groups
        ),
        "misconceptions": tuple(
            belief.model_copy(update={"id": renamed(belief.id), "contradicts": tuple(map(renamed, belief.contradicts))})
            for belief in question.misconceptions
        ),
    }


def _slugs(group: Sequence[Drafted]) -> Iterator[Slug]:
    return (draft.question.id for draft in group)


def _sources(group: Iterable[Drafted]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for draft in group for source in draft.question.sources))


def _revision(bank: Bank, ingested: Iterable[Question], aliases: Mapping[Slug, Slug]) -> str:
    parts = [bank.revision, *(f"{question.id} {question.revision}" for question in ingested)]
    parts += [f"{alias} {slug}" for alias, slug in sorted(aliases.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
