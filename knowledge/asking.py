"""How much a text reads like a question, in the languages that interview documents are mostly written in. Pure."""

import re

from knowledge.words import word_set

ASKING = 0.5
"""From here on a single text counts as asking."""

_ASKING = word_set(
    "explain describe tell define discuss compare contrast differentiate distinguish elaborate "
    "explique expliquez explica describa décrivez defina définissez compare comparez nombre "
    "menciona mencione enumera enumere nombra nombre cuéntame háblame diferencia diferencias "
    "citez donnez énumérez expliquer parlez cite descreva liste fale conte diga diferença diferenças "
    "spiega descrivi elenca confronta differenza opisz wyjaśnij wymień różnica açıklayın açıklayınız "
    "поясніть опишіть розкажіть объясни опиши расскажи сравни назови перечисли разница отличия "
    "erkläre erklären beschreibe beschreiben nenne nennen vergleichen "
    "объясните опишите расскажите назовите перечислите сравните"
)
_ASKING_PHRASE = re.compile(
    r"[^\w]*(?:please|walk (?:me|us)|talk (?:me|us|about)|let'?s|(?:the )?differences? between|true or false|"
    r"(?:el|la|las|los) (?:diferencias?|ventajas)|(?:les? )?différences? entre|unterschiede? zwischen)\b",
    re.I,
)
_INTERROGATIVE = word_set(
    "what what's whats how how's why when where who which whose can could do does did is are was were have has should "
    "would will shall may "
    "qué cuál cuáles cómo cuándo dónde quién cuánto cuántos porqué "
    "que quel quelle quels quelles comment pourquoi quand où "
    "was wie warum wann wo wer welche welcher welches wozu wofür worin wodurch weshalb "
    "что как почему зачем какие какой какая какое чем когда где кто сколько чего "
    "що як чому які який яка чи де коли co czym jak jaki jaka jakie dlaczego kiedy gdzie "
    "quais qual como quando onde cosa quale quali come perché wat hoe waarom welke"
)
_OPPOSED = re.compile(r"\W*\w\S*(?: \S+){0,4} (?:vs\.?|versus) \S+(?: \S+){0,4}", re.I)
_NOT_ASKING = re.compile(r"(?:how|what|when|where|why|which) (?:\w+ )?to\b", re.I)
_COMMAND = word_set(
    "mention name list give state write implement design show share demonstrate outline summarize summarise identify "
    "suggest propose consider imagine suppose draw calculate find solve illustrate sketch build create talk "
    "rate introduce choose select fix specify"
)
QUESTION_MARK = re.compile(r"[?？؟](?=[\s\"'”’»)\]*]|$)|？|[?](?=[\u3000-\u9fff])")
# Languages written without spaces ask by these, wherever in the sentence they stand.
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
CJK_LENGTH = 80
_CJK_CUES = re.compile(
    r"什么|甚么|为什么|為什麼|如何|怎么|怎麼|怎样|哪些|哪个|哪種|区别|區別|谈谈|谈一谈|談談|说说|说一下|介绍|簡述|简述|描述|解释|解釋|"
    r"多少|是否|有没有|吗$|呢$|对比|比较|优缺点|实现原理|的原理|"
    r"とは|ですか|何|なぜ|どう|説明|違い|무엇|어떻게|왜|설명|차이"
)
_LISTED = re.compile(r"\W*\d{1,4}[.)]\s*")
_FIRST_WORD = re.compile(r"[^\w]*([\w'’]+)")


def asks(text: str) -> float:
    """How much a text reads like a question, 0 to 1, by its punctuation first and its first word second."""
    if QUESTION_MARK.search(text):
        return 1.0
    if _CJK.search(text):
        return 1.0 if _CJK_CUES.search(text) and len(text) <= CJK_LENGTH else 0.0
    match = _FIRST_WORD.match(text)
    first = match[1].lower().replace("’", "'") if match else ""
    if first in _ASKING or _ASKING_PHRASE.match(text):
        return 1.0
    if first in _INTERROGATIVE:
        return 0.0 if _NOT_ASKING.match(text) else 0.8
    return 0.5 if first in _COMMAND or _OPPOSED.fullmatch(text) else 0.0


def is_whole_question(text: str) -> bool:
    """Whether what stands apart on its line is a question, by its mark, or by its words and a full stop."""
    text = text.rstrip(": ")
    return text.endswith(("?", "？")) or (text.endswith(".") and asks(_LISTED.sub("", text)) >= 1)


def is_cjk(text: str) -> bool:
    return bool(_CJK.search(text))
