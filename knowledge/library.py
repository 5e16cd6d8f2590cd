"""Every question that can be asked: the bank's, and beside them what documents ask. Reads the catalogue once."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from knowledge.bank import Bank
from knowledge.catalogue import Catalogue, Drafted
from knowledge.models import Question, RubricPoint, Slug, Source


class Library:
    """The bank and the catalogue as they stood when this was made. Questions of the bank come first.

    A draft that no answer may be marked against yet is offered without its points: it can be asked, and the answer
    is kept unmarked. The points themselves stay in the catalogue.
    """

    def __init__(self, bank: Bank, catalogue: Catalogue) -> None:
        self._aliases = catalogue.aliases()
        self._banked = {question.id: question for question in bank.questions}
        self._groups = group_drafts(catalogue.drafted(), self._aliases, self._banked)
        self._ingested = {slug: unite(group) for slug, group in self._groups.items() if slug not in self._banked}
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


def unite(group: Sequence[Drafted]) -> Question:
    """The first draft's question, with the first rubric that may be marked against, and every document as a source.

    A list of bare questions read before the document that answers them does not leave them unanswered.
    """
    own = group[0].question
    marked = next((draft.question for draft in group if draft.checkable), None)
    answered = marked or next((draft.question for draft in group if draft.question.model_answer), own)
    points = tuple(_moved(point, own.id) for point in marked.points) if marked else ()
    return own.model_copy(
        update={"points": points, "model_answer": answered.model_answer, "sources": _sources(group)},
    )


def _moved(point: RubricPoint, slug: Slug) -> RubricPoint:
    return point.model_copy(update={"id": f"{slug}/{point.id.rpartition('/')[2]}"})


def _sources(group: Iterable[Drafted]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for draft in group for source in draft.question.sources))


def _revision(bank: Bank, ingested: Iterable[Question], aliases: Mapping[Slug, Slug]) -> str:
    parts = [bank.revision, *(f"{question.id} {question.revision}" for question in ingested)]
    parts += [f"{alias} {slug}" for alias, slug in sorted(aliases.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
