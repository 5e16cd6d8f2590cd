"""Finds the statements in an answer, in fences or between sentences, and what is left as prose. No I/O."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from interviewer.grading.sql_dialects import LONGEST_STATEMENT, Dialect, Translation, guess_dialect, translate
from knowledge.spans import Span

MOST_STATEMENTS = 30
MOST_ENDS = 60
"""Tried for a statement which no semicolon ends."""
MOST_TRIES = 120
MOST_PARSED = 25_000
"""Characters that are parsed of one answer, at most twice: to find its statements and to read them."""

_START = re.compile(
    r"\b(?:"
    r"SELECT\b(?=[\s\S]*?\S)|WITH\s+(?:RECURSIVE\s+)?[\w\"`]+\s*(?:\([^()]*\)\s*)?AS\s*(?:NOT\s+)?(?:MATERIALIZED\s*)?\("
    r"|INSERT\s+INTO\b|REPLACE\s+INTO\b|UPDATE\s+[\w\"`.]+\s+(?:AS\s+)?(?:\w+\s+)?SET\b|DELETE\s+FROM\s+\w"
    r"|CREATE\s+(?:OR\s+REPLACE\s+)?(?:UNIQUE\s+|TEMP(?:ORARY)?\s+|MATERIALIZED\s+|CLUSTERED\s+|NONCLUSTERED\s+)*"
    r"(?:TABLE|VIEW|TRIGGER)\s+[\w\"`]"
    r"|CREATE\s+(?:\w+\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:[\w\"`\[\].]+\s+)?ON\s+[\w\"`.]+\s*(?:USING\s+\w+\s*)?\("
    r"|ALTER\s+TABLE\s+\w|DROP\s+(?:TABLE|INDEX|VIEW|TRIGGER)\s+\w|TRUNCATE\s+(?:TABLE\s+)?\w|ATTACH\s+(?:DATABASE\s+)?'|PRAGMA\s+\w+"
    r"|VACUUM\b(?=\s*(?:INTO|;))|EXPLAIN\s+(?:QUERY\s+PLAN\s+|ANALY[SZ]E\s+|\([^)]*\)\s*)?(?:SELECT|WITH|UPDATE|DELETE)\b"
    r"|(?:BEGIN|COMMIT|ROLLBACK|END)(?:\s+(?:TRANSACTION|TRAN|WORK))?(?=\s*(?:;|$|\n))|START\s+TRANSACTION\b[^;\n]*"
    r"|BEGIN\s+(?:ISOLATION|IMMEDIATE|EXCLUSIVE|DEFERRED)[^;\n]*"
    r"|SAVEPOINT\s+\w+(?=\s*;)|RELEASE\s+(?:SAVEPOINT\s+)?\w+(?=\s*;)|ROLLBACK\s+TO\s+(?:SAVEPOINT\s+)?\w+(?=\s*;)"
    r"|SET\s+(?:TRANSACTION|AUTOCOMMIT|SESSION)\b[^;\n]*|LOCK\s+TABLES?\b[^;\n]*"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_CONTROL = re.compile(r"(?:BEGIN|COMMIT|ROLLBACK|END|START|SAVEPOINT|RELEASE|SET|LOCK)\b", re.IGNORECASE)
_CONTROL_LINE = re.compile(r"\n[ \t]*(?:BEGIN|COMMIT|ROLLBACK)[ \t]*(?:;|\n|$)", re.IGNORECASE)
_FENCE = re.compile(r"```[ \t]*(\w*)[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_ONE_LINE_FENCE = re.compile(r"```(?:sql\s)?([^`\n]+)```", re.IGNORECASE)
_INLINE = re.compile(
    r"(?<!`)`(?=\s*(?:SELECT|WITH|UPDATE|DELETE|INSERT|CREATE|BEGIN|ALTER)\b)([^`]+)`(?!`)", re.IGNORECASE
)
_SQL_TAGS = frozenset(
    {"", "sql", "mysql", "postgresql", "postgres", "sqlite", "psql", "pgsql", "tsql", "plsql", "text"}
)
_COMMENT = re.compile(r"--([^\n]*)|/\*(.*?)\*/", re.DOTALL)
# An apostrophe after a letter opens no quotation: it stands in "doesn't".
_QUOTED = re.compile(r"(?<!\w)'(?:[^'\n]|'')*'|\"[^\"\n]*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_CODE_SIGNS = re.compile(r"[*()=<>;,]|\w\.\w")
_SENTENCE_END = re.compile(
    r"[.,;:!?](?=\s|$)|\n|\s+(?=(?:because|since|so|which|as this|this|that|then|and then|—|–|-)\s)"
)
# NOT in capitals is the language's own.
_DISOWNED = re.compile(
    r"\b(?:[Nn]ot|[Dd]on['’]t|[Nn]ever|[Aa]void|[Uu]nlike|[Ii]nstead\s+of|[Rr]ather\s+than|[Ww]rong|[Ii]ncorrect|[Bb]ad"
    r"|[Nn]a[iï]ve|[Ff]ails?|[Bb]roken|[Tt]rap|[Mm]istake|[Ff]irst\s+(?:attempt|try|idea|version)|[Pp]revious(?:ly)?)\b"
)
_LEADING_COMMENT = re.compile(r"\s*(?:--[^\n]*\n|/\*.*?\*/)", re.DOTALL)


class Statement(NamedTuple):
    """One of an answer's statements: where it stands, and for SQLite. `translation` None: nothing can read it."""

    span: Span
    text: str
    translation: Translation | None
    disowned: bool

    @property
    def sql(self) -> str:
        return self.translation.sql if self.translation else self.text


class Script(NamedTuple):
    """An answer, read. `prose` is as long as the answer, with blanks where the statements stand."""

    statements: tuple[Statement, ...]
    prose: str
    dialect: Dialect


def read_script(answer: str, dialect: str) -> Script:
    """`dialect` is the task's; what the candidate writes tells more."""
    regions = _regions(answer)
    guessed = guess_dialect("\n".join(answer[r.start : r.end] for r in regions) or answer, dialect)
    spans = [span for region in regions for span in _split(answer, region)]
    taken = _blank(answer, [*regions, *_fence_lines(answer)])
    spans += islice(_Search(taken, guessed).spans(), MOST_STATEMENTS)
    spans = _of_reasonable_length(sorted(spans)[:MOST_STATEMENTS])
    statements = tuple(_statement(answer, span, guessed) for span in spans)
    known = tuple(one for one in statements if one.translation is None or one.translation.kind != "nothing" or one.sql)
    return Script(known, _prose(answer, spans, regions), guessed)


def _of_reasonable_length(spans: Sequence[Span]) -> list[Span]:
    """From the end, where a corrected statement stands: as many as can be parsed in a moment."""
    kept: list[Span] = []
    left = MOST_PARSED
    for span in reversed(spans):
        left -= span.end - span.start
        if left < 0:
            break
        kept.append(span)
    return kept[::-1]


def _statement(answer: str, span: Span, dialect: Dialect) -> Statement:
    text = answer[span.start : span.end].strip().rstrip(";").strip()
    return Statement(span, text, translate(text, dialect), _is_disowned(answer, span))


def _is_disowned(answer: str, span: Span) -> bool:
    """Whether the words that lead up to it say that it is not the one."""
    lead = re.sub(r"```\w*\s*$", "", answer[max(0, span.start - 200) : span.start])
    own = re.split(r"[.!?;](?:\s|$)|\)\s*\n|\n\s*\n|```", lead)[-1]
    comment = _LEADING_COMMENT.match(answer, span.start, span.end)
    return _DISOWNED.search(f"{own[-120:]} {comment.group() if comment else ''}") is not None


# ── Where the code is ────────────────────────────────────────────────────────────────────────────────────────


def _regions(answer: str) -> list[Span]:
    """What is marked as code: fences, and statements between backticks."""
    found = [Span(*match.span(2)) for match in _FENCE.finditer(answer) if _is_sql(match.group(1), match.group(2))]
    taken = list(found)
    for pattern in (_ONE_LINE_FENCE, _INLINE):
        for match in pattern.finditer(answer):
            inside = any(span.start < match.end(1) and match.start(1) < span.end for span in taken)
            if not inside and _START.match(match.group(1).strip()):
                taken.append(Span(*match.span(1)))
    return sorted(taken)


def _is_sql(tag: str, body: str) -> bool:
    return tag.lower() in _SQL_TAGS and _START.search(body) is not None


def _fence_lines(answer: str) -> list[Span]:
    return [Span(*match.span()) for match in re.finditer(r"^```.*$", answer, re.MULTILINE)]


def _split(answer: str, region: Span) -> Iterator[Span]:
    """A region's statements, by their semicolons; where one was forgotten, at a line that begins a new one."""
    code = _mask(answer[region.start : region.end])
    start = 0
    for end in [*(match.end() for match in re.finditer(";", code)), len(code)]:
        for piece in _at_new_starts(code, start, end):
            trimmed = _trim(answer, Span(region.start + piece.start, region.start + piece.end))
            if trimmed and _mask(answer[trimmed.start : trimmed.end]).strip(" ;\n\t"):
                yield trimmed
        start = end


def _at_new_starts(code: str, start: int, end: int) -> Iterator[Span]:
    """Split at lines outside brackets that begin a statement which cannot belong to the one before."""
    begins = start
    for match in re.finditer(
        r"\n[ \t]*(?=(?:SELECT|WITH|UPDATE|DELETE|INSERT|CREATE|BEGIN|COMMIT)\b)", code[start:end], re.I
    ):
        place = start + match.end()
        before = code[begins:place]
        closed = before.count("(") == before.count(")")
        head = before.strip().lower()
        whole = closed and _START.match(before.strip()) and _is_whole(head, code[place : place + 7].lower())
        gap = re.search(r"\n\s*\n\s*$", before) is not None
        if whole and (gap or not re.match(r"SELECT|WITH", code[place:], re.IGNORECASE)):
            yield Span(begins, place)
            begins = place
    yield Span(begins, end)


def _is_whole(before: str, keyword: str) -> bool:
    """Whether a statement may end before this keyword: WITH ... is followed by its query, UNION by another."""
    if re.search(r"(?:\bunion|\ball|\bexcept|\bintersect|\bas|,|\()\s*$", before):
        return False
    return not (before.startswith("with") and not re.search(r"\)\s*(?:select|update|delete|insert)\b", before))


# ── Between sentences ────────────────────────────────────────────────────────────────────────────────────────


class _Search:
    """Looks for statements in `text`, which has blanks where code was found already. Hostile text could make a parser
    work for minutes: what is tried is counted."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._text = text
        self._masked = _mask(text)
        self._dialect: Dialect = dialect
        self._tries = MOST_TRIES
        self._characters = MOST_PARSED

    def spans(self) -> Iterator[Span]:
        place = 0
        while self._tries > 0 and self._characters > 0:
            match = _START.search(self._masked, place)
            if match is None:
                return
            place = match.end()
            span = self._statement_at(match.start()) if _may_begin(self._masked, match) else None
            if span is not None:
                yield span
                place = span.end

    def _statement_at(self, start: int) -> Span | None:
        masked = self._masked
        if _CONTROL.match(masked, start):
            ends = re.compile(r";|\n|\Z").search(masked, start)
            return Span(start, ends.end() if ends else len(masked))
        semicolon = masked.find(";", start)
        ends = semicolon + 1 if semicolon >= 0 else len(self._text.rstrip())
        control = _CONTROL_LINE.search(masked, start, ends)
        whole = Span(start, control.start() if control else ends)
        for end in (whole.end, *_ends(masked, start, whole.end)):
            if self._reads(Span(start, end)):
                return Span(start, end)
        paragraph = re.compile(r"\n\s*\n").search(masked, start, whole.end)
        broken = Span(start, paragraph.start() if paragraph else whole.end)
        return broken if _looks_meant(masked[broken.start : broken.end]) else None

    def _reads(self, span: Span) -> bool:
        code = self._text[span.start : span.end].strip().rstrip(";").strip()
        if not _looks_like_code(code) or len(code) > LONGEST_STATEMENT or self._tries <= 0 or self._characters <= 0:
            return False
        self._tries -= 1
        self._characters -= len(code)
        found = translate(code, self._dialect)
        return found is not None and found.kind != "nothing"


def _may_begin(text: str, match: re.Match[str]) -> bool:
    """At a line's start, or in capitals, or after a colon: 'we select the rows from' is prose."""
    before = text[: match.start()]
    line = before.rpartition("\n")[2]
    if re.search(r"\(\s*$", line) or re.search(r"\b(?:a|an|the|one|each|that|my|your)\s*$", line, re.IGNORECASE):
        return False
    capitals = match.group().split()[0].isupper()
    return capitals or not line.strip(" \t>-*$#.)0123456789") or re.search(r"[:;>]\s*$", line) is not None


def _looks_like_code(code: str) -> bool:
    first = code.split(maxsplit=1)[0] if code else ""
    return first.isupper() or _CODE_SIGNS.search(code) is not None


def _looks_meant(code: str) -> bool:
    """Whether what no parser reads was still meant as a statement."""
    words = re.findall(r"\w+", code)
    shouted = sum(word.isupper() and len(word) > 1 for word in words)
    goes_on = re.search(r"\b(?:FROM|SET|INTO|ON|AS)\b", code, re.IGNORECASE) is not None
    signs = len(re.findall(r"[=*<>,]|\w\.\w|\(", code))
    return goes_on and signs > 0 and (code.rstrip().endswith(";") or shouted >= 2 or signs >= 3)


def _ends(masked: str, start: int, end: int) -> Iterator[int]:
    """Where it may end: at lines and sentences from the longest on, then at words."""
    first = [start + match.start() for match in _SENTENCE_END.finditer(masked[start:end])]
    words = [start + match.start() for match in re.finditer(r"\s", masked[start : min(end, start + 1500)])]
    yield from [*reversed(first[-MOST_ENDS:]), *reversed(words[-MOST_ENDS:])]


# ── What is left ─────────────────────────────────────────────────────────────────────────────────────────────


def _prose(answer: str, spans: Sequence[Span], regions: Sequence[Span]) -> str:
    """Comments inside the code are prose too."""
    code = [*spans, *regions]
    comments = [
        Span(start + match.start(group), start + match.end(group))
        for start, end in code
        for match in _COMMENT.finditer(answer[start:end])
        for group in (1, 2)
        if match.group(group)
    ]
    blanked = list(_blank(answer, [*code, *_fence_lines(answer)]))
    for comment in comments:
        blanked[comment.start : comment.end] = answer[comment.start : comment.end]
    return "".join(blanked).replace("`", " ")


def _blank(text: str, spans: Iterable[Span]) -> str:
    """The text with line breaks at both ends of each span, so that no sentence reaches across it."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = ["\n" if letter == "\n" else " " for letter in text[start:end]]
        for edge in (start, end - 1) if start < end else ():
            letters[edge] = "\n"
    return "".join(letters)


def _mask(code: str) -> str:
    """The code with the insides of quotes and comments blanked: their semicolons and brackets say nothing."""
    return (
        _QUOTED.sub(lambda match: match.group()[0] + re.sub(r"[^\n]", " ", match.group()[1:-1]) + " ", code)
        if code
        else ""
    )


def _trim(answer: str, span: Span) -> Span | None:
    text = answer[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    end = span.end - (len(text) - len(text.rstrip()))
    return Span(start, end) if start < end else None
