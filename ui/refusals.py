"""What may stand in the way of a command. Naming it all loads every room, so who can go without does."""

from interviewer.disputes import DisputeRefused
from interviewer.engine import NothingToAsk
from interviewer.llm.errors import LLMError
from interviewer.llm.reply_cache import CacheError
from interviewer.regrading import RegradeRefused
from interviewer.settings import SettingsError
from interviewer.store import StoreError
from knowledge.bank import BankError
from knowledge.catalogue import CatalogueError
from knowledge.drafts import DraftError
from knowledge.embedding import EmbeddingError
from knowledge.index_models import IndexProblem

REFUSALS = (
    SettingsError,
    NothingToAsk,
    DisputeRefused,
    RegradeRefused,
    StoreError,
    CacheError,
    LLMError,
    BankError,
    CatalogueError,
    DraftError,
    EmbeddingError,
    IndexProblem,
)
"""Each message names the thing and the remedy."""
