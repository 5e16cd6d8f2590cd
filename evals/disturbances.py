"""Changes that leave what an answer says as it was: typing errors, neutral padding, another order, invisible letters.

Pure and seeded by the answer's id: the same answer is always changed in the same way.
"""

import re
from collections.abc import Sequence
from random import Random

from evals.datasets import Case
from knowledge.spans import Span, sentences

WORDS_A_TYPO = 8
# A sentence or two of an answer, then one that tells nothing.
SENTENCES_A_FILLER = 2
FEWEST_GROUPS = 3
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_INVISIBLE_SHARE = 0.15

FILLERS = (
    "That's a topic I've met at nearly every company I worked for.",
    "I'm glad you bring this up.",
    "Let me take that one piece at a time.",
    "We had a long lunch about exactly this last spring.",
    "I read a good chapter on it not too long ago.",
    "My former colleagues would laugh if they heard me talk about it again.",
    "I'll try to keep it short.",
    "I always found this part of the job rather enjoyable.",
    "This has come up in two of my interviews before.",
    "It took me a while to get comfortable with the subject.",
    "Of course every team has its own habits.",
    "I hope I'm speaking slowly enough.",
    "At university we only touched on it briefly.",
    "There's a nice talk about it from a conference in Lisbon.",
    "Let me take a sip of water first.",
    "I've explained this to a few trainees over the years.",
    "That was quite a busy period for us.",
    "People have written whole books on the matter.",
    "I remember the whiteboard in our old office being full of it.",
    "My first boss was very fond of that subject.",
    "I'm thinking aloud here, as you asked.",
    "Anyway, that's my way of looking at it.",
    "It's good that we have a bit of time for this.",
    "I used to have a sticker about it on my laptop.",
    "We were a team of six back then.",
    "It was raining that day, I still remember.",
    "As I said, I enjoy this kind of conversation.",
    "I made some notes on it at home the other evening.",
    "A friend of mine asked me the very same thing last month.",
    "Let me put it in my own words.",
    "I learned most of this on the job.",
    "It's the sort of thing one picks up over time.",
    "I hope that makes sense so far.",
    "There are of course many opinions on the internet.",
    "I've had some good discussions about it over coffee.",
    "That's how I'd tell it to a new colleague.",
    "In my current role it comes up about once a month.",
    "I could talk about it for quite a while.",
    "Let me go on with the next bit.",
    "You can stop me whenever you like.",
    "I prepared for this on the train this morning.",
    "It's been a subject of many meetings.",
    "Years ago I would have told it differently.",
    "Give me a second to gather my thoughts.",
    "So much for the general picture.",
    "I've seen it done by people far more experienced than me.",
)

# Fenced and quoted code, what stands in braces, calls with their arguments, and SQL to the end of its line.
_CODE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\{[^}]*\}|[\w.]+\([^)\n]*\)|\bselect\b[^\n]*?\bfrom\b[^\n]*", re.DOTALL | re.IGNORECASE
)
_PLAIN_WORD = re.compile(r"(?<![\w/@.:$<\\'’-])[A-Za-z][a-z]{3,}(?![\w/@(:$>\\'’-]|\.\w)")
_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_CLOSED = ".!?…:"
_LISTED = re.compile(r"^\s*(?:(?:[-*•–]|\d+[.)]|#+)\s|\*\*)", re.MULTILINE)
# A sentence that begins so, or points back in its first words, leans on the one before and moves with it.
_LEANS = re.compile(
    r"\W*(?:(?:[\w'’]+\W+){0,5}(?:this|that|these|those|it|its|it['’]s|they|them|their|he|she|his|her|him)\b"
    r"|(?:there|here|such|both|either|neither|so|then|also|but|and|or|nor|otherwise|therefore|hence|thus|however|though"
    r"|still|yet|instead|besides|plus|too|anyway|meanwhile|afterwards|after|before|later|next|finally|now|only|even|yes"
    r"|no|not|because|since|as|which|who|whoever|while|until|once|when|if|without|with|for|from|inside|outside|in|on|to"
    r"|e\.g|say|another|others|same|one|two|three|first|second|third|secondly|another|all|each|every|everyone|nobody"
    r"|somebody|someone|most|more|less|much|many|of|at|by|price|worst|best|like|advantage|result|never|sometimes|usually"
    r"|the\s+(?:other|second|third|former|latter|first|last|rest|next|same|above|main|trouble|idea|reason|remaining))\b)",
    re.IGNORECASE,
)


def mistype(case: Case) -> str:
    """About one word in eight with a slip of the fingers; code, names and short words are left as they are."""
    random = Random(f"typos {case.id}")
    words = _plain_words(case.answer)
    wanted = max(1, round(len(case.answer.split()) / WORDS_A_TYPO))
    chosen = random.sample(words, min(len(words), wanted))
    answer = case.answer
    for start, end in sorted(chosen, reverse=True):
        answer = answer[:start] + _slip(answer[start:end], random) + answer[end:]
    return answer


def pad(case: Case, fillers: Sequence[str] = FILLERS) -> str:
    """Sentences that tell nothing, between the answer's own, at most as many as there are fillers."""
    random = Random(f"padding {case.id}")
    text = case.answer
    gaps = [
        0,
        *(end for _, end in sentences(text) if end == len(text) or text[end - 1] in _CLOSED or text[end] == "\n"),
    ]
    wanted = min(len(gaps), len(fillers), max(1, round(len(gaps) / SENTENCES_A_FILLER)))
    places = sorted(random.sample(gaps, wanted), reverse=True)
    for place, filler in zip(places, random.sample(fillers, len(places)), strict=True):
        text = _inserted(text, place, filler)
    return text


def reorder(case: Case) -> str | None:
    """The answer's paragraphs, or else its sentences, in another order, each with those that lean on it.

    None: there are too few to shuffle, or all are the same, or it is a list or code, whose order tells something.
    """
    if "```" in case.answer or _LISTED.search(case.answer):
        return None
    paragraphs = [paragraph.strip() for paragraph in re.split(r"\n\s*\n", case.answer) if paragraph.strip()]
    units, join, fixed = paragraphs, "\n\n", 0
    if len(paragraphs) < FEWEST_GROUPS:
        # The first sentence sets the scene, of an analogy above all.
        units, join, fixed = [_closed(case.answer[start:end]) for start, end in sentences(case.answer)], " ", 1
    groups: list[str] = []
    for unit in units:
        if groups and _LEANS.match(unit):
            groups[-1] += join + unit
        else:
            groups.append(unit)
    if len(groups) < FEWEST_GROUPS or len(set(groups[fixed:])) < 2:
        return None
    random, rest = Random(f"order {case.id}"), groups[fixed:]
    while rest == groups[fixed:]:
        random.shuffle(rest)
    return join.join([*groups[:fixed], *rest])


def sprinkle(text: str, seed: str) -> str:
    """The same with letters that nobody sees between its own, as pages and word processors leave them."""
    random = Random(f"invisible {seed}")
    return "".join(
        letter + random.choice(INVISIBLE) if letter.isalpha() and random.random() < _INVISIBLE_SHARE else letter
        for letter in text
    )


def _plain_words(text: str) -> list[Span]:
    code = [match.span() for match in _CODE.finditer(text)]
    words = (Span(*match.span()) for match in _PLAIN_WORD.finditer(text))
    return [word for word in words if not any(word.start < end and start < word.end for start, end in code)]


def _slip(word: str, random: Random) -> str:
    """One letter swapped, doubled, dropped or hit beside its key; never the first, which fingers get right."""
    place = random.randrange(1, len(word) - 1)
    letter, following = word[place], word[place + 1]
    slips = [
        word[:place] + following + letter + word[place + 2 :],
        word[: place + 1] + word[place:],
        word[:place] + word[place + 1 :],
        word[:place] + random.choice(_beside(letter)) + word[place + 1 :],
    ]
    return random.choice([slip for slip in slips if slip != word])


def _beside(letter: str) -> Sequence[str]:
    row = next(row for row in _KEY_ROWS if letter in row)
    place = row.index(letter)
    return [row[i] for i in (place - 1, place + 1) if 0 <= i < len(row)]


def _inserted(text: str, place: int, filler: str) -> str:
    before, after = text[:place], text[place:].lstrip(" ")
    if not before:
        return f"{filler}\n\n{after}" if _LISTED.match(after) or after.startswith("`") else f"{filler} {after}"
    lead = " " if before[-1] in _CLOSED else "\n\n"
    return f"{before}{lead}{filler}" + (after if not after or after[0] == "\n" else f" {after}")


def _closed(sentence: str) -> str:
    return sentence if sentence[-1] in ".!?…" else sentence.rstrip(",;:") + "."
