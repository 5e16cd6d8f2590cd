"""Whether a text is written in English, by its script and its commonest words. Pure."""

import re
import unicodedata

from interviewer.grading.terms import word_set

_WORD = re.compile(r"[^\W\d_]+")
# Words that English does not have, or hardly: Spanish, Portuguese, French, Italian, German, Dutch, Polish, Swedish.
_FOREIGN = word_set(
    """
    el los las una uno del para por con que como pero más también cuando porque esta este son está se su sus es muy
    os das dos uma não com mais para pelo pela são você isso seu sua
    le les des une dans sur pour avec est sont qui pas ne ce cette mais plus aussi vous nous leur être
    il della delle gli che di un una sono per nel anche più come non questo questa
    der das und ist nicht ein eine mit für auf den dem sich auch wird werden wenn oder sind zum zur kann man bei
    het een van niet voor met zijn wordt dat maar ook als naar deze
    nie jest się na że jak dla przez lub tylko są
    och att det som är inte på med för av ett eller kan
    """
)
_ENGLISH = word_set(
    "the a an is are of to and in it you that for be with not so if or can this they on as we by i when which"
)
_ENOUGH_WORDS = 6
_FOREIGN_SCRIPT = 0.3


def looks_english(text: str) -> bool:
    """False only where the text is clearly something else; short or wordless texts pass."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) >= 10 and sum(not _is_latin(c) for c in letters) > _FOREIGN_SCRIPT * len(letters):
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    foreign = sum(word in _FOREIGN for word in words)
    english = sum(word in _ENGLISH for word in words)
    return len(words) < _ENOUGH_WORDS or foreign < 3 or foreign <= english


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")
