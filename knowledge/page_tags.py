"""What a page's tags and their classes say of what they hold: a question, a listing, bold words. Pure."""

import re

from bs4.element import Tag

from knowledge.words import word_set

INLINE = word_set(
    "a abbr b bdi bdo big cite code data del dfn em font i img input ins kbd label mark q s samp small span strike "
    "strong sub sup time tt u var wbr"
)
# A whole bold line is a heading somebody did not declare; a long one is only loud.
BOLD_HEADING_WORDS = 40

_BOLD = frozenset({"b", "strong"})
# What pages call the part that holds a question, and nothing else, in tags that say nothing themselves.
_NAMED = word_set("div p")
_QUESTION_CLASS = re.compile(r"(?<![a-z])question(?:[-_]*(?:title|text|name|heading|header))?(?![\w-])", re.IGNORECASE)


def is_question(tag: Tag) -> bool:
    """Whether the page's own names for its parts say that all the tag holds is one question."""
    if tag.name not in _NAMED or not _QUESTION_CLASS.search(_classes(tag)):
        return False
    answered = any("answer" in _classes(child) for child in tag.find_all(True))
    return not answered and len(tag.get_text().split()) <= BOLD_HEADING_WORDS


def _classes(tag: Tag) -> str:
    value = tag.get("class") or ""
    return (value if isinstance(value, str) else " ".join(value)).lower()


def listing(table: Tag) -> Tag | None:
    """The code of a table that only sets numbers beside its lines."""
    listings = table.find_all("pre")
    return listings[-1] if listings and len(table.find_all("tr")) == 1 else None


def is_bold(tag: Tag) -> bool:
    """Bold that holds blocks, or all that a toggle unfolds, sets nothing apart."""
    if tag.name not in _BOLD or (tag.parent is not None and tag.parent.name == "details"):
        return False
    return all(not isinstance(child, Tag) or child.name in INLINE or child.name == "br" for child in tag.contents)


def is_heading(tag: Tag) -> bool:
    return bool(re.fullmatch("h[1-6]", tag.name))
