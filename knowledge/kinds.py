"""Which kind and level a found question has, read off its wording and its section. Pure: patterns in tables."""

import re

from knowledge.models import PERSONAL_KINDS, Kind, Level

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


def _says(pattern: str, text: str) -> bool:
    return re.search(pattern, text.casefold()) is not None
