"""Words become what Streamlit can show safely: text, names, verdicts, sources. Pure: nothing is drawn here.

Nobody's words are trusted to be Markdown, the bank's no more than the candidate's: signs stand for themselves, and
only code between backticks is set as code, where nothing can be formatted, linked or loaded.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from interviewer.export import SIGNS, link_address
from interviewer.models import Mark, VerdictName
from knowledge.models import Kind, Question, Source, Sql


class Sign(NamedTuple):
    """How a verdict looks: an icon and a colour beside its word, never alone."""

    icon: str
    word: str
    colour: str


_LOOKS: Mapping[VerdictName, tuple[str, str]] = {
    "covered": (":material/check_circle:", "green"),
    "partial": (":material/contrast:", "orange"),
    "missing": (":material/radio_button_unchecked:", "gray"),
    "contradicted": (":material/cancel:", "red"),
    "unmarked": (":material/do_not_disturb_on:", "gray"),
}
VERDICTS: Mapping[VerdictName, Sign] = {
    name: Sign(icon, SIGNS[name].partition(" ")[2], colour) for name, (icon, colour) in _LOOKS.items()
}

LONGEST_HEAD = 240
DIALECTS = {"standard": "standard SQL", "mysql": "MySQL", "postgresql": "PostgreSQL", "sqlite": "SQLite"}
_ACRONYMS = {"api": "API", "apis": "APIs", "http": "HTTP", "sql": "SQL", "ci": "CI", "nosql": "NoSQL"}


# ── Text ─────────────────────────────────────────────────────────────────────────────────────────────────────

_CODE = re.compile(
    r"^```[^\n]*\n(?P<block>.*?)(?:\n```[ \t]*$|\Z)|(?<!`)`(?P<span>[^`\n]+)`(?!`)", re.MULTILINE | re.DOTALL
)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_WRAPPED = re.compile(r"^(\S.{59,})\n(?!\s|[-*+•] |\d+[.)] |$)", re.MULTILINE)
_JOINER = "\u2060"
# Streamlit looks for these in finished text, where a backslash no longer protects: shortcodes, bare addresses, arrows.
_ENTICING = re.compile(r":(?=[\w+/-])|(?<=\bwww)(?=\.)|@(?=\w)|(?<=[<~>-])(?=[->=])", re.IGNORECASE)


def words(text: str) -> str:
    """Anybody's text as Markdown that shows it letter by letter, its lines kept; code between backticks is code."""
    parts: list[str] = []
    place = 0
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    for code in _CODE.finditer(text):
        parts += [_literal(text[place : code.start()]), _code(code)]
        place = code.end()
    return "".join([*parts, _literal(text[place:])])


def headed(text: str, head: str) -> str:
    """Its first line as `head` has it ("#### {}", "**{}**"), the rest below: code and sub-tasks stay what they are.

    Of a line too long for a heading, only its first sentence."""
    first, _, rest = text.strip().partition("\n")
    sentence = re.match(r".+?[.?:](?=\s)", first)
    if len(first) > LONGEST_HEAD and sentence:
        first, rest = sentence.group(), f"{first[sentence.end() :].strip()}\n{rest}"
    return head.format(words(first)) + (f"\n\n{words(rest)}" if rest.strip() else "")


def put(question: Question, head: str) -> str:
    """A question as it is put, `head` as above. A task in SQL stands below its tables, which may fill the page."""
    worded = headed(question.text, head)
    if not isinstance(question, Sql):
        return worded
    tables = re.sub(r"[ \t]+(?=--)", "  ", question.ddl.strip())
    return f"A task in {DIALECTS[question.dialect]}, over these tables:{_block(tables, 'sql')}{worded}"


def worked(answer: str, kind: Kind) -> str:
    """A model answer: its paragraphs flow, and the statement that a task in SQL asks for is set as code."""
    if kind != "sql":
        return words(flowing(answer))
    statement, _, rest = answer.strip().partition("\n\n")
    return f"{_block(statement, 'sql')}{words(flowing(rest))}".strip()


def flowing(text: str) -> str:
    """Without the line breaks that only keep a file narrow: those after a long line, but for lists and code."""
    return text if "```" in text else _WRAPPED.sub(r"\1 ", text)


def letters(text: str) -> str:
    """Somebody's very words as Markdown on one line: every sign stands for itself, backticks too."""
    return _literal(" ".join(text.split()))


def _literal(text: str) -> str:
    joined = _ENTICING.sub(lambda found: found.group() + _JOINER, text)
    escaped = _PUNCTUATION.sub(r"\\\1", joined)
    indented = re.sub(r"(?<=\n)[ \t]+", lambda space: "\u00a0" * len(space.group().expandtabs(4)), escaped)
    return indented.replace("\n", "  \n")


def _code(code: re.Match[str]) -> str:
    if code["span"] is not None:
        return f"`{code['span']}`"
    return _block(code["block"], "text")


def _block(code: str, language: str) -> str:
    """A fence that nothing inside can close."""
    longest = max((len(ticks) for ticks in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"\n\n{fence}{language}\n{code}\n{fence}\n\n"


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────


def topic_name(slug: str) -> str:
    """http-apis: HTTP APIs."""
    named = " ".join(_ACRONYMS.get(word, word) for word in slug.split("-"))
    return named[:1].upper() + named[1:]


def kind_name(kind: Kind) -> str:
    return "SQL task" if kind == "sql" else kind


def ago(then: datetime, now: datetime) -> str:
    """How long since, as one says it."""
    passed = now - then
    if passed < timedelta(minutes=1):
        return "just now"
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if passed >= length and passed < timedelta(days=14):
            return f"{counted(passed // length, unit)} ago"
    return f"{then:%d %B %Y}".lstrip("0")


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# ── Verdicts, marks and sources ──────────────────────────────────────────────────────────────────────────────


def badge(verdict: VerdictName) -> str:
    """The verdict as a badge: icon and word."""
    sign = VERDICTS[verdict]
    return f":{sign.colour}-badge[{sign.icon} {sign.word}]"


def quoted(quote: str) -> str:
    """The candidate's words that decided a verdict."""
    return f"*“{letters(quote)}”*"


def cite(source: Source, *, linked: bool) -> str:
    """A source by its title and place, linked where that is safe."""
    title = letters(", ".join(filter(None, (source.title, source.locator))))
    address = link_address(source, linked=linked)
    return f"[{title}]({address})" if address else title


def band_and_range(mark: Mark) -> str:
    """The band and the range that the grader's doubt leaves."""
    spread = f"{mark.low:.0%} to {mark.high:.0%}"
    if mark.band is None:
        return f"No band: a core point could not be marked · {spread}"
    return f"{mark.band}, too close to call · {spread}" if mark.too_close else f"{mark.band} · {spread}"
