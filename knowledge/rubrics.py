"""An answer in a document becomes draft points, and a found question a draft Question. Pure: rules; what a model
claims is compared with what it quotes."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import count, zip_longest
from typing import Protocol

from knowledge.claims import Claim, claims_of
from knowledge.extraction import FoundQuestion
from knowledge.index_models import Hit
from knowledge.kinds import infer_kind, infer_level
from knowledge.merging import content_words, normalise
from knowledge.models import PERSONAL_KINDS, QUESTION, Document, Question, RubricPoint, Slug, Source
from knowledge.placed_blocks import PlacedBlocks
from knowledge.ports import QuotedClaim
from knowledge.probes import PLAIN_PROBES, area_of
from knowledge.spans import find_quote, sentences

MOST_POINTS = 8
MOST_CORE, LEAST_CORE = 4, 2
SHORTEST_QUOTE = 4  # words
SHORTEST_CLAIM = 3  # words of a reference's sentence
GENERAL: Slug = "general"

PROBE_RULES = ("leaked_words", "leaked_meaning", "spoken")
"""The linter's rules that a draft can only break by its probe."""

ADVICE = (
    r"\bstar\b method|^(?:situation|task|action|result)\s*:|your (?:answer|response|strengths?|skills?|responsibility)"
    r"|the company|the role|the interviewer|you (?:took|are excited|faced|learned)|express interest|be honest"
    r"|^(?:mention|highlight|emphasi[sz]e|show|demonstrate|share|research|talk about)\b"
)
"""Words that coach the candidate. Such a line is nothing that an answer could say."""

_WORTH = re.compile(r"[\[(]?\s*(?<![\w.,])(\d+(?:[.,]\d+)?)\s*(?:points?|pts?|marks?)\b\.?\s*[\])]?", re.IGNORECASE)
_NUMBERING = re.compile(r"^\s*(?:[-*•–]|\(?\w{1,2}[.)])\s+")
_PRONOUN = re.compile(r"^(?:it|they|this|these|those|such)\b", re.IGNORECASE)
_LABELLED = re.compile(r"^[^\s:][^:.]{0,60}:\s+\S")


class Fault(Protocol):
    """A linter's finding, as far as checking a draft looks at it."""

    @property
    def point_id(self) -> str | None: ...

    @property
    def rule(self) -> str: ...


def draft_questions(found: Iterable[FoundQuestion], document: Document) -> tuple[Question, ...]:
    """Each found question as a draft: slug, kind and level by rule, topic left GENERAL, points from its answer."""
    blocks = PlacedBlocks(document)
    return tuple(_draft_question(each, document, blocks) for each in found)


def _draft_question(found: FoundQuestion, document: Document, blocks: PlacedBlocks) -> Question:
    slug = slug_of(found.text)
    kind = infer_kind(found.text, found.section)
    source = _cite(document.source, found.answer_lines or (found.line, found.last_line))
    return QUESTION.validate_python(
        {
            "kind": kind,
            "id": slug,
            "text": found.text,
            "topic": GENERAL,
            "level": infer_level(kind, found.section),
            "language": document.language,
            "status": "draft",
            "points": _draft_points(slug, found, blocks, source),
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


def _draft_points(
    slug: Slug, found: FoundQuestion, placed: PlacedBlocks, source: Source | None
) -> tuple[RubricPoint, ...]:
    """The answer's claims as points, at most MOST_POINTS, in reading order.

    Where the answer has sections, each gives its first claim before any gives its second; the first half in that
    order (LEAST_CORE to MOST_CORE) is core. The claim that opens a prose answer says what the thing is: weight 3;
    other core claims 2, supporting ones 1. An answer that mostly coaches, or solves tasks by code, has none.
    """
    blocks = placed.within(*found.answer_lines) if found.answer_lines else ()
    if found.parts > 1 and any(block.kind == "code" for block in blocks):
        return ()
    claims = [claim for claim in dict.fromkeys(claims_of(blocks)) if not _restates(found.text, claim)]
    advice = [claim for claim in claims if re.search(ADVICE, claim.text.casefold())]
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


def reference_claims(reference: str) -> tuple[str, ...]:
    """A reference answer as claims in reading order, at most MOST_POINTS: its sentences, short neighbours joined."""
    claims = [" ".join(reference[span.start : span.end].split()) for span in sentences(reference)]
    claims = [claim for claim in claims if len(claim.split()) >= SHORTEST_CLAIM] or [" ".join(reference.split())]
    while len(claims) > MOST_POINTS:
        at = min(range(len(claims) - 1), key=lambda place: len(claims[place]) + len(claims[place + 1]))
        claims[at : at + 2] = [f"{claims[at]} {claims[at + 1]}"]
    return tuple(claims)


def criteria_claims(criteria: str) -> tuple[tuple[str, float], ...]:
    """Marking criteria that name their worth ("3. Explains the cache (3 points)") as claims with weights.

    Lines without a worth are introductions and remarks. None at all: these are no such criteria.
    """
    found: list[tuple[str, float]] = []
    for line in criteria.splitlines():
        worth = _WORTH.search(line)
        claim = _NUMBERING.sub("", _WORTH.sub("", line)).strip(" :;-–—\t")
        if worth and claim and float(worth.group(1).replace(",", ".")) > 0:
            found.append((claim, float(worth.group(1).replace(",", "."))))
    return tuple(found)


def rubric_from_quotes(question: Question, passages: Sequence[Hit], claims: Iterable[QuotedClaim]) -> Question:
    """The question with those claims as points whose quotes stand in their passages to the letter, in their order.

    A quote of a word or two proves nothing, nor does one that shares no word with the claim. The first half is core.
    """
    quoted: dict[str, tuple[QuotedClaim, Hit, str]] = {}
    for claim in claims:
        if claim.passage >= len(passages):
            continue
        hit = passages[claim.passage]
        span = find_quote(hit.text, claim.quote)
        shared = content_words(claim.text) & content_words(claim.quote)
        if span and shared and len(claim.quote.split()) >= SHORTEST_QUOTE:
            text = " ".join(claim.text.split())
            quoted.setdefault(normalise(text), (claim, hit, hit.text[span.start : span.end]))
    chosen = list(quoted.values())[:MOST_POINTS]
    core = max(LEAST_CORE, min(MOST_CORE, (len(chosen) + 1) // 2))
    probes, area = area_of(question.text)
    names: set[str] = set()
    points = tuple(
        RubricPoint(
            id=f"{question.id}/{_unused(_words_slug(normalise(claim.text), 40) or 'point', names)}",
            text=" ".join(claim.text.split()),
            weight=2 if place < core else 1,
            core=place < core,
            source=_cite(hit.source, hit.lines) if hit.lines else hit.source,
            quote=quote,
            probe=probes[place % len(probes)].format(area=area),
        )
        for place, (claim, hit, quote) in enumerate(chosen)
    )
    return question.model_copy(update={"points": points})


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
