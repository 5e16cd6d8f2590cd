"""Offsets, windows and exact quotes in a text. Pure: every span points into the text it was given, to the letter."""

import re
from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """`text[start:end]`, in code points."""

    start: int
    end: int


_SHORTENED = "e.g i.e etc vs cf approx ca resp incl excl mr mrs dr prof jr sr inc ltd a.k.a w.r.t"
_ABBREVIATIONS = frozenset(_SHORTENED.split())
# These may also close a sentence: a capital after them does.
_MAY_CLOSE = frozenset({"etc", "inc", "ltd", "jr", "sr", "a.k.a"})
_BEFORE_NUMBERS = frozenset({"no", "nr", "fig", "vol", "ch", "p", "pp"})
_BULLET = re.compile(r"[ \t]*(?:[-*•–—·+]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|#{1,6})[ \t]+")
_FENCE = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"`[^`\n]+`")
_STOP = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+")
# "...statements.Then": typed without the space. A capital inside the word before ("String.Format") makes it a name.
_UNSPACED_STOP = re.compile(r"(?<![\w./@:-])[a-z]{2,}[.!?](?=[A-Z][a-z]+[\s,])")
# A sentence of more words is cut at its spaces: nobody quotes a page that lacks its full stops.
MOST_WORDS = 60
_WORDS = re.compile(rf"\S+(?:\s+\S+){{0,{MOST_WORDS - 1}}}")
# Lines shorter than these were not broken by a wrapping editor; a small letter after the break makes it likelier.
_NARROWEST, _WRAP_WIDTH = 30, 60


def sentences(text: str) -> tuple[Span, ...]:
    """The text's sentences in order, without the white space and bullets around them.

    A fenced block of code is one sentence. A line break ends a sentence unless the next line goes on with the same
    one, as hard-wrapped text does. A sentence of more than MOST_WORDS words is cut at its spaces.
    """
    spans: list[Span] = []
    position = 0
    for fence in _FENCE.finditer(text):
        spans += _prose(text, position, fence.start())
        spans += _trimmed(text, fence.start(), fence.end())
        position = fence.end()
    return tuple(spans + _prose(text, position, len(text)))


def windows(spans: Sequence[Span], size: int) -> tuple[Span, ...]:
    """Every run of `size` neighbouring spans as one span; fewer spans than that make one window of them all."""
    if not spans:
        return ()
    width = min(size, len(spans))
    return tuple(Span(spans[i].start, spans[i + width - 1].end) for i in range(len(spans) - width + 1))


def find_quote(text: str, quote: str) -> Span | None:
    """Where `quote` stands in `text`, runs of white space counting as equal. The first place; None if nowhere."""
    words = quote.split()
    if not words:
        return None
    found = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return Span(*found.span()) if found else None


def _prose(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    for piece_start, piece_end in _units(text, start, end):
        bullet = _BULLET.match(text, piece_start, piece_end)
        spans += _split_at_stops(text, bullet.end() if bullet else piece_start, piece_end)
    return spans


def _units(text: str, start: int, end: int) -> list[Span]:
    """Lines, those that go on with the sentence before joined to it."""
    units: list[Span] = []
    line_start = start
    for line in text[start:end].splitlines(keepends=True):
        line_end = line_start + len(line)
        if units and _goes_on(text[slice(*units[-1])], line):
            units[-1] = Span(units[-1].start, line_end)
        elif line.strip():
            units.append(Span(line_start, line_end))
        else:
            units.append(Span(line_end, line_end))
        line_start = line_end
    return [unit for unit in units if unit.end > unit.start]


def _goes_on(before: str, line: str) -> bool:
    last = before.rstrip().splitlines()[-1] if before.strip() else ""
    if not last or not line.strip() or _BULLET.match(line) or last.endswith((".", "!", "?", ":", ";")):
        return False
    return len(last) >= (_NARROWEST if line.lstrip()[0].islower() else _WRAP_WIDTH)


def _split_at_stops(text: str, start: int, end: int) -> list[Span]:
    code = [Span(*match.span()) for match in _INLINE_CODE.finditer(text, start, end)]
    # `endpos` hides what follows it from the look-ahead, hence the one character more.
    stops = [m.end() for m in _STOP.finditer(text, start, min(end + 1, len(text)))]
    stops += [m.end() for m in _UNSPACED_STOP.finditer(text, start, end)]
    spans: list[Span] = []
    for stop in sorted(stops):
        inside_code = any(span.start < stop < span.end for span in code)
        if stop <= end and not inside_code and _ends_sentence(text, start, stop, end):
            spans += _capped(text, start, stop)
            start = stop
    return spans + _capped(text, start, end)


def _ends_sentence(text: str, start: int, stop: int, end: int) -> bool:
    rest = text[stop:end].lstrip()
    if not rest:
        return True
    words = text[start:stop].split()
    last = words[-1].lstrip("(\"'“‘[")
    if not last.endswith("."):
        return True
    stem = last.rstrip(".").lower()
    if stem in _ABBREVIATIONS:
        return stem in _MAY_CLOSE and rest[0].isupper()
    if stem in _BEFORE_NUMBERS and rest[0].isdigit():
        return False
    initial = len(stem) == 1 and last[0].isupper() and len(words) > 1 and words[-2][0].isupper()
    return not initial


def _capped(text: str, start: int, end: int) -> list[Span]:
    """The sentence, or the pieces of at most MOST_WORDS words that it is cut into."""
    return [Span(*match.span()) for match in _WORDS.finditer(text, start, end)]


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    """One span without the white space at its ends, or none if nothing else is there."""
    body = text[start:end]
    if not body.strip():
        return []
    return [Span(start + len(body) - len(body.lstrip()), start + len(body.rstrip()))]
