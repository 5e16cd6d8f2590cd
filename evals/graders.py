"""The graders and baselines that can mark cases, opened by name; the local one as the app opens it."""

from functools import partial

from evals.datasets import Case
from evals.grading import Mark, by_cosine, by_crediting_everything, by_grader, by_majority, by_verdicts
from evals.metrics import Prediction
from interviewer.grading.features import read_claim
from interviewer.grading.local import read_vocabulary
from interviewer.grading.port import Grader
from interviewer.grading.terms import Vocabulary, content
from interviewer.settings import read_settings
from interviewer.wiring import open_grader, open_model_grader
from knowledge.bank import read_bank, read_notes
from knowledge.embedding import OnnxEmbedder
from knowledge.model_files import prepare_model

GRADERS = ("local", "llm", "cosine", "lexical", "majority", "everything")
# The best threshold for shared terms alone on the dev cases, by F1 of credited: the baseline at its most flattering.
LEXICAL_FROM = 0.3


def open_mark(name: str) -> Mark:
    """One of GRADERS. Raises SettingsError when a model is asked for and none is set."""
    match name:
        case "majority":
            return by_majority
        case "everything":
            return by_crediting_everything
        case "cosine":
            return by_cosine(_shipped_embedder())
        case "lexical":
            return by_lexical(read_vocabulary(read_bank().questions, read_notes()))
        case "llm":
            # A case is asked once, and is no answer of this person's whose replies could be deleted with it.
            return by_grader(open_model_grader(read_settings().model_copy(update={"reply_cache": False})))
        case _:
            return by_grader(open_local())


def open_local() -> Grader:
    """What marks in the app where there is no model: the trained grader, and a sandbox for SQL. As it ships, whatever
    this person embeds with."""
    return open_grader(read_settings(), "local", _shipped_embedder())


def _shipped_embedder() -> OnnxEmbedder:
    return OnnxEmbedder(prepare_model())


def by_lexical(vocabulary: Vocabulary) -> Mark:
    """A point is covered if enough of its terms, by weight, stand anywhere in the answer."""
    return partial(_marked_by_terms, vocabulary)


def _marked_by_terms(vocabulary: Vocabulary, case: Case) -> Prediction:
    said = content(case.answer)
    shares = [_share(said, read_claim(point.text, case.question).news, vocabulary) for point in case.points]
    return by_verdicts(case, ["covered" if share >= LEXICAL_FROM else "missing" for share in shares])


def _share(said: frozenset[str], news: frozenset[str], vocabulary: Vocabulary) -> float:
    return vocabulary.total(news & said) / (vocabulary.total(news) or 1.0)
