"""Text as a person sees it: letters that only look like plain ones become them, invisible ones go. Pure."""

import re
import unicodedata
from functools import lru_cache

# Cyrillic and Greek letters that nobody can tell from ours.
_TWINS = dict(
    zip(
        "асеһіјорԛѕѵԝхуАВСЕНІЈКМОРԚЅТХУѴԜαονρυιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "acehijopqsvwxyABCEHIJKMOPQSTXYVWaovpuiABEZHIKMNOPTYX",
        strict=True,
    )
)
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
"""What draws nothing, as the inside of a regular expression's class."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_WORD = re.compile(rf"(?:[^\W\d_]|[{INVISIBLE}])+")


def plain(text: str) -> str:
    """As long as the text, place by place the same: wide and ornamental letters are plain, and in words made of ours
    and of twins of ours, the twins are ours. A word of another alphabet stays as it is."""
    if text.isascii():
        return text
    return _WORD.sub(_untwinned, "".join(map(_narrow, text)))


def seen(text: str) -> str:
    """The plain text without what draws nothing. Places in it are not places in the text."""
    return text if text.isascii() else _INVISIBLE.sub("", plain(text))


@lru_cache(maxsize=4096)
def _narrow(letter: str) -> str:
    if letter.isascii():
        return letter
    folded = unicodedata.normalize("NFKC", letter)
    return folded if len(folded) == 1 and folded.isascii() else letter


def _untwinned(match: re.Match[str]) -> str:
    word = match.group()
    ours = "".join(_TWINS.get(letter, letter) for letter in word)
    return ours if _INVISIBLE.sub("", ours).isascii() else word
