"""Whether a text is written in English, by its script and its commonest words. Pure."""

import re
import unicodedata

from interviewer.grading.terms import word_set

_WORD = re.compile(r"[^\W\d_]+")
# Words that English does not have, or hardly: Spanish, Portuguese, French, Italian, German, Dutch, Polish, Swedish,
# Danish, Czech, Hungarian, Finnish, Turkish, Romanian, Indonesian, Swahili, Vietnamese, Hindi in our letters.
_FOREIGN = word_set(
    """
    el los las una uno del para por con que como pero más también cuando porque esta este son está se su sus es muy
    os das dos uma não com mais para pelo pela são você isso seu sua
    le les des une dans sur pour avec est sont qui pas ne ce cette mais plus aussi vous nous leur être
    il della delle gli che di un una sono per nel anche più come non questo questa
    der das und ist nicht ein eine mit für auf den dem sich auch wird werden wenn oder sind zum zur kann man bei
    het een van niet voor met zijn wordt dat maar ook als naar deze
    nie jest się na że jak dla przez lub tylko są czy tym gdy jego także może oraz albo
    och att det som är inte på med för av ett eller kan
    og af til ikke fra bliver hvis eksempel når
    se je že jsou jako nebo pro aby který která alespoň jiné ty
    az és egy hogy nem van vagy meg ezt
    ja on että joka myös mutta ovat sekä ei sen
    ve bir için ile bu da olarak değil sonra çok daha ya her veya çünkü gibi
    și este în cu nu să pentru chiar mai sau dacă orice
    yang dan dengan untuk tidak dari juga setiap hanya adalah atau pada sebelum
    na ya wa kwa ni katika kwamba sababu zaidi hii
    là và của các cho trong khi không được một mỗi thì hoặc này nào tôi
    hai ko mein ki ke se nahi kar hota karta karti hain aur kyunki wali liye
    """
)
_ENGLISH = word_set(
    "the a an is are of to and in it you that for be with not so if or can this they on as we by i when which"
)
# Words of ours that some other language has too.
_SHARED = word_set("a to on be as or i in so by an is")
_ENOUGH_WORDS = 6
_FOREIGN_SCRIPT = 0.3
# Names bring accents into English too, but not into so many letters, nor with so few of its commonest words about.
_ACCENTED = 0.03
_FEW_ENGLISH = 0.1


def looks_english(text: str) -> bool:
    """False only where the text is clearly something else; short or wordless texts pass."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) >= 10 and sum(not _is_latin(c) for c in letters) > _FOREIGN_SCRIPT * len(letters):
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    foreign = sum(word in _FOREIGN for word in words)
    english = sum(word in _ENGLISH for word in words)
    if len(words) < _ENOUGH_WORDS:
        return True
    accented = sum(not c.isascii() for c in letters) > _ACCENTED * len(letters)
    ours = sum(word in _ENGLISH - _SHARED for word in words)
    return not (accented and ours < _FEW_ENGLISH * len(words)) and (foreign < 3 or foreign <= english)


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")
