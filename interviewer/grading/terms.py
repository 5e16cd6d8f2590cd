"""Words of a text as comparable terms: stems, stop words, synonyms and how much each term tells. Pure."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from pydantic import Field

from interviewer.grading.lookalikes import INVISIBLE, plain, seen
from knowledge.models import Value

# What draws nothing parts no word.
_LETTERS = rf"[^\W\d_][^\W\d_{INVISIBLE}]*(?:[{INVISIBLE}]+[^\W\d_]+)*"
_TOKEN = re.compile(rf"[A-Za-z]\+\+|[A-Za-z]#|\d+(?:[.,]\d+)*|{_LETTERS}(?:['’]{_LETTERS})*\d*")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FUNCTION_WORDS = word_set(
    """
    a an the this that these those it its it's that's there here he she they them their we us our you your i me my
    and or but nor so if then than because since while when whenever where as although though unless until whether
    of to in on at by for with from into onto over under between through during before after about against out up off
    is are was were be been being am has have had having do does did doing can could will would shall should may might
    must not no never isn't aren't don't doesn't didn't can't cannot won't wouldn't shouldn't couldn't
    which who whom whose what how why such also just only even very too more most less least much many some any each
    every all both either neither other another same own still yet already ever always often usually
    i'm i'd i've i'll you're you'd you'll we're we'd we'll they're there's let's one ones
    """
)
# Words with no bearing on a technical claim: they neither earn nor cost anything.
FILLERS = word_set(
    """
    thing things stuff way ways kind sort lot bit basically actually really maybe perhaps probably like well okay ok
    true false myth
    wrong untrue right correct unnecessary useless pointless
    yes yeah sure think guess believe say said know mean means example instance make makes made use uses
    used using want need needs needed let lets go goes going come etc something anything everything someone
    simply fine cool alright thanks thank hello hi sorry please important good better
    best great nice case cases part parts point points various different new able
    """
)

# Words that only a telling sentence has: auxiliaries, pronouns, and verbs that are hardly ever names of things.
_NAMING_WORDS = """
    a an the and or of in on at by for with from to vs via per nor into onto over under between through during before
    after about against out up off such also just only even very too more most less least much many some any each every
    all both either neither other another same own still yet already ever always often usually one ones than
"""
_VERBS = """
    allow apply arrive ask assume avoid become begin behave belong break bring build call catch cause choose close come
    compare compute confirm consume contain convert create decide define delay depend detect do drop enable ends
    ensure escape execute expect expire explain expose fail fetch fill find finish fix follow force forget gain give
    give go grow guarantee handle happen help hide hold hurt improve include increase insert keep know lead learn leave
    let like lose make mean measure move need open pass pay pick prevent protect prove provide put raise reach receive
    reduce refuse reject rely remain remember remove repeat replace reply require respond return reuse rise say
    scan see seem send separate serve share show skip slow solve speed split spread start stay stop stores store suffer
    survive take tell throw treat trust try turn understand update validate verify wait want work write wrote kept lost
    sent ran held gave took bind binds hits hit holds sits lives matters gets goes grows needs means adds
"""
_CLAUSE_WORDS = FUNCTION_WORDS - frozenset(_NAMING_WORDS.split())
_PREDICATES = _CLAUSE_WORDS | frozenset(form for verb in _VERBS.split() for form in (verb, verb + "s", verb + "es"))

_IRREGULAR = {
    "sent": "send", "kept": "keep", "lost": "lose", "ran": "run", "written": "write", "wrote": "write", "read": "read",
    "held": "hold", "built": "build", "broken": "break", "broke": "break", "chosen": "choose", "chose": "choose",
    "found": "find", "grew": "grow", "grown": "grow", "known": "know", "left": "leave", "seen": "see", "saw": "see",
    "shown": "show", "stolen": "steal", "took": "take", "taken": "take", "thrown": "throw", "told": "tell",
    "thought": "think", "went": "go", "won": "win", "bound": "bind", "hidden": "hide", "fell": "fall", "fallen": "fall",
    "indices": "index", "indexes": "index",
    "data": "data", "bytes": "byte", "less": "less", "process": "process",
    "access": "access", "address": "address", "status": "status", "https": "https", "dns": "dns", "tls": "tls",
    "redis": "redis", "kubernetes": "kubernetes", "aws": "aws", "always": "always", "bus": "bus", "class": "class",
}  # fmt: skip

# One meaning, one term. Written with stems; each line's first is the term the others become.
_SYNONYMS = """
    parameter placeholder parametrise parametrize
    request call
    repeat again twice retry resend duplicate
    fail crash outage
    database db rdbms
    table relation
    user client customer consumer caller browser
    fast quick speed rapid quickly faster
    slow sluggish slower
    store save persist keep
    delete remove drop
    change modify update alter edit
    insert add
    server backend host machine node
    lock latch mutex
    message event
    increase raise grow
    decrease reduce lower shrink
    respond response reply answer return
    result outcome effect
    password passphrase
    hash digest
    check verify validate
    permission privilege
    attack attacker hacker intruder malicious
    error exception
    replica replicate
    split partition shard
    wait block
    identifier id
    concurrent parallel simultaneous simultaneously
    undo rollback revert
    limit cap maximum ceiling
    bind bound
    expire expiry ttl
    order sequence
    colleague coworker teammate
    cost price expensive
"""


class Term(NamedTuple):
    """A word of a text and what it is compared as; `start` and `end` are code points."""

    start: int
    end: int
    word: str
    stem: str


class Vocabulary(Value):
    """How many of `documents` texts hold each stem: what a term's weight is computed from."""

    documents: int = Field(ge=0)
    counts: Mapping[str, int]

    def weight(self, stem: str) -> float:
        """The stem's inverse document frequency, smoothed, between 1 and 1 + log(documents + 1)."""
        return 1.0 + math.log((self.documents + 1) / (self.counts.get(stem, 0) + 1))

    def total(self, stems: Collection[str]) -> float:
        return sum(self.weight(stem) for stem in stems)


def build_vocabulary(texts: Iterable[str]) -> Vocabulary:
    """Counts over the bank's and the notes' texts, each one document."""
    counts: Counter[str] = Counter()
    documents = 0
    for text in texts:
        counts.update(content(text))
        documents += 1
    return Vocabulary(documents=documents, counts=dict(counts))


@lru_cache(maxsize=1024)
def terms(text: str) -> tuple[Term, ...]:
    """Every word of `text` in order, function words too."""
    return tuple(
        Term(match.start(), match.end(), word.lower().replace("’", "'"), stem(word))
        for match in _TOKEN.finditer(plain(text))
        for word in (seen(match.group()),)
    )


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """The stems that carry the text's meaning."""
    return frozenset(term.stem for term in terms(text) if is_content(term.word))


def is_content(word: str) -> bool:
    return word not in FUNCTION_WORDS and word not in FILLERS and (len(word) > 1 or word.isdigit() or word in "cr")


def is_naming(text: str) -> bool:
    """Whether the words only name things: no verb, no pronoun, no denial."""
    return not any(term.word in _PREDICATES for term in terms(text))


def is_phrase(text: str) -> bool:
    """Whether the words make no clause, though a verb may be among them."""
    return not any(term.word in _CLAUSE_WORDS for term in terms(text))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A light stem: plurals, -ing, -ed, -ly and the like go, and synonyms become one term."""
    plain = word.lower().replace("’", "'").removesuffix("'s")
    root = _root(plain)
    return _CANONICAL.get(root, root)


_SUFFIXES = (
    ("isations", ""), ("izations", ""), ("isation", ""), ("ization", ""), ("ationally", ""), ("ibility", ""),
    ("ability", ""), ("ations", ""), ("ation", ""), ("ating", ""), ("ates", ""),
    ("ated", ""), ("ate", ""), ("ments", ""), ("ment", ""), ("nesses", ""), ("ness", ""),
    ("ities", ""), ("ity", ""), ("ising", ""), ("izing", ""), ("ised", ""), ("ized", ""), ("ises", ""), ("izes", ""),
    ("ise", ""), ("ize", ""), ("ingly", ""), ("edly", ""), ("ings", ""), ("ing", ""), ("ency", ""), ("ence", ""),
    ("ent", ""), ("ies", "y"), ("ied", "y"), ("ions", ""), ("ion", ""), ("ively", ""), ("ive", ""), ("ably", ""),
    ("able", ""), ("ible", ""), ("ally", ""), ("ly", ""), ("al", ""), ("ers", ""), ("er", ""), ("ed", ""), ("es", ""),
    ("s", ""), ("e", ""),
)  # fmt: skip
_SHORTEST_ROOT = 4


def _root(word: str) -> str:
    """Endings go twice: parameterised, parameter, paramet."""
    base = _IRREGULAR.get(word, word)
    return base if base == word and word in _IRREGULAR else _strip(_strip(base))


def _strip(word: str) -> str:
    if word.endswith("ss") or not word.isalpha():
        return word
    for suffix, replacement in _SUFFIXES:
        root = word.removesuffix(suffix)
        shortest = 3 if suffix in ("s", "es", "e", "ed", "ing", "ies", "ied") else _SHORTEST_ROOT
        if root != word and len(root) >= shortest:
            return _undouble(root) + replacement
    return word


def _undouble(root: str) -> str:
    return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "aeiouls" else root


def _canonical() -> dict[str, str]:
    lines = [line.split() for line in _SYNONYMS.strip().splitlines()]
    roots = [[_root(word) for word in line] for line in lines]
    return {root: line[0] for line in roots for root in line}


_CANONICAL = _canonical()
