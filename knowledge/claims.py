"""What an answer in a document says, one claim at a time. Pure: blocks in, claims out."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, assert_never

from knowledge.models import Block
from knowledge.spans import sentences

LONGEST_CLAIM = 40  # words; a longer list item is split at its sentences
LONGEST_LABEL = 8  # words before a colon, or in a heading
SHORTEST_SENTENCE = 4  # words; list items may be shorter, they stand under a heading

FLUFF = (
    r"^(?:for example|for instance|example|note|here (?:are|is)|in (?:summary|conclusion|this)|overall|as follows)\b"
    r"|^let(?:'|’)?s\b|^as (?:mentioned|said)|\?$"
)
_LEADS_NOWHERE = r"^(?:to|you can|you could|here|it|they|this|these|some|the following)\b"
_SAYS_NOTHING = r"^(?:explanations?|answers?|solutions?|notes?|examples?|key points?|summary|benefits)$"
_LEAD_OUT = (
    r"\b(?:as follows|following|include|includes|including|consider|requires?|need|used|by|are|is|improves?|of)$"
)
_CODE = re.compile(
    r"\{[^}]*[\":;]|=>|;\s*$|</\w|^(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER)\b.*\b(?:FROM|INTO|SET|ON|TABLE)\b"
)
_MARK = re.compile(r"^\s*(?:[-*•–·+]|\(?\d{1,2}[.)]|\(?[a-zA-Z]\))\s+")
_ANSWER_MARK = re.compile(r"^\s*(?:answers?|ans|a|explanation)\s*[:.]\s*", re.IGNORECASE)
_TWO_CLAIMS = re.compile(r";\s+|,\s+(?:whereas|while)\s+")


class Claim(NamedTuple):
    """One thing that the answer says, the heading or label it stands under, and whether it is prose or an item."""

    text: str
    label: str | None
    prose: bool


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


def _sentences(text: str) -> list[str]:
    return [" ".join(text[span.start : span.end].split()) for span in sentences(text)]


def _says(pattern: str, text: str) -> bool:
    return re.search(pattern, text.casefold()) is not None
