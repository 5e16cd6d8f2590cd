"""From settings to working parts: the only place that names concrete back ends. Heavy ones are built when asked for."""

import secrets
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from interviewer.drafting import ModelDrafter
from interviewer.engine import Desk, Interview, Questions, start
from interviewer.events import Answered, Asked, Event
from interviewer.grading.covering import CoveringGrader
from interviewer.grading.cross_check import CrossCheckedGrader
from interviewer.grading.fallback import FallbackGrader
from interviewer.grading.joint import open_shipped
from interviewer.grading.llm import ModelGrader
from interviewer.grading.local import LocalGrader, read_vocabulary
from interviewer.grading.port import Grader
from interviewer.grading.routing import RoutingGrader
from interviewer.grading.second_opinion import SecondOpinionGrader
from interviewer.grading.sql import SqlGrader
from interviewer.llm.litellm import LiteLLM
from interviewer.llm.port import LLM
from interviewer.llm.reply_cache import FileReplyCache, ReplyCache
from interviewer.logs import logger
from interviewer.models import Setup
from interviewer.phrasing import BankPhraser, Phraser
from interviewer.phrasing_model import ModelPhraser
from interviewer.planning import plan
from interviewer.settings import Settings, SettingsError
from interviewer.sql_store import SqlStore
from interviewer.state import State, fold
from interviewer.store import EventStore, Owner, StoreError, UnreadableLog
from knowledge.bank import Bank, read_notes
from knowledge.bank_snapshot import recall_bank
from knowledge.catalogue import Catalogue
from knowledge.drafts import Drafts
from knowledge.embedding import TOKENIZER, OnnxEmbedder
from knowledge.generations import published
from knowledge.index import Generation, Index, open_index
from knowledge.index_models import IndexBusy, Progress, silent
from knowledge.ingest_report import IngestReport
from knowledge.library import Library
from knowledge.linter import Finding, lint
from knowledge.model_files import prepare_model
from knowledge.ports import Embedder
from knowledge.torch_models import SentenceTransformerEmbedder

EARLIER_INTERVIEWS = 20
"""So many of the latest are looked at, so that a new interview asks what they did not."""
ANOTHER_SEED = 1
"""That a second opinion is asked with; the first is asked with 0."""
WORDING_TIMEOUT = 15.0
"""Seconds to wait for a model's words: the bank's are at hand, and a person is waiting."""

_log = logger("wiring")


def fresh_id() -> str:
    """128 random bits, hexadecimal."""
    return secrets.token_hex(16)


def fresh_seed() -> int:
    return secrets.randbelow(2**31)


def utc_now() -> datetime:
    return datetime.now(UTC)


# ── Knowledge ────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def open_bank() -> Bank:
    """The shipped bank, read once a process. Raises BankError."""
    return recall_bank()


def open_catalogue(settings: Settings) -> Catalogue:
    """Raises CatalogueError."""
    return Catalogue(settings.catalogue_url, settings.workspace_id, settings.candidate_id)


def open_library(settings: Settings) -> Library:
    """The bank and what was ingested, as they stand now."""
    with open_catalogue(settings) as catalogue:
        return Library(open_bank(), catalogue)


@contextmanager
def open_drafts(settings: Settings) -> Generator[Drafts]:
    """What was drafted from documents, to be looked through and decided about."""
    with open_catalogue(settings) as catalogue:
        yield Drafts(open_bank(), catalogue)


def open_embedder(settings: Settings) -> Embedder:
    """The shipped model, or a person's own. Raises EmbeddingError."""
    if settings.embedding_model:
        return SentenceTransformerEmbedder(settings.embedding_model)
    return OnnxEmbedder(prepare_model())


def open_search(settings: Settings) -> Index:
    """Raises IndexProblem."""
    return open_index(settings.index_folder, open_embedder(settings))


def has_index(settings: Settings) -> bool:
    """Whether there is one to search, of whatever age."""
    return published(settings.index_folder) is not None


def rebuild_index(settings: Settings, progress: Progress = silent) -> Generation:
    """A new generation if anything changed since the last one. Raises IndexProblem."""
    # The readers of documents load for a tenth of a second: no chat waits for them.
    from knowledge.ingest import reindex

    with open_catalogue(settings) as catalogue:
        return reindex(catalogue, open_bank(), open_embedder(settings), settings.index_folder, progress)


def refresh_index(settings: Settings) -> None:
    """After a decision about a draft, or the deletion of a document, where there is an index. One that is being built
    meanwhile is left alone: the catalogue holds what stands, and the next one is built from it."""
    if has_index(settings):
        with suppress(IndexBusy):
            rebuild_index(settings)


def ingest_documents(
    settings: Settings, paths: Iterable[Path], progress: Progress = silent, dry_run: bool = False
) -> IngestReport:
    """With a model, what nobody answers is drafted by it. Raises CatalogueError, and IndexProblem."""
    from knowledge.ingest import ingest

    llm = open_llm(settings)
    drafter = ModelDrafter(llm) if llm else None
    with open_catalogue(settings) as catalogue:
        embedder = open_embedder(settings)
        return ingest(paths, catalogue, open_bank(), embedder, settings.index_folder, progress, dry_run, drafter)


def delete_document(settings: Settings, document_id: str) -> None:
    """For good: the document, all that came from it alone, and what a search finds of it. Raises CatalogueError."""
    with open_catalogue(settings) as catalogue:
        catalogue.delete(document_id)
    refresh_index(settings)


def check_bank(settings: Settings, progress: Progress = silent) -> tuple[Finding, ...]:
    """What the linter finds in the shipped bank, its model answers marked on this machine whatever model there is."""
    embedder = open_embedder(settings)
    grader = CoveringGrader(open_grader(settings, "local", embedder))
    return lint(open_bank().questions, embedder, grader, progress=progress)


# ── The interview ────────────────────────────────────────────────────────────────────────────────────────────


def open_store(settings: Settings) -> EventStore:
    """This candidate's interviews in this workspace, whoever else's the database holds. Raises StoreUnavailable."""
    return SqlStore(settings.interviews_url, Owner(settings.workspace_id, settings.candidate_id))


def open_llm(settings: Settings, timeout: float | None = None) -> LLM | None:
    return LiteLLM(settings.model, timeout=timeout or settings.model_timeout) if settings.model else None


def describe_llm(settings: Settings) -> str | None:
    """What a model would be called with, and the other one that is sent answers too; no call is made. Raises
    LLMUnavailable."""
    if settings.model is None:
        return None
    first, other = LiteLLM(settings.model).look(), second_model(settings)
    return f"{first}; second opinions from {LiteLLM(other).look()}" if other else first


def second_model(settings: Settings) -> str | None:
    """Another model that is sent answers, for a second opinion. None: the first gives that too, or nobody does."""
    other = settings.second_opinion
    return other if settings.model and other not in ("seed", settings.model) else None


def open_local_grader(embedder: Embedder) -> LocalGrader:
    """The reader shares the shipped embedding model's tokenizer, whatever a person embeds with."""
    vocabulary = read_vocabulary(open_bank().questions, read_notes())
    return LocalGrader(embedder, vocabulary, open_shipped(prepare_model() / TOKENIZER))


def open_grader(settings: Settings, name: str | None = None, embedder: Embedder | None = None) -> Grader:
    """'local', 'llm', or None: the model where there is one, with the local grader to stand in for it.

    Whichever it is, tasks in SQL are run, and it judges only what is said about them.
    """
    llm = _named_llm(settings) if name == "llm" else open_llm(settings)
    local = open_local_grader(embedder or open_embedder(settings))
    if llm is None or name == "local":
        chosen = local
    else:
        chosen = FallbackGrader(CrossCheckedGrader(_model_grader(settings, llm), local), local)
    return RoutingGrader(SqlGrader(chosen), chosen)


def open_model_grader(settings: Settings) -> Grader:
    """The model without the local grader: where it fails, the answer stays ungraded. Tasks in SQL are run all the same.

    Raises SettingsError."""
    grader = _model_grader(settings, _named_llm(settings))
    return RoutingGrader(SqlGrader(grader), grader)


def _named_llm(settings: Settings) -> LLM:
    llm = open_llm(settings)
    if llm is None:
        raise SettingsError("there is no model to mark with: set INTERVIEWER_MODEL, openai/gpt-5-mini say")
    return llm


def _model_grader(settings: Settings, llm: LLM) -> Grader:
    """With the second opinion that the settings ask for."""
    cache = open_reply_cache(settings) if settings.reply_cache else None
    first = ModelGrader(llm, cache)
    if settings.second_opinion is None:
        return first
    model = second_model(settings) or settings.model
    assert model, "there is a first opinion"
    second = LiteLLM(model, timeout=settings.model_timeout, seed=ANOTHER_SEED)
    return SecondOpinionGrader(first, ModelGrader(second, cache))


def open_reply_cache(settings: Settings) -> ReplyCache:
    return FileReplyCache(settings.replies_file)


def delete_interview(settings: Settings, store: EventStore, interview_id: str) -> None:
    """For good: its events, and what a model replied about its answers. Raises UnknownInterview, and CacheError."""
    cache = open_reply_cache(settings)
    try:
        events = store.read(interview_id)
    except UnreadableLog:
        cache.forget_everything()  # nobody can say any more which of it is this interview's
    else:
        cache.forget([event.answer.id for event in events if isinstance(event, Answered)])
    store.delete(interview_id)


def open_phraser(settings: Settings) -> Phraser:
    llm = open_llm(settings, min(WORDING_TIMEOUT, settings.model_timeout))
    return ModelPhraser(llm, BankPhraser()) if llm else BankPhraser()


def open_desk(
    settings: Settings,
    *,
    store: EventStore | None = None,
    library: Questions | None = None,
    embedder: Embedder | None = None,
    grader: str | None = None,
) -> Desk:
    """All that an interviewer has at hand. What a caller already holds open is taken, the rest is opened."""
    return Desk(
        store=store or open_store(settings),
        grader=open_grader(settings, grader, embedder),
        phraser=open_phraser(settings),
        library=library or open_library(settings),
        clock=utc_now,
        new_id=fresh_id,
    )


def begin_interview(settings: Settings, desk: Desk, library: Library, setup: Setup) -> Interview:
    """A new interview over what can be asked now, its first question asked. Raises NothingToAsk."""
    return start(
        desk,
        setup,
        plan(library.all(), setup, asked_before(desk.store), desk.grader.kinds),
        bank_revision=library.revision,
        candidate_id=settings.candidate_id,
        workspace_id=settings.workspace_id,
    )


def asked_before(store: EventStore) -> Sequence[str]:
    """The ids of questions that the latest interviews asked, oldest first."""
    logs = (_readable_log(store, summary.id) for summary in store.interviews()[:EARLIER_INTERVIEWS])
    asked = [event for log in logs for event in log if isinstance(event, Asked)]
    return [event.question.id for event in sorted(asked, key=lambda event: event.at)]


def read_interviews(store: EventStore) -> Iterable[State]:
    """Each interview as it stands, those changed last first. One that is damaged is passed over."""
    logs = (_readable_log(store, summary.id) for summary in store.interviews())
    return (fold(log) for log in logs if log)


def _readable_log(store: EventStore, interview_id: str) -> tuple[Event, ...]:
    """An interview that is damaged, or was deleted a moment ago, is no reason against a new one."""
    try:
        return store.read(interview_id)
    except StoreError as error:
        _log.warning("passed over", interview_id=interview_id, error=type(error).__name__)
        return ()
