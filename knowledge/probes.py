"""Neutral questions about the area that a question names itself, for points that nobody wrote one for. Pure."""

import re
from collections.abc import Sequence

from knowledge.spans import sentences

LONGEST_AREA = 12  # words: a probe around a longer one is nothing that anybody would say aloud

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

_OPENERS = re.compile(
    r"^(?:(?:can|could|would) you (?:please )?)?(?:please )?"
    r"(?:explain|describe|discuss|define|outline|what (?:is|are)|tell (?:me|us) about"
    r"|how (?:would|do) you approach)\s+"
    r"(?:the (?:concept|process|idea|notion|term|role) of\s+)?",
    re.IGNORECASE,
)
_DOING = re.compile(r"^how (?:(?:do|would|can|could|should) (?:you|we|one|i)|to)\s+", re.IGNORECASE)
_WORKING = re.compile(r"^how (?:does|do|can) (?!you |we )(.+?) (?:improve|help|work|affect)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bdifferences? between\s+(.+? and .+)", re.IGNORECASE)
_DIFFER = re.compile(r"^how (?:do|does)\s+(.+?) differ from\s+(.+)", re.IGNORECASE)
_REST = re.compile(
    r"[?!;:]|\.(?=\s|$)|,? and (?:how|why|when|what|which|where|discuss|explain)\b.*|, (?:including|and)\b.*"
)


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


def _sentences(text: str) -> list[str]:
    return [" ".join(text[span.start : span.end].split()) for span in sentences(text)]
