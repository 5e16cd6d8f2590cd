"""Names for the parts of a document that its questions stand in, and its table of contents. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set

from knowledge.outline import Outline, Run, Territory
from knowledge.part_names import names_part
from knowledge.pieces import DECLARED, Piece, answer_label
from knowledge.words import word_set

# A list repeats the document's headings, or links to them, when this share of its entries does.
_CONTENTS_SHARE = 0.7
_CONTENTS_LENGTH = 3
# So often the same link inside the document is furniture: "back to the top".
_REPEATED = 3

_BACK = re.compile(
    r"^\W*(?:back|return|go) to (?:the )?(?:top|contents?|table of contents|index)\W*$|^\W*(?:top|↑|⬆)\W*$", re.I
)
_ORNAMENT = re.compile(r"^(?:\[\W*\]|[^\w.(\"'“‘#@])+")
_BEFORE_QUESTIONS = re.compile(r"((?:[\w'’/+#.-]+ ){1,6})questions?\b", re.IGNORECASE)
# Words that say nothing about which questions are meant, or end the phrase that does.
_FUNCTION_WORDS = word_set(
    "a an the this that these those some any few many more most several such all other of for to in on at by with from "
    "and or are is be has have ask asked asking answer answering including your our my their his her its you we i "
    "about each every following below above lot lots list"
)
_EMPTY_WORDS = word_set("interview common popular frequent top best important sample example possible")


def find_contents(pieces: Sequence[Piece]) -> frozenset[int]:
    """Indices of what only leads to other places of the document: contents, and links back to them."""
    keys = [_key(piece.text) for piece in pieces]
    last_place = {key: index for index, key in enumerate(keys)}
    headed = {
        key: index for index, (key, piece) in enumerate(zip(keys, pieces, strict=True)) if piece.kind == "heading"
    }
    inward = Counter(key for key, piece in zip(keys, pieces, strict=True) if _leads_inside(piece))
    found = {
        i
        for i, piece in enumerate(pieces)
        if _leads_inside(piece) and (inward[keys[i]] >= _REPEATED or _BACK.search(piece.text))
    }
    row: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.kind == "table" and len(piece.links) >= _CONTENTS_LENGTH and _leads_inside(piece):
            found.add(index)
        if piece.kind == "item":
            row.append(index)
            if _leads_inside(piece) and headed.get(keys[index], -1) > index:
                found.add(index)
        if piece.kind != "item" or index + 1 == len(pieces):
            leading = [
                i for i in row if _leads_inside(pieces[i]) or (last_place[keys[i]] > row[-1] and len(keys[i]) > 3)
            ]
            if len(row) >= _CONTENTS_LENGTH and len(leading) >= _CONTENTS_SHARE * len(row):
                found.update(row)
            row = []
    return frozenset(found | _listed_rows(pieces, keys, headed))


def _listed_rows(pieces: Sequence[Piece], keys: Sequence[str], headed: Mapping[str, int]) -> set[int]:
    """The rows of tables whose questions are headings further down, most of them: a table of contents."""
    rows = [i for i, piece in enumerate(pieces) if piece.role == "question"]
    leading = [i for i in rows if headed.get(keys[i], -1) > i]
    if len(leading) < max(_CONTENTS_LENGTH, _CONTENTS_SHARE * len(rows)):
        return set()
    return {i for i in range(rows[0], rows[-1] + 1) if pieces[i].role in DECLARED} | _rest_of_row(rows[-1], pieces)


def _rest_of_row(question: int, pieces: Sequence[Piece]) -> set[int]:
    end = question + 1
    while end < len(pieces) and pieces[end].role in DECLARED:
        end += 1
    return set(range(question, end))


def find_refrains(pieces: Sequence[Piece]) -> frozenset[int]:
    """Indices of headings that return word for word, and never with a text of their own: a page's furniture."""
    places: dict[str, list[int]] = {}
    for index, piece in enumerate(pieces):
        if piece.kind == "heading" and piece.role is None and not (answer_label(piece.text) or names_part(piece.text)):
            places.setdefault(_key(piece.text), []).append(index)
    headed = [*(piece.kind == "heading" for piece in pieces[1:]), True]
    rows = (row for row in places.values() if len(row) >= _REPEATED and all(headed[index] for index in row))
    return frozenset(index for row in rows for index in row)


def name_sections(outline: Outline, runs: Sequence[Run], territory: Territory, title: str | None) -> dict[int, str]:
    """Each unit's section, where the document has several: by its heading, else by the words that lead in."""
    headings = {unit: territory.sections[unit] for run in runs for unit in run.units}
    if len(set(headings.values())) > 1:
        return {unit: name(outline.pieces[heading]) for unit, heading in headings.items() if heading is not None}
    if len(runs) > 1:
        units = {unit for run in runs for unit in run.units}
        names = [_lead_in(run, units, outline, title) for run in runs]
        return {unit: said for run, said in zip(runs, names, strict=True) if said for unit in run.units}
    return {}


def name(heading: Piece) -> str:
    """The heading's text without ornaments before it and the colon behind it."""
    return _ORNAMENT.sub("", heading.text).rstrip(" :") or heading.text


def _lead_in(run: Run, units: Set[int], outline: Outline, title: str | None) -> str | None:
    """What the text between the run and the unit before it says of its questions, the nearest saying first."""
    known = _EMPTY_WORDS | set(_words(title or ""))
    for index in range(run.units[0] - 1, -1, -1):
        if index in units:
            return None
        for match in reversed(list(_BEFORE_QUESTIONS.finditer(outline.pieces[index].text))):
            phrase: list[str] = []
            for word in reversed(match[1].split()):
                if word.lower() in _FUNCTION_WORDS or not word[-1].isalnum():
                    break
                phrase.insert(0, word)
            telling = [word for word in phrase if not known.issuperset(_words(word))]
            if telling:
                return " ".join(telling)
    return None


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text.lower())


def _leads_inside(piece: Piece) -> bool:
    return bool(piece.links) and all(link.startswith("#") for link in piece.links)


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
