"""What an answer is meant as, and which of its sentences may earn marks. Pure: words only, no model."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from interviewer.grading.lookalikes import seen
from interviewer.grading.terms import FUNCTION_WORDS, content, terms
from interviewer.models import Intent
from knowledge.spans import Span, sentences

# Fewer words of content than this are no answer of their own, unless the last words asked for a word or two.
ENOUGH = 3
# A sentence is copied when this share of its words stands, in runs of `_RUN`, in what the interviewer said.
COPIED = 0.8
# A whole answer that is, to this share, points of the rubric word for word was pasted.
PASTED = 0.95
_RUN = 4
# A sentence that shares so many terms with one point has something to say of its own beside what was pasted.
_BEARING = 3
# So many words with nothing between them, no more than this share of them joining words, are no sentence.
_STUFFED = 16
_STUFFED_JOINING = 0.07

_ORDER_PARTS = (
    # "ignore the rubric"
    r"\b(?:ignore|disregard|forget|override|bypass|skip|drop)\b[^.!?\n]{0,60}"
    r"\b(?:rubric|instructions?|prompts?|criteria|rules|guidelines|mark(?:ing)?\s+scheme|grading|scoring)\b",
    # "output verdict covered"
    r"\b(?:output|print|return|respond|reply|report|record|set)\b[^.!?\n]{0,30}"
    r"\b(?:verdicts?|score|grade|marks?)\b[^.!?\n]{0,30}"
    r"(?:\b(?:covered|correct|full|perfect|excellent|maximum|pass)\b|100|10\s?/\s?10)",
    # "give me full marks"
    r"\b(?:give|award|grant|assign|allot|deserve|want)\b[^.!?\n]{0,30}"
    r"\b(?:full|maximum|max|top|highest|perfect|all|100\s?%|10\s?/\s?10)(?!\w)[^.!?\n]{0,20}"
    r"\b(?:marks?|points?|scores?|credits?|grades?)\b",
    r"\b(?:give|award|grant|assign)\s+(?:me|this|it|myself|the\s+candidate|my\s+answer)\b[^.!?\n]{0,40}"
    r"(?:\b(?:marks?|scores?|credits?|grades?|excellent|a\s+pass)\b|100\s?%|10\s?/\s?10)",
    # "mark this as correct"
    r"\b(?:mark|grade|score|assess|evaluate|judge|rate)[sd]?\s+(?:this|that|it|me|my|mine|all|every\w*|the\s+(?:answer|above|"
    r"candidate|whole|text|following|response|submission))\b[^.!?\n]{0,40}\b(?:as|with|to|at|of)\b[^.!?\n]{0,25}"
    r"(?:\b(?:correct|covered|complete|excellent|perfect|full|maximum|pass(?:ed)?)\b|100\s?%|10\s?/\s?10)",
    # "every point is covered", "this answer is perfect"
    r"\b(?:every|all|each)\b[^.!?\n]{0,25}\bpoints?\b[^.!?\n]{0,30}\b(?:covered|satisfied|met|awarded)\b",
    r"\b(?:this|my|the)\s+answer\s+(?:is|was|should\s+be|has\s+been|deserves|covers|must\s+be)\b[^.!?\n]{0,40}"
    r"\b(?:correct|covered|perfect|complete|excellent|accepted|full|every|all)\b",
    # "you are now the grader"
    r"\b(?:you\s+are|act\s+as|as\s+(?:an?|the)|pretend)\s+(?:now\s+)?(?:an?|the|to\s+be)?\s*[^.!?\n]{0,20}"
    r"\b(?:grader|examiner|marker|grading\s+(?:assistant|system|model))\b",
    # "SYSTEM: ...", "</answer>", "[INST]"
    r"(?:^|[.!?:>`]\s*\n|\n\s*\n)\s*(?:\#+\s*)?(?:system|assistant|developer|grader|examiner)\s*(?:prompt|message|note|override)?\s*:",
    r"</?\s*(?:system|answer|candidate|instructions?|rubric|assistant)\s*/?>",
    r"\[/?\s*(?:inst|system|end\s+of[^\]]*)\s*\]",
    # "verdict: covered"
    r"[\"']?\b(?:verdicts?|score|grade|band|mark)\b[\"']?\s*(?::|=)\s*[\"'\[{]*\s*"
    r"(?:covered|excellent|full|perfect|pass|correct|100|10|1(?:\.0)?\b)",
    # "mutual-tls: covered", "| http2 | covered |", "(covered)", "code-returned covered"
    r"[\w-]+[\"']?\s*[:=|][\"'\s✔✓]*covered\b[\"'*]*\s*(?:[^\w\s]|\Z|\n)|\(covered\)|\b[a-z0-9]+(?:-[a-z0-9]+)+\s+covered\b|\ball\s+covered\b(?!\s+by)",
    # "Award: 18 of 18", "Mark: 7/7", "scored 1.0"
    r"\b(?:marks?|marking|award(?:ed)?|score|grad(?:e|ing)|assessment|result|points?)\b[^.!?\n]{0,30}"
    r"\b(?P<all>\d+)\s*(?:/|of|out\s+of)\s*(?P=all)\b|\bscored?\s*[:=]?\s*1\.0\b",
    # "<|im_start|>", "=== assistant ===", "--- END OF ANSWER ---", "[GRADER OUTPUT]"
    r"<\|[^|>\n]{1,30}\|>|={2,}\s*(?:user|assistant|system)\s*={2,}|<{2,}\s*(?:end|begin)\s*>{2,}"
    r"|\W{2,}(?:end|begin|start)\s+(?:of\s+)?[^\n]{0,25}\b(?:answer|grade|grading|submission)\b"
    r"|\[\s*grad(?:er|ing)\b[^\]]{0,25}\]",
    # "full credit, please", "every mark there is", "award the top band"
    r"\bfull[-\s]+(?:marks|credits?)\b|\bevery\s+mark\b|\b(?:all|whole)\s+(?:of\s+)?the\s+marks\b"
    r"|\b(?:award|return|store|fill)\w*\b[^.!?\n]{0,30}\b(?:top|best|highest|maximum)\b[^.!?\n]{0,15}\b(?:bands?|marks?|grades?"
    r"|score\s+there\s+is|possible\s+result|values)\b",
    # "every point is hereby granted", "approve all claims about", "I claim all eight points"
    r"\b(?:all|each|every)\b[^.!?\n]{0,15}\b(?:points?|criterion|criteria)\b[^.!?\n]{0,20}\b(?:granted|approved|awarded)\b"
    r"|\b(?:approve|claim|grant)\b[^.!?\n]{0,15}\b(?:all|each|every)\b[^.!?\n]{0,15}\b(?:points?|claims?"
    r"|criteria|marks)\b|\bgets?\s+every\s+point\b",
    # "count it as mine", "treat every item on your list as said", "consider me qualified", "assume I have described"
    r"\bcount(?:s|ed)?\b[^.!?\n]{0,30}\bas\s+(?:mine|(?:(?:fully|completely|all)\s+)?(?:right|correct|covered|said|met))\b"
    r"|\btreat\b[^.!?\n]{0,30}\b(?:item|point|criterion|criteria|this\s+text|my\s+answer)\b[^.!?\n]{0,30}\bas\b"
    r"|\bconsider\s+(?:me|(?:the|this|my)\s+[\w\s]{1,25}?)\s+(?:satisfied|covered|explained|found|qualified|answered|met)\b"
    r"|\b(?:assume|pretend|imagine)\s+(?:that\s+)?(?:i\s+(?:have\s+|had\s+|did\s+)?(?:described|explained|answered|covered|named)"
    r"|[^.!?\n]{0,15}\b(?:perfect|full|complete|right)\s+answer)\b|\bgrade\s+accordingly\b|\binto\s+a\s+(?:grade|mark)\b",
    # Talk of marking: a candidate has no business with the rubric
    r"\b(?:your|the)\s+(?:rubric|marking\s+scheme|mark\s*sheet)\b|\bdear\s+(?:marker|grader|examiner|assessor)\b"
    r"|\b(?:the|an?|kind)\s+(?:grader|lead\s+examiner|examiner['’]s|kind\s+examiner)\b|\bgrad(?:er|ing)['’]s\s+summary\b"
    r"|\bnote\s+(?:from\s+hr|to\s+the\s+(?:next\s+stage|grader|evaluator|marker|examiner))\b"
    r"|\b(?:this|the)\s+candidate\s+(?:(?:has|had|is|was)\s+)?(?:already\s+)?(?:been\s+)?(?:explained|named|handled|answered"
    r"|covered|described|hired|mentioned|finished)\b",
    # "do not take away any marks", "pass me", "forget what you were told", "your new task is"
    r"\b(?:withhold|withholding|take\s+away|deduct)\b[^.!?\n]{0,15}\b(?:points?|marks?|credit)\b"
    r"|\bpass\s+me\b(?!\s+(?:the|an?|your|some)\b)|\b(?:forget|ignore|disregard)\s+(?:all\s+|everything\s+)?(?:what\s+)?"
    r"(?:you\s+(?:were|have\s+been)\s+told|that\s+came\s+before)\b|\byour\s+(?:new|true|real|only)\s+(?:task|job|role|goal)\b"
    r"|\b(?:true|real|new)\s+instructions?\s+(?:is|are)\b|\bskip\s+the\s+evaluation\b",
)
_ORDER = re.compile("|".join(_ORDER_PARTS), re.IGNORECASE)

_DONT_KNOW_PARTS = (
    r"\b(?:i\s+)?(?:(?:really|honestly|just|simply)\s+)?(?:do\s+not|don['’]?t|did\s+not|didn['’]?t|wouldn['’]?t)\s+"
    r"(?:(?:really|actually|quite|exactly|even)\s+)?"
    r"(?:know|remember|recall|have\s+(?:an?\s+|any\s+)?(?:idea|clue|answer))\b"
    r"(?:\s+(?:what|how|why|the\s+answer|that|this|it|about|much|anything|any(?:more)?)\b)*",
    r"\b(?:i\s+have\s+|i['’]?ve\s+|i\s+)?(?:got\s+)?(?:absolutely\s+)?(?:no|not\s+an?|zero)\s+(?:idea|clue)\b",
    r"\b(?:i\s+am\s+|i['’]m\s+|im\s+)?(?:(?:really|honestly|also)\s+)?"
    r"(?:not\s+(?:(?:really|too|so|very|entirely|quite|completely|100\s?%)\s+)?(?:sure|certain)"
    r"|unsure|not\s+familiar(?:\s+with\s+(?:that|this|it))?)\b"
    r"(?:\s+(?:what|how|why|about|of|that|this|it|here|the\s+answer)\b)*",
    r"\bi\s+(?:can\s?not|can['’]?t|could\s?n['’]?t)\s+(?:really\s+)?"
    r"(?:remember|recall|say|answer|think\s+of|tell|explain)\b(?:\s+(?:that|this|it|anything|any|one|much)\b)*",
    r"\bi\s+(?:forgot|forget|have\s+forgotten)\b(?:\s+(?:that|this|it|the\s+\w+)\b)?",
    r"\b(?:i\s+have\s+|i['’]ve\s+)?never\s+(?:really\s+)?"
    r"(?:heard|used|worked|come\s+across|done|learned|learnt|seen)\b(?:\s+(?:of|with|that|this|it|about)\b)*",
    r"\bhaven['’]?t\s+(?:a\s+clue|the\s+(?:faintest|foggiest)|heard|used|learned|learnt|looked|studied)\b"
    r"(?:\s+(?:of|at|into|that|this|it)\b)*",
    r"\b(?:idk|dunno|beats\s+me|pass|no\s+answer|nothing\s+comes\s+to\s+mind|you\s+got\s+me|search\s+me)\b",
)
_DONT_KNOW = re.compile("|".join(_DONT_KNOW_PARTS), re.IGNORECASE)
_AT_START = re.compile(
    r"^\W*(?:(?:well|hmm+|uh+m*|um+|oh|ah|er+m?|sorry|ok(?:ay)?|honestly|to\s+be\s+honest|frankly|tbh|so|i\s+think)\b\W*)*",
    re.IGNORECASE,
)
_AFTER_HEDGE = re.compile(
    r"[\s,;:.…–—-]*(?:\b(?:but|however|though|and|maybe|perhaps|probably|i(?:\s+would|['’]d)?\s+(?:think|guess|say))\b[\s,]*)*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[^\w\s'’-]+|\s-+\s|\n|```.*", re.DOTALL)
_FIRST_PERSON = re.compile(r"\b(?:i|i['’]m|im|i['’]ve|idk|dunno|me)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"^\W*(?:sorry|hmm+|well|ok(?:ay)?|wait|so|and|but|first|before\s+i\s+answer|just\s+to\s+(?:be\s+clear|check|clarify))?\W*"
    r"(?:(?:what|which|who|whose|where|when|why|how)\b"
    r"|(?:do|does|did|is|are|was|can|could|may|should|would|will|have|has|shall|am)\s+"
    r"(?:you|we|i|it|there|this|that|they|the|these|those|my|any(?:one|thing)?)\b"
    r"|(?:you\s+mean|meaning)\b)"
    r".*\?\W*$",
    re.IGNORECASE | re.DOTALL,
)
_ASKS_PLAINLY = re.compile(
    r"\b(?:what\s+do\s+you\s+mean|(?:can|could|would|will)\s+you\s+(?:please\s+)?"
    r"(?:repeat|clarify|explain|rephrase|elaborate|tell|give|say)|please\s+(?:repeat|clarify|explain|rephrase)"
    r"|i\s+(?:don['’]?t|do\s+not|didn['’]?t)\s+(?:understand|get|follow)\s+(?:the|your|this)\s+question"
    r"|(?:come|say)\s+that\s+again)\b",
    re.IGNORECASE,
)


class Reading(NamedTuple):
    """An answer's intent by its words alone, and its sentences that may earn marks, in order.

    Words alone cannot tell whether an answer is off topic: `answer` here may become `off_topic` once compared. Should
    its sentences show nothing, `failing` names it: an order or an echo with a rest that says nothing.
    """

    intent: Intent
    sentences: tuple[Span, ...]
    failing: Intent | None = None


def read_intent(
    answer: str, question: str, said: Sequence[str] = (), points: Sequence[str] = (), terse: bool = False
) -> Reading:
    """Sort the answer's sentences and name what is left.

    `said` is what the interviewer said since the question; `terse` that its last words ask for a word or two, so that
    one word is an answer.
    """
    spans = sentences(answer)
    texts = [seen(answer[span.start : span.end]) for span in spans]
    ordered = [_is_order(text) for text in texts]
    echoed = _echoed(texts, question, said, points)
    kinds: list[Intent] = [_kind(text, order, echo) for text, order, echo in zip(texts, ordered, echoed, strict=True)]
    telling = [kind == "answer" and not _is_stuffed(text) for text, kind in zip(texts, kinds, strict=True)]
    kept = tuple(_without_hedge(answer, span) for span, tells in zip(spans, telling, strict=True) if tells)
    rests = [answer[span.start : span.end] for span in kept]
    words = frozenset[str]().union(*map(content, rests))
    enough = len(words) >= ENOUGH and bool(words - content(question))
    in_brief = terse and (bool(words) or sum(len(terms(rest)) for rest in rests) >= ENOUGH)
    if enough or in_brief:
        failing: Intent | None = "attack" if "attack" in kinds else "copied" if "copied" in kinds else None
        return Reading("answer", kept, failing)
    return Reading(_name(kinds, bool(words)), kept if "answer" in kinds else ())


def heard(answer: str, reading: Reading) -> str:
    """The answer as long as it is, with blanks for all that may earn nothing: a window or a reader that looks past a
    sentence's edge meets no order and no copy there."""
    kept = [" "] * len(answer)
    for start, end in reading.sentences:
        kept[start:end] = answer[start:end]
    return "".join(kept)


def _kind(text: str, order: bool, echo: bool) -> Intent:
    if order:
        return "attack"
    if echo:
        return "copied"
    if _ASKS.search(text) or _ASKS_PLAINLY.search(text):
        return "asks"
    if says_dont_know(text) and len(content(_DONT_KNOW.sub(" ", text))) < ENOUGH:
        return "dont_know"
    return "answer"


def _name(kinds: Sequence[Intent], words: bool) -> Intent:
    """The intent of an answer with too little content to be one."""
    for intent in ("attack", "dont_know", "asks", "copied"):
        if intent in kinds:
            return intent
    return "answer" if words else "off_topic"


def _is_order(text: str) -> bool:
    return _ORDER.search(text) is not None


def _is_stuffed(text: str) -> bool:
    """Whether it is keywords one after the other, longer than any sentence gets without a word that joins."""
    for stretch in _BETWEEN.split(text):
        words = [term.word for term in terms(stretch)]
        joining = sum(word in FUNCTION_WORDS for word in words)
        if len(words) >= _STUFFED and joining <= _STUFFED_JOINING * len(words):
            return True
    return False


def says_dont_know(text: str) -> bool:
    """Whether the candidate says so of themselves: 'the client does not know' is no such thing."""
    for match in _DONT_KNOW.finditer(text):
        lead = _AT_START.match(text)
        at_start = lead is not None and match.start() <= lead.end()
        before = text[max(0, match.start() - 12) : match.end()]
        if at_start or _FIRST_PERSON.search(before):
            return True
    return False


def _without_hedge(answer: str, span: Span) -> Span:
    """The span without an 'I'm not sure, but' at its start, which would deny what follows."""
    text = answer[span.start : span.end]
    lead = _AT_START.match(text)
    match = _DONT_KNOW.match(text, lead.end() if lead else 0)
    if match is None:
        return span
    rest = _AFTER_HEDGE.match(text, match.end())
    cut = rest.end() if rest else match.end()
    return Span(span.start + cut, span.end) if cut < len(text) else span


def _echoed(texts: Sequence[str], question: str, said: Sequence[str], points: Sequence[str]) -> list[bool]:
    runs = _runs([*sentences_of(question), *(s for words in said for s in sentences_of(words))])
    echoed = [_share(text, runs) >= COPIED for text in texts]
    # One point in the rubric's own words may be chance or good preparation; several, and nothing else that bears on
    # any, were pasted. An answer learnt by heart says some in other words.
    pasted = [point for point in points if _words(point) and _contains(" ".join(texts), point)]
    of_points = _runs(pasted)
    copies = [_share(text, of_points) >= COPIED for text in texts]
    rest = [text for text, copy in zip(texts, copies, strict=True) if not copy]
    only_padded = not any(_bears_on(text, points) for text in rest)
    if len(pasted) >= 2 and (only_padded or _share(" ".join(texts), of_points) >= PASTED):
        return [echo or copy for echo, copy in zip(echoed, copies, strict=True)]
    return echoed


def _bears_on(text: str, points: Sequence[str]) -> bool:
    return any(len(content(text) & content(point)) >= _BEARING for point in points)


def sentences_of(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


def _contains(text: str, part: str) -> bool:
    return " ".join(_words(part)) in " ".join(_words(text))


def _words(text: str) -> list[str]:
    return [term.word for term in terms(text)]


def _runs(texts: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(run for text in texts for run in _ngrams(_words(text)))


def _ngrams(words: Sequence[str]) -> list[tuple[str, ...]]:
    size = min(_RUN, len(words))
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)] if words else []


def _share(text: str, runs: frozenset[tuple[str, ...]]) -> float:
    """The share of the text's words inside runs that were said before."""
    words = _words(text)
    covered = [False] * len(words)
    for i, run in enumerate(_ngrams(words)):
        if run in runs:
            covered[i : i + len(run)] = [True] * len(run)
    return sum(covered) / len(words) if words else 0.0
