"""The whole line from files to an index: read, extract, draft, check, merge, keep, index. It reports what it did."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import NamedTuple

from knowledge.bank import Bank, read_notes
from knowledge.catalogue import Catalogue
from knowledge.documents import DocumentError, read_document, walk
from knowledge.extraction import Extraction, extract
from knowledge.generations import writing
from knowledge.index import Generation, build_index, open_index, published_vectors
from knowledge.index_models import Entry, Progress, Where, passage_entry, question_entry, silent
from knowledge.ingest_report import Gist, IngestReport, Telling, gist, sum_up
from knowledge.library import Library, Rubrics, group_drafts
from knowledge.linter import lint_points
from knowledge.merging import Merge, decide_merges, wordings
from knowledge.models import PERSONAL_KINDS, Document, Question, Slug
from knowledge.notes import note_passages
from knowledge.ports import Drafter, DrafterUnavailable, Embedder
from knowledge.probes import PLAIN_PROBES
from knowledge.readings import Drafted, Reading, Written
from knowledge.rubrics import can_be_checked, checkable, draft_questions, mend, rubric_from_quotes
from knowledge.topics import Topics, read_topics
from knowledge.vectors import RememberedVectors

PASSAGES = 6
"""So many of the nearest to a question are given to the drafter."""


def ingest(
    paths: Iterable[Path],
    catalogue: Catalogue,
    bank: Bank,
    embedder: Embedder,
    index_folder: Path,
    progress: Progress = silent,
    dry_run: bool = False,
    drafter: Drafter | None = None,
) -> IngestReport:
    """Reads the files and folders, keeps what they hold, and builds the index anew; `dry_run` only reports.

    A file that cannot be read is a line of the report; the others are read all the same. Each file is kept in one
    transaction. With a drafter, questions that nobody answers get a rubric from what is found on them; not in a dry
    run. Raises IndexBusy before anything is kept while another process writes, CatalogueError, and IndexProblem once
    all is kept.
    """
    with nullcontext() if dry_run else writing(index_folder):
        notes = note_entries()
        vectors = RememberedVectors(embedder)
        with published_vectors(index_folder, embedder) as published:
            known = (*_question_entries(catalogue, bank), *notes)
            rows = published(known)
            vectors.remember({entry.searched: rows[entry.id] for entry in known if entry.id in rows})
        gists, readings = _read(paths, catalogue, bank, notes, vectors, progress)
        standing = _standing(catalogue, readings)
        merges = _merge(bank, standing, vectors)
        groups = _Groups(standing, {merge.alias: merge.slug for merge in merges}, _banked(bank))
        said: list[str] = []
        if not dry_run:
            _keep(catalogue, readings, merges, progress)
            build_index(index_folder, index_entries(catalogue, bank, notes), vectors, progress)
            if drafter:
                said += _write_rubrics(groups.of(gists), catalogue, index_folder, vectors, drafter, progress)
    telling = Telling(*groups, Rubrics(catalogue.decisions(), catalogue.written()))
    return sum_up(map(telling.file, gists), said)


def reindex(
    catalogue: Catalogue, bank: Bank, embedder: Embedder, index_folder: Path, progress: Progress = silent
) -> Generation:
    """The index of the bank, the notes and the catalogue as they are now. Raises IndexProblem."""
    return build_index(index_folder, index_entries(catalogue, bank, note_entries()), embedder, progress)


def index_entries(catalogue: Catalogue, bank: Bank, notes: Iterable[Entry]) -> Iterator[Entry]:
    """Everything that can be found by a search."""
    yield from _question_entries(catalogue, bank)
    yield from notes
    yield from map(passage_entry, catalogue.passages())


def _question_entries(catalogue: Catalogue, bank: Bank) -> Iterator[Entry]:
    library = Library(bank, catalogue)
    return (question_entry(question, library.document_of(question.id)) for question in library.all())


def note_entries() -> tuple[Entry, ...]:
    """The passages of the study notes. A note is named for its topic."""
    notes = ((Path(note.name).stem, note_passages(note)) for note in read_notes())
    return tuple(passage_entry(passage, topic) for topic, passages in notes for passage in passages)


# ── Reading and drafting ─────────────────────────────────────────────────────────────────────────────────────


def _read(
    paths: Iterable[Path],
    catalogue: Catalogue,
    bank: Bank,
    notes: Sequence[Entry],
    vectors: RememberedVectors,
    progress: Progress,
) -> tuple[list[Gist], deque[Reading]]:
    """What is told of each file, and of those that could be read what is kept."""
    files = list(_read_files(list(walk(paths)), progress))
    topics = read_topics(bank, _by_topic(notes))
    vectors.learn(_compared(files, topics, catalogue, bank), lambda done, total: progress("embedding", done, total))
    readings = [_reading(file, topics, vectors) for file in files]
    gists = [
        gist(str(file.path), reading) if reading else Gist(str(file.path), file.error)
        for file, reading in zip(files, readings, strict=True)
    ]
    return gists, deque(reading for reading in readings if reading)


class _File(NamedTuple):
    """A file as far as it could be read, with a draft of each question found."""

    path: Path
    error: str | None
    document: Document | None = None
    extraction: Extraction | None = None
    drafts: tuple[Question, ...] = ()


def _read_files(paths: Sequence[Path], progress: Progress) -> Iterator[_File]:
    for done, path in enumerate(paths, start=1):
        yield _read_file(path)
        progress("reading", done, len(paths))


def _read_file(path: Path) -> _File:
    try:
        document = read_document(path)
    except DocumentError as error:
        return _File(path, error.reason)
    extraction = extract(document)
    drafts = draft_questions(extraction.questions, document)
    return _File(path, None, document, extraction, drafts)


def _reading(file: _File, topics: Topics, embedder: Embedder) -> Reading | None:
    """What the catalogue keeps of a file: its drafts put under a topic, mended and checked."""
    if file.document is None or file.extraction is None:
        return None
    drafted = [
        _check(
            Drafted(
                document_id=file.document.id,
                line=found.line,
                section=found.section,
                question=draft.model_copy(update={"topic": topics.nearest(draft, found.section, embedder)}),
                checkable=False,
            ),
            embedder,
        )
        for found, draft in zip(file.extraction.questions, file.drafts, strict=True)
    ]
    return Reading(
        path=str(file.path.resolve()),
        document=file.document,
        passages=file.extraction.passages,
        drafted=tuple(drafted),
        refused=file.extraction.refused,
    )


def _check(drafted: Drafted, embedder: Embedder) -> Drafted:
    question, checked = _mend_and_check(drafted.question, embedder)
    return drafted.model_copy(update={"question": question, "checkable": checked})


def _mend_and_check(draft: Question, embedder: Embedder) -> tuple[Question, bool]:
    if not can_be_checked(draft):
        return draft, False
    findings = lint_points(draft, embedder)
    question = mend(draft, findings)
    if question != draft:
        findings = lint_points(question, embedder)
    return question, checkable(question, findings)


def _compared(files: Iterable[_File], topics: Topics, catalogue: Catalogue, bank: Bank) -> Iterator[str]:
    """Every text that is compared with others, so that all are embedded in one pass. Passages are only searched: their
    vectors are made as the index is built, and need not be held until then."""
    yield from PLAIN_PROBES
    yield from (text for texts in topics.texts.values() for text in texts)
    yield from (wording.text for wording in wordings(bank.questions))
    yield from (drafted.question.text for drafted in catalogue.drafted())
    for file in files:
        if file.extraction:
            yield from (found.section for found in file.extraction.questions if found.section)
        for draft in file.drafts:
            yield draft.text
            if can_be_checked(draft):
                yield from (text for point in draft.points for text in (point.text, point.probe))


def _by_topic(notes: Iterable[Entry]) -> dict[Slug, list[str]]:
    texts: dict[Slug, list[str]] = {}
    for entry in notes:
        if entry.topic:
            texts.setdefault(entry.topic, []).append(entry.searched)
    return texts


# ── Keeping ──────────────────────────────────────────────────────────────────────────────────────────────────


def _standing(catalogue: Catalogue, readings: Iterable[Reading]) -> list[Drafted]:
    """Every draft that stands once `readings` are kept, in the catalogue's order: what merging looks at."""
    fresh = {reading.document.id: reading.drafted for reading in readings}
    newest = {reading.path: reading.document.id for reading in readings}
    kept: dict[str, list[Drafted]] = {}
    for drafted in catalogue.drafted():
        kept.setdefault(drafted.document_id, []).append(drafted)
    order: dict[str, None] = {}
    for document in catalogue.documents():
        replaced = document.id not in fresh and newest.keys() >= set(document.paths)
        order[newest[document.paths[-1]] if replaced else document.id] = None
    order |= dict.fromkeys(fresh)
    return [drafted for document_id in order for drafted in fresh.get(document_id, kept.get(document_id, ()))]


def _merge(bank: Bank, standing: Sequence[Drafted], embedder: Embedder) -> tuple[Merge, ...]:
    found = [drafted.question for drafted in standing]
    texts = [wording.text for wording in (*wordings(bank.questions), *wordings(found))]
    return decide_merges(bank.questions, found, embedder.encode(texts))


def _keep(catalogue: Catalogue, readings: deque[Reading], merges: Iterable[Merge], progress: Progress) -> None:
    """Each reading is let go of once it is kept: the index is built from the catalogue, and needs the memory."""
    total = len(readings)
    while readings:
        catalogue.store(readings.popleft())
        progress("keeping", total - len(readings), total)
    catalogue.settle(merges)


# ── Rubrics for what nobody answers ──────────────────────────────────────────────────────────────────────────


class _Groups(NamedTuple):
    """Every draft that stands, with what tells which of them ask the same."""

    standing: Sequence[Drafted]
    aliases: Mapping[Slug, Slug]
    banked: Mapping[Slug, object]

    def of(self, gists: Iterable[Gist]) -> Iterator[Sequence[Drafted]]:
        """The drafts of each question that these files ask and the bank does not."""
        asked = {drafted.question.id for gist in gists for drafted in gist.drafted}
        for slug, group in group_drafts(self.standing, self.aliases, self.banked).items():
            if slug not in self.banked and any(drafted.question.id in asked for drafted in group):
                yield group


def _banked(bank: Bank) -> dict[Slug, Question]:
    return {question.id: question for question in bank.questions}


def _write_rubrics(
    groups: Iterable[Sequence[Drafted]],
    catalogue: Catalogue,
    index_folder: Path,
    embedder: Embedder,
    drafter: Drafter,
    progress: Progress,
) -> Iterator[str]:
    """Keeps a rubric for each question without an answer for which the drafter finds one in the passages on it.

    What keeps it from going on is yielded, to be told."""
    rubrics = Rubrics(catalogue.decisions(), catalogue.written())
    open_questions = [group[0].question for group in groups if _is_open(group, rubrics)]
    if not open_questions:
        return
    with closing(open_index(index_folder, embedder)) as index:
        for done, question in enumerate(open_questions, start=1):
            hits = index.search(question.text, PASSAGES, Where(kind="passage"))
            try:
                claims = drafter.draft(question.text, [hit.text for hit in hits]) if hits else ()
            except DrafterUnavailable as error:
                yield f"{len(open_questions) - done + 1} questions without an answer got no draft rubric: {error}"
                return
            draft = rubric_from_quotes(question, hits, claims)
            if draft.points:
                mended, checked = _mend_and_check(draft, embedder)
                catalogue.write(Written(question=mended, checkable=checked))
            progress("drafting", done, len(open_questions))


def _is_open(group: Sequence[Drafted], rubrics: Rubrics) -> bool:
    """Whether nobody answers, nobody decided, and an answer could be found in a document at all."""
    answered = any(drafted.question.model_answer for drafted in group)
    personal = group[0].question.kind in PERSONAL_KINDS
    return not answered and not personal and not rubrics.decision(group) and not rubrics.marked_by(group)
