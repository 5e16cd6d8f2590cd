"""An answer in a document becomes draft points, and a found question a draft Question. Pure: rules, no model."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, zip_longest
from typing import NamedTuple, Protocol, assert_never

from knowledge.extraction import FoundQuestion
from knowledge.merging import content_words, normalise
from knowledge.models import PERSONAL_KINDS, QUESTION, Block, Document, Kind, Level, Question, RubricPoint, Slug, Source
from knowledge.spans import sentences

MOST_POINTS = 8
MOST_CORE, LEAST_CORE = 4, 2
LONGEST_CLAIM = 40  # words; a longer list item is split at its sentences
LONGEST_LABEL = 8  # words before a colon, or in a heading
SHORTEST_SENTENCE = 4  # words; list items may be shorter, they stand under a heading
LONGEST_AREA = 12  # words: a probe around a longer one is nothing that anybody would say aloud

KINDS: tuple[tuple[Kind, str], ...] = (
    ("motivation", r"motivates? you|(?:makes?|do) you want|should we hire|career goal|keeps? you|leave your"),
    ("motivation", r"salary expectation|expected salary|questions for us|see yourself"),
    ("behavioural", r"\ba time (?:when|you)|conflict|criticism|disagree|under pressure|deadline|prioriti[sz]e tasks"),
    ("behavioural", r"your (?:greatest|biggest)|leader or|individually or|challenges have you|team ?member"),
    ("experience", r"favou?rite (?:\w+ )*project"),
    ("opinion", r"in your opinion|your favou?rite|do you (?:prefer|like|think)"),
    ("experience", r"your (?:\w+ ){0,3}experience|do you have \w*\s?experience|have you (?:\w+ )?(?:work|used|built)"),
    ("experience", r"about yourself|proficient|you(?:'ve| have) (?:\w+ )?(?:done|worked)|your most|have you worked"),
    ("experience", r"you have ever|your process for"),
    ("debugging", r"troubleshoot|diagnos|\bdebug|root cause|(?:is|are) (?:slow|failing|down)\b|slowing down"),
    ("design", r"^design\b|(?:how|would|do|to) (?:you )?(?:approach )?(?:design|architect|model)(?:ing)?\b"),
    ("comparison", r"difference|differ\b|compare|versus|\bvs\b|\bor a\b.*\?|over (?:a|an|the)?\s?\w+\b.*\bover\b"),
    ("scenario", r"^(?:imagine|suppose|assume|you (?:are|have|notice|need))|how would you|what would you do"),
)
"""The first pattern found in the question's first line, lower-cased, names its kind; none found: a concept."""

PERSONAL_SECTION = r"\bhr\b|behaviou?r|soft skill|personality|culture"
"""Under a heading like this a question that no pattern calls personal is behavioural."""

LEVELS: tuple[tuple[Level, str], ...] = (
    ("senior", r"\b(?:senior|staff|principal|lead|expert)[- ]level|for (?:senior|experienced)|advanced"),
    ("mid", r"\b(?:mid|intermediate)"),
)
"""Only a section that says so lifts a question; besides, a situation to think through is asked from mid on."""
MID_KINDS: frozenset[Kind] = frozenset({"design", "debugging", "scenario"})

PROBE_RULES = ("leaked_words", "leaked_meaning", "spoken")
"""The linter's rules that a draft can only break by its probe."""

ADVICE = (
    r"\bstar\b method|^(?:situation|task|action|result)\s*:|your (?:answer|response|strengths?|skills?|responsibility)"
    r"|the company|the role|the interviewer|you (?:took|are excited|faced|learned)|express interest|be honest"
    r"|^(?:mention|highlight|emphasi[sz]e|show|demonstrate|share|research|talk about)\b"
)
"""Words that coach the candidate. Such a line is nothing that an answer could say."""

FLUFF = (
    r"^(?:for example|for instance|example|note|here (?:are|is)|in (?:summary|conclusion|this)|overall|as follows)\b"
    r"|^let(?:'|’)?s\b|^as (?:mentioned|said)|\?$"
)
_LEADS_NOWHERE = r"^(?:to|you can|you could|here|it|they|this|these|some|the following)\b"
_SAYS_NOTHING = r"^(?:explanations?|answers?|solutions?|notes?|examples?|key points?|summary|benefits)$"
_LEAD_OUT = (
    r"\b(?:as follows|following|include|includes|including|consider|requires?|need|used|by|are|is|improves?|of)$"
)
_PRONOUN = re.compile(r"^(?:it|they|this|these|those|such)\b", re.IGNORECASE)
_LABELLED = re.compile(r"^[^\s:][^:.]{0,60}:\s+\S")
_CODE = re.compile(
    r"\{[^}]*[\":;]|=>|;\s*$|</\w|^(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER)\b.*\b(?:FROM|INTO|SET|ON|TABLE)\b"
)
_MARK = re.compile(r"^\s*(?:[-*•–·+]|\(?\d{1,2}[.)]|\(?[a-zA-Z]\))\s+")
_ANSWER_MARK = re.compile(r"^\s*(?:answers?|ans|a|explanation)\s*[:.]\s*", re.IGNORECASE)
_OPENERS = re.compile(
    r"^(?:(?:can|could|would) you (?:please )?)?(?:please )?"
    r"(?:explain|describe|discuss|define|outline|what (?:is|are|does|do)|tell (?:me|us) about"
    r"|how (?:would|do) you approach)\s+"
    r"(?:the (?:concept|process|idea|notion|term|role) of\s+)?",
    re.IGNORECASE,
)
_DOING = re.compile(r"^how (?:(?:do|would|can|could|should) (?:you|we|one|i)|to)\s+", re.IGNORECASE)
_WORKING = re.compile(r"^how (?:does|do|can) (?!you |we )(.+?) (?:improve|help|work|affect)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bdifferences? between\s+(.+? and .+)", re.IGNORECASE)
_DIFFER = re.compile(r"^how (?:do|does)\s+(.+?) differ from\s+(.+)", re.IGNORECASE)
_REST = re.compile(r"[?!.;:]|,? and (?:how|why|when|what|which|where|discuss|explain)\b.*|, (?:including|and)\b.*")
_TWO_CLAIMS = re.compile(r";\s+|,\s+(?:whereas|while)\s+")

ABOUT_PROBES = (
    "What else can you say about {area}?",
    "What more belongs to {area}?",
    "What would you add about {area}?",
    "Which side of {area} have you not touched on yet?",
)
DOING_PROBES = (
    "What else would you do to {area}?",
    "What more matters when you {area}?",
    "What would you add about how you {area}?",
    "What have you not touched on yet about how you {area}?",
)
DIFFER_PROBES = (
    "What else tells {area} apart?",
    "In what other way do {area} differ?",
    "What would you add to the comparison of {area}?",
    "Which difference between {area} have you not touched on yet?",
)
PLAIN_PROBES = (
    "What else belongs in your answer?",
    "What would you add to that?",
    "What more matters here?",
    "What have you not touched on yet?",
)
"""Neutral: they name what the question itself names. Where a point is close to even that, PLAIN_PROBES name nothing."""


class Fault(Protocol):
    """A linter's finding, as far as checking a draft looks at it."""

    @property
    def point_id(self) -> str | None: ...

    @property
    def rule(self) -> str: ...


class Claim(NamedTuple):
    """One thing that the answer says, the heading or label it stands under, and whether it is prose or an item."""

    text: str
    label: str | None
    prose: bool


def draft_question(found: FoundQuestion, document: Document) -> Question:
    """The found question as a draft: slug, kind and level by rule, topic left at `general`, points from its answer."""
    slug = slug_of(found.text)
    kind = infer_kind(found.text, found.section)
    source = _cite(document.source, found.answer_lines or (found.line, found.last_line))
    return QUESTION.validate_python(
        {
            "kind": kind,
            "id": slug,
            "text": found.text,
            "topic": "general",
            "level": infer_level(kind, found.section),
            "language": document.language,
            "status": "draft",
            "points": draft_points(slug, found, document, source),
            "model_answer": found.answer,
            "sources": (source,),
        }
    )


def can_be_checked(question: Question) -> bool:
    """Whether there is anything for the linter to look at: a technical draft of LEAST_CORE points or more.

    Questions about the person have no answer that a stranger's document could know, whatever it advises.
    """
    return question.kind not in PERSONAL_KINDS and len(question.points) >= LEAST_CORE


def checkable(question: Question, findings: Iterable[Fault]) -> bool:
    """Whether answers may be marked against the draft at once: it can be checked, and the linter faults no point."""
    ids = {point.id for point in question.points}
    return can_be_checked(question) and not any(finding.point_id in ids for finding in findings)


def mend(question: Question, findings: Iterable[Fault]) -> Question:
    """The draft with what can be mended by rule: a probe that leaks or is no clean question gives way to a plain one,
    and a supporting point that says much the same as another goes, while LEAST_CORE points are left."""
    faults = {(finding.point_id, finding.rule) for finding in findings}
    points = list(question.points)
    for point in reversed(question.points):
        if (point.id, "overlap") in faults and not point.core and len(points) > LEAST_CORE:
            points.remove(point)
    probed = [
        point.model_copy(update={"probe": PLAIN_PROBES[place % len(PLAIN_PROBES)]})
        if any((point.id, rule) in faults for rule in PROBE_RULES)
        else point
        for place, point in enumerate(points)
    ]
    return question.model_copy(update={"points": tuple(probed)})


def slug_of(text: str) -> Slug:
    """From the normalised text alone: its first words to be read, eight digits of its hash to be the only one."""
    plain = normalise(text)
    digest = hashlib.sha256(plain.encode()).hexdigest()[:8]
    return f"{_words_slug(plain, 60) or 'question'}-{digest}"


def infer_kind(text: str, section: str | None) -> Kind:
    """By KINDS and PERSONAL_SECTION."""
    kind: Kind = "concept"
    first_line = text.strip().partition("\n")[0].replace("’", "'")
    for kind_meant, pattern in KINDS:
        if _says(pattern, first_line):
            kind = kind_meant
            break
    personal_section = section is not None and _says(PERSONAL_SECTION, section)
    return "behavioural" if personal_section and kind not in PERSONAL_KINDS else kind


def infer_level(kind: Kind, section: str | None) -> Level:
    """By LEVELS and MID_KINDS; junior where nothing speaks for more."""
    for level, pattern in LEVELS:
        if section and _says(pattern, section):
            return level
    return "mid" if kind in MID_KINDS else "junior"


def draft_points(
    slug: Slug, found: FoundQuestion, document: Document, source: Source | None
) -> tuple[RubricPoint, ...]:
    """The answer's claims as points, at most MOST_POINTS, in reading order.

    Where the answer has sections, each gives its first claim before any gives its second; the first half in that
    order (LEAST_CORE to MOST_CORE) is core. The claim that opens a prose answer says what the thing is: weight 3;
    other core claims 2, supporting ones 1. An answer that mostly coaches, or solves tasks by code, has none.
    """
    blocks = _answer_blocks(found, document)
    if found.parts > 1 and any(block.kind == "code" for block in blocks):
        return ()
    claims = [claim for claim in dict.fromkeys(claims_of(blocks)) if not _restates(found.text, claim)]
    advice = [claim for claim in claims if _says(ADVICE, claim.text)]
    if 2 * len(advice) >= len(claims):
        return ()
    claims = [claim for claim in claims if claim not in advice]
    ranked = _by_turns(claims)[:MOST_POINTS]
    core = set(ranked[: max(LEAST_CORE, min(MOST_CORE, (len(ranked) + 1) // 2))])
    opening = claims[0] if claims[0].prose else None
    probes, area = area_of(found.text)
    points: list[RubricPoint] = []
    names: set[str] = set()
    for place, claim in enumerate(sorted(ranked, key=claims.index)):
        points.append(
            RubricPoint(
                id=f"{slug}/{_unused(_words_slug(normalise(claim.text), 40) or 'point', names)}",
                text=_stated(claim, found.text, area),
                weight=3 if claim == opening else 2 if claim in core else 1,
                core=claim in core,
                source=source,
                probe=probes[place % len(probes)].format(area=area),
            )
        )
    return tuple(points)


def claims_of(blocks: Iterable[Block]) -> Iterator[Claim]:
    """What the blocks say, one thing at a time. Headings and labels are context, code and tables say nothing."""
    heading = label = None
    for block in blocks:
        match block.kind:
            case "heading":
                heading, label = _label(block.text), None
            case "code" | "table":
                continue
            case "paragraph" | "item":
                for unit in _units(block):
                    if unit.endswith(":") and not _claims_before_colon(unit):
                        label = _label(unit)
                        continue
                    prose = block.kind == "paragraph"
                    label = None if prose else label
                    if _is_claim(unit, prose):
                        yield Claim(unit.rstrip(":"), label or heading, prose)
            case _:
                assert_never(block.kind)


def area_of(text: str) -> tuple[Sequence[str], str]:
    """What the question is about, in its own words, and the probes that such words fit into."""
    asked = [sentence for sentence in _sentences(text) if sentence.endswith("?")] or _sentences(text)[:1] or [text]
    question = asked[0].rstrip("?!. ")
    for pattern, probes in ((_BETWEEN, DIFFER_PROBES), (_DIFFER, DIFFER_PROBES), (_WORKING, ABOUT_PROBES)):
        if found := pattern.search(question):
            return _fitting(probes, " and ".join(found.groups()))
    for pattern, probes in ((_OPENERS, ABOUT_PROBES), (_DOING, DOING_PROBES)):
        if found := pattern.match(question):
            return _fitting(probes, question[found.end() :])
    return PLAIN_PROBES, ""


def _fitting(probes: Sequence[str], area: str) -> tuple[Sequence[str], str]:
    area = _REST.sub("", area).strip()
    return (probes, area) if 1 <= len(area.split()) <= LONGEST_AREA else (PLAIN_PROBES, "")


def _answer_blocks(found: FoundQuestion, document: Document) -> tuple[Block, ...]:
    """The document's blocks inside the answer; one that begins above it is cut at the answer's first line."""
    if found.answer_lines is None:
        return ()
    first, last = found.answer_lines
    lines = document.text.split("\n")
    return tuple(
        block
        if first <= block.first_line and block.last_line <= last
        else block.model_copy(
            update={"text": "\n".join(lines[max(first, block.first_line) - 1 : min(last, block.last_line)])}
        )
        for block in document.blocks
        if block.first_line <= last and block.last_line >= first
    )


def _units(block: Block) -> Iterator[str]:
    """An item as a whole unless it is long; else the sentences, and each half of a comparing one."""
    text = _ANSWER_MARK.sub("", _MARK.sub("", block.text.strip()))
    if block.kind == "item" and len(text.split()) <= LONGEST_CLAIM:
        yield " ".join(text.split())
        return
    for sentence in _sentences(text):
        halves = _TWO_CLAIMS.split(sentence)
        whole = len(halves) == 1 or any(len(half.split()) < SHORTEST_SENTENCE for half in halves)
        for part in [sentence] if whole else halves:
            yield _ANSWER_MARK.sub("", _MARK.sub("", part[:1].upper() + part[1:]))


def _sentences(text: str) -> list[str]:
    return [" ".join(text[span.start : span.end].split()) for span in sentences(text)]


def _claims_before_colon(unit: str) -> bool:
    """Whether a line that leads into a list says something itself ("... guarantee two of the following three:")."""
    text = unit.rstrip(": ")
    return len(text.split()) > LONGEST_LABEL and not _says(_LEADS_NOWHERE, text) and not _says(_LEAD_OUT, text)


def _label(text: str) -> str | None:
    label = _MARK.sub("", text).strip().rstrip(":").strip()
    if not label or len(label.split()) > LONGEST_LABEL:
        return None
    return None if any(_says(pattern, label) for pattern in (_LEADS_NOWHERE, _LEAD_OUT, _SAYS_NOTHING)) else label


def _is_claim(unit: str, prose: bool) -> bool:
    long_enough = len(unit.split()) >= (SHORTEST_SENTENCE if prose else 1)
    return long_enough and not _says(FLUFF, unit) and not _CODE.search(unit) and any(c.isalpha() for c in unit)


def _says(pattern: str, text: str) -> bool:
    return re.search(pattern, text.casefold()) is not None


def _by_turns(claims: Sequence[Claim]) -> list[Claim]:
    """The first claim of every section, then every second one, and so on."""
    sections: dict[str | None, list[Claim]] = {}
    for claim in claims:
        sections.setdefault(claim.label, []).append(claim)
    turns = zip_longest(*sections.values())
    return [claim for turn in turns for claim in turn if claim is not None]


def _restates(question: str, claim: Claim) -> bool:
    """Whether a sentence only says the question again. A list item never does: it may well answer in its words."""
    said = content_words(claim.text)
    return claim.prose and 2 * len(said & content_words(question)) > len(said)


def _stated(claim: Claim, question: str, area: str) -> str:
    """The claim with the context it needs to be understood alone: its label, or what "it" stands for.

    A label in the question's own words says nothing that the question does not; before every claim of a section it
    would only make them look alike.
    """
    new = claim.label is not None and bool(content_words(claim.label) - content_words(question))
    if new and not _LABELLED.match(claim.text):
        return f"{claim.label}: {claim.text}"
    if area and _PRONOUN.match(claim.text):
        return f"{area[:1].upper()}{area[1:]}: {claim.text}"
    return claim.text


def _cite(source: Source, lines: tuple[int, int]) -> Source:
    return source.model_copy(update={"locator": f"lines {lines[0]}-{lines[1]}"})


def _words_slug(plain: str, limit: int) -> str:
    """The words of a normalised text that fit into `limit` letters, joined by hyphens."""
    spelt = plain.replace("+", " plus ").replace("#", " sharp ")
    ascii_only = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    slug = ""
    for word in re.findall(r"[a-z0-9]+", ascii_only):
        longer = f"{slug}-{word}" if slug else word[:limit]
        if len(longer) > limit:
            break
        slug = longer
    return slug


def _unused(name: str, used: set[str]) -> str:
    candidates = (name if n == 1 else f"{name}-{n}" for n in count(1))
    chosen = next(candidate for candidate in candidates if candidate not in used)
    used.add(chosen)
    return chosen
