"""Names that the parts of an answer go by ("Approach 2", "Explanation"), and what is asked after it. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from knowledge.asking import asks
from knowledge.pieces import DECLARED, Piece

# From this rank on a heading names no chapter of the document.
_PART_DEPTH = 3

_NUMBERED_PART = re.compile(
    r"\W*(?:method|approach|solution|option|way|step|example|technique|variant|alternative|strategy|attempt)"
    r"\s*[#№]?\s*(?:\d{1,2}|[A-D]|one|two|three|four|I{1,3})\b\s*(?:[:.)\-–—(].*)?"
    r"|\W*(?:方法|方案|解法|示例|步骤|思路)\s*[一二三四五六\d](?:[:：、.．\s].*)?",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\W*(?:(?:code|simple|quick|real[- ](?:world|life)|practical|detailed|key|usage|common|sample|the)\s+)?"
    r"(?:examples?|explanations?|notes?|hints?|outputs?|inputs?|constraints|(?:time |space )?complexity(?: analysis)?|"
    r"code|syntax|usage|implementation|points|takeaways?|pros(?: (?:and|&|/) cons)?|cons|advantages|disadvantages|"
    r"drawbacks|trade-?offs|use cases?|pitfalls|mistakes|intuition|reasoning|rationale|walkthrough|tl;?dr)\W*"
    r"|\W*(?:代码)?(?:示例|例子|思路|解释|说明|补充|注意|优点|缺点|优缺点|复杂度(?:分析)?|代码(?:实现)?)\W*",
    re.IGNORECASE,
)
_FOLLOW_UPS = re.compile(
    r"\W*(?:(?:possible|common|typical|some|potential|likely)\s+)?follow[- ]?ups?(?P<several>\s+questions)?"
    r"(?:\s+question)?(?:\s+\d{1,2})?\W*(?:$|[:：]\W*(?P<rest>\w.*))"
    r"|\W*(?:追问|延伸问题)\W*(?:$|[:：]\W*(?P<asked>\w.*))",
    re.IGNORECASE | re.DOTALL,
)


def names_part(text: str) -> bool:
    """Whether a heading names a part that any answer may have, and so neither asks nor ends one."""
    if _PART.fullmatch(text):
        return True
    return bool(_NUMBERED_PART.fullmatch(text)) and asks(text) < 1


def find_follow_ups(pieces: Sequence[Piece]) -> frozenset[int]:
    """Indices of what an interviewer may ask after the answer, with the label above: no question of the document's
    list, and no part of the answer."""
    labels = {
        index: match
        for index, piece in enumerate(pieces)
        if piece.kind not in ("code", "table") and piece.role not in DECLARED
        if (match := _FOLLOW_UPS.fullmatch(piece.text))
    }
    returning = Counter(pieces[index].text for index in labels)
    found: set[int] = set()
    for index, match in labels.items():
        piece = pieces[index]
        chapter = piece.kind == "heading" and piece.depth < _PART_DEPTH and match["several"]
        if chapter and returning[piece.text] == 1:
            continue
        found.add(index)
        if not (match["rest"] or match["asked"]):
            found.update(_listed_below(index, pieces))
    return frozenset(found)


def _listed_below(label: int, pieces: Sequence[Piece]) -> range:
    """The list right below a label, or the paragraphs that ask below a heading."""
    end, last = label + 1, 0
    while end < len(pieces) and _belongs(pieces[end], pieces[label], last):
        last = int(number) if (number := pieces[end].number or "").isdigit() else last
        end += 1
    return range(label + 1, end)


def _belongs(piece: Piece, label: Piece, last: int) -> bool:
    """A list that is numbered begins with one and counts on, else it is the one that goes on behind the label."""
    if piece.kind == "item":
        inside = piece.depth > label.depth if label.kind == "item" else True
        return inside and (piece.number is None or piece.number == str(last + 1))
    return piece.kind == "paragraph" and label.kind == "heading" and asks(piece.text) >= 1
