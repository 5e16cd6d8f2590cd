"""The whole line from files to an index: read, extract, draft, check, merge, keep, index. It reports what it did."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from knowledge.bank import Bank, read_notes
from knowledge.catalogue import Catalogue, Drafted, Reading
from knowledge.documents import DocumentError, read_document, walk
from knowledge.extraction import Extraction, extract
from knowledge.index import Generation, build_index, published_vectors
from knowledge.index_models import Entry, Progress, passage_entry, question_entry
from knowledge.ingest_report import FileReport, IngestReport, Telling, sum_up
from knowledge.library import Library, Rubrics
from knowledge.linter import lint_points
from knowledge.merging import Merge, decide_merges, wordings
from knowledge.models import Document, Question, Slug
from knowledge.ports import Embedder
from knowledge.probes import PLAIN_PROBES
from knowledge.rubrics import can_be_checked, checkable, draft_question, mend
from knowledge.topics import Topics, read_topics
from knowledge.vectors import RememberedVectors


def silent(stage: str, done: int, total: int) -> None:
    """The progress of those who do not want to see any."""


def ingest(
    paths: Iterable[Path],
    catalogue: Catalogue,
    bank: Bank,
    embedder: Embedder,
    index_folder: Path,
    progress: Progress = silent,
    dry_run: bool = False,
) -> IngestReport:
    """Reads the files and folders, keeps what they hold, and builds the index anew; `dry_run` only reports.

    A file that cannot be read is a line of the report; the others are read all the same. Each file is kept in one
    transaction. Raises CatalogueError, and IndexProblem once all is kept.
    """
    files = list(_read_files(list(walk(paths)), progress))
    notes = note_entries()
    entries = index_entries(catalogue, bank, notes)
    vectors = RememberedVectors(embedder)
    with published_vectors(index_folder, embedder) as published:
        rows = published(list(entries))
        vectors.remember({entry.searched: rows[entry.id] for entry in entries if entry.id in rows})
    topics = read_topics(bank, _by_topic(notes))
    vectors.learn(
        _texts(files, topics, entries, catalogue, bank), lambda done, total: progress("embedding", done, total)
    )
    readings = [_reading(file, topics, vectors) for file in files]
    standing = _standing(catalogue, [reading for reading in readings if reading])
    merges = _merge(bank, standing, vectors)
    if not dry_run:
        _keep(catalogue, [reading for reading in readings if reading], merges, progress)
        build_index(index_folder, index_entries(catalogue, bank, notes), vectors, progress)
    aliases = {merge.alias: merge.slug for merge in merges}
    rubrics = Rubrics(catalogue.decisions(), catalogue.written())
    telling = Telling(standing, aliases, {question.id: question for question in bank.questions}, rubrics)
    return sum_up(
        telling.file(str(file.path), reading) if reading else FileReport(path=str(file.path), error=file.error)
        for file, reading in zip(files, readings, strict=True)
    )


def reindex(
    catalogue: Catalogue, bank: Bank, embedder: Embedder, index_folder: Path, progress: Progress = silent
) -> Generation:
    """The index of the bank, the notes and the catalogue as they are now. Raises IndexProblem."""
    return build_index(index_folder, index_entries(catalogue, bank, note_entries()), embedder, progress)


def index_entries(catalogue: Catalogue, bank: Bank, notes: Iterable[Entry]) -> tuple[Entry, ...]:
    """Everything that can be found by a search, each once."""
    library = Library(bank, catalogue)
    entries = [question_entry(question, library.document_of(question.id)) for question in library.all()]
    entries += [*notes, *(passage_entry(passage) for passage in catalogue.passages())]
    return tuple({entry.id: entry for entry in entries}.values())


def note_entries() -> tuple[Entry, ...]:
    """The passages of the study notes. A note is named for its topic."""
    notes = ((Path(note.name).stem, extract(note).passages) for note in read_notes())
    return tuple(passage_entry(passage, topic) for topic, passages in notes for passage in passages)


# ── Reading and drafting ─────────────────────────────────────────────────────────────────────────────────────


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
    drafts = tuple(draft_question(found, document) for found in extraction.questions)
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
    if not can_be_checked(drafted.question):
        return drafted
    question = mend(drafted.question, lint_points(_bare(drafted.question), embedder))
    checked = checkable(question, lint_points(_bare(question), embedder))
    return drafted.model_copy(update={"question": question, "checkable": checked})


def _bare(question: Question) -> Question:
    """Without its answer: no rule for drafts looks at it, and its sentences would be embedded for nothing."""
    return question.model_copy(update={"model_answer": None})


def _texts(
    files: Iterable[_File], topics: Topics, entries: Iterable[Entry], catalogue: Catalogue, bank: Bank
) -> Iterator[str]:
    """Every text that the run will look at, so that all are embedded in one pass."""
    yield from PLAIN_PROBES
    yield from (text for texts in topics.texts.values() for text in texts)
    yield from (entry.searched for entry in entries)
    yield from (wording.text for wording in wordings(bank.questions))
    yield from (drafted.question.text for drafted in catalogue.drafted())
    for file in files:
        if file.extraction:
            yield from (passage_entry(passage).searched for passage in file.extraction.passages)
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


def _standing(catalogue: Catalogue, readings: Sequence[Reading]) -> list[Drafted]:
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


def _keep(catalogue: Catalogue, readings: Sequence[Reading], merges: Iterable[Merge], progress: Progress) -> None:
    for done, reading in enumerate(readings, start=1):
        catalogue.store(reading)
        progress("keeping", done, len(readings))
    catalogue.settle(merges)
