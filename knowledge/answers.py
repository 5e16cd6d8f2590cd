"""Where a question ends, where its answer begins, and what trails behind that is neither. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.adverts import advert_score, is_advert, is_bare_link, is_pointer
from knowledge.asking import asks
from knowledge.options import find_options, is_boxed
from knowledge.outline import Run
from knowledge.pieces import Piece, answer_label, asked_below

# A list is one without answers when this share of its questions is followed by nothing of its own.
BARE_SHARE = 0.8
_CONDITION = re.compile(
    r"\W*(?:(?:you|assume|assuming|suppose|given|hint|note|bonus|e\.g\.|for example|if)\b"
    r"|如果|假[设如]|提示|例如|比如)",
    re.IGNORECASE,
)
# A question that speaks of code has the code below it.
_SPEAKS_OF_CODE = re.compile(
    r"\b(?:outputs?|prints?|printed|logged|the value of|following|below|(?:this|these|the|given) "
    r"(?:code|snippet|function|query|program|commands?|lines?|expressions?)|wrong with|"
    r"this (?:work|do|does|mean|print))\b"
    r"|输出|下面|以下|下列",
    re.IGNORECASE,
)
_POINTS_BELOW = re.compile(
    r"\b(?:the following|below|these (?:two|three|\d|lines|commands))\b|以下|下列|下面", re.IGNORECASE
)
_PROMISE = re.compile(
    r"\W*(?:(?:your )?answers? (?:here|goes here|coming soon|pending)|to ?do|tbd|tba|n/?a|wip|work in progress|"
    r"(?:answer |to be )?(?:coming soon|completed|added|written)|add (?:your |an )?answer(?: here)?|"
    r"no answer(?: yet)?|待补充|待完善|略|todo:?.{0,40})\W*",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"\b(?:unlock (?:this|the|all|full|your)|premium|paywall|members? only|subscribers? only|become a (?:pro )?member|"
    r"(?:sign|log) ?(?:up|in) to (?:see|read|view|unlock)|subscribe to (?:see|read|view|unlock)|"
    r"(?:read|view|see|get) (?:the )?(?:full |complete )?(?:answer|solution)s? (?:on|at|in|here|with))\b"
    r"|付费|付費|开通会员|会员专享|解锁"
    r"|^\W*(?:read|view|see|get|show|check)(?: out)?(?: the)?(?: full| complete| detailed)? (?:answer|solution)s?\W*$",
    re.IGNORECASE,
)
# From here on a text nested below a question asks on; where this share of those nested does, so do mere orders.
ASKS_ON = 0.8
ORDERS = 0.5
ASKING_ON = 0.66
_PAYWALL_WORDS = 40
_PAYWALL_LENGTH = 240
_LEADS_AWAY = re.compile(
    r"\b(?:here|answers?|solutions?|learn|read|see|view|watch|check|click|link|article|video|more|source|reference|"
    r"details?)\b|答案|点击|查看|链接",
    re.IGNORECASE,
)
_LINK_WORDS = 8

# So many answers must agree in shape before the shape of the last is held against them.
ALIKE = 4
FEWEST_LABELLED = 3


@dataclass
class Body:
    """What follows a unit up to the next, as indices of pieces, sorted into its parts."""

    unit: int
    question: list[int] = field(default_factory=list[int])
    answer: list[int] = field(default_factory=list[int])
    adverts: list[int] = field(default_factory=list[int])
    options: tuple[int, ...] = ()
    empty: list[int] = field(default_factory=list[int])
    """What stands where the answer should, and is none."""
    labelled: bool = False


def sort_bodies(run: Run, owned: dict[int, list[int]], pieces: Sequence[Piece]) -> list[Body]:
    """Every unit's following pieces parted into question, answer and adverts; what is left out trails behind."""
    bodies = [_part(unit, run, owned.get(unit, []), pieces) for unit in run.units]
    _move_code_down(bodies, run, pieces)
    _take_options(bodies, pieces)
    for body in bodies:
        _take_code(body, pieces)
    _take_nested(bodies, pieces)
    for body in bodies:
        _set_promise_aside(body, pieces)
    if run.titled or run.mark == "declared":
        pass
    elif _is_bare(bodies, pieces):
        for body in bodies:
            _keep_nested(body, pieces)
    else:
        _cut_odd_tail(bodies, pieces)
    for body in bodies:
        _take_pointers_out(body, pieces)
        _take_adverts_out(body, pieces)
    return bodies


def _part(unit: int, run: Run, following: list[int], pieces: Sequence[Piece]) -> Body:
    """Up to the answer's label all is question; without one, all that follows is the answer."""
    body = Body(unit, labelled=run.mark == "label")
    if run.mark == "declared":
        body.question = [i for i in following if pieces[i].role == "asked"]
        body.answer = [i for i in following if pieces[i].role != "asked"]
        return body
    asked = asked_below(unit, pieces) if run.mark == "number" else range(0)
    while following and (pieces[following[0]].role == "asked" or following[0] in asked):
        body.question.append(following[0])
        following = following[1:]
    options = find_options(following, pieces)
    after = following[following.index(options[-1]) + 1 :] if options else following
    label = next((i for i in after if answer_label(pieces[i].text)), None)
    if label is None and run.titled:
        body.question += following
    elif label is None:
        body.answer = list(following)
    else:
        body.question += [i for i in following if i < label]
        body.answer = [i for i in following if i >= label]
    return body


def _move_code_down(bodies: list[Body], run: Run, pieces: Sequence[Piece]) -> None:
    """Where code stands above every label, that of the first included, it is what each asks about."""
    above = [unit - 1 for unit in run.units]
    if run.mark != "label" or len(above) < ALIKE or not all(at >= 0 and pieces[at].kind == "code" for at in above):
        return
    for body in bodies:
        body.question = [index for index in body.question if index not in above]
        body.answer = [index for index in body.answer if index not in above]
    for body, at in zip(bodies, above, strict=True):
        body.question.insert(0, at)


def _take_options(bodies: list[Body], pieces: Sequence[Piece]) -> None:
    """Options belong to the question where a box or an answer's label says that they are some, or most have them."""
    found = {body.unit: find_options([*body.question, *body.answer], pieces) for body in bodies}
    usual = sum(bool(options) for options in found.values()) * 2 > len(bodies) > 1
    for body in bodies:
        options = found[body.unit]
        if not options or not (usual or is_boxed(pieces[options[0]].text) or options[-1] in body.question):
            continue
        body.options = options
        following = [*body.question, *body.answer]
        cut = following.index(options[-1]) + 1
        rest = following[cut:]
        body.question, body.answer = following[:cut], rest


def _take_code(body: Body, pieces: Sequence[Piece]) -> None:
    """Code right below a question that speaks of it is the question's; but what a toggle hides is never all asked."""
    unit = pieces[body.unit]
    if unit.role == "toggle" and all(pieces[index].kind == "code" for index in body.answer):
        return
    text = unit.text if not body.question else pieces[body.question[-1]].text
    while body.answer and pieces[body.answer[0]].kind == "code" and _SPEAKS_OF_CODE.search(text):
        body.question.append(body.answer.pop(0))


def _take_nested(bodies: list[Body], pieces: Sequence[Piece]) -> None:
    """What is nested below a listed question and only asks on, or sets a condition, is the question's; an order
    ("Create an index") is too where most of what is nested asks, else it may be one of an answer's steps."""
    nested = [body for body in bodies if body.answer and _is_nested(body, pieces)]
    asking = [body for body in nested if _all_ask_on(body, pieces, ASKS_ON)]
    if len(asking) >= ASKING_ON * len(nested):
        asking = [body for body in nested if _all_ask_on(body, pieces, ORDERS)]
    for body in asking:
        body.question, body.answer = [*body.question, *body.answer], []


def _is_nested(body: Body, pieces: Sequence[Piece]) -> bool:
    unit = pieces[body.unit]
    return unit.kind == "item" and all(
        pieces[index].kind == "item" and pieces[index].depth > unit.depth for index in body.answer
    )


def _all_ask_on(body: Body, pieces: Sequence[Piece], least: float) -> bool:
    texts = [pieces[index].text for index in body.answer]
    return all(asks(text) >= least or _CONDITION.match(text) for text in texts)


def _set_promise_aside(body: Body, pieces: Sequence[Piece]) -> None:
    """What only says that there is no answer yet, or that it stands elsewhere, for those who pay."""
    said = [i for i in body.answer if any(c.isalnum() for c in _unlabelled(pieces[i].text))]
    if said and (_only_promises(said, pieces) or all(_only_leads_away(pieces[i]) for i in said)):
        body.empty, body.answer = body.answer, []


def _unlabelled(text: str) -> str:
    label = answer_label(text)
    return label.rest if label else text


def _only_promises(said: list[int], pieces: Sequence[Piece]) -> bool:
    text = " ".join(_unlabelled(pieces[i].text) for i in said)
    short = len(text.split()) <= _PAYWALL_WORDS and len(text) <= _PAYWALL_LENGTH
    return bool(_PROMISE.fullmatch(text.strip()) or (short and _PAYWALL.search(text)))


def _only_leads_away(piece: Piece) -> bool:
    text = _unlabelled(piece.text)
    return bool(piece.links) and len(text.split()) <= _LINK_WORDS and bool(_LEADS_AWAY.search(text))


def _is_bare(bodies: list[Body], pieces: Sequence[Piece]) -> bool:
    """Whether the questions stand in a row without answers. The last, before whatever comes, has no vote, nor has a
    question followed by code alone, or by a list that it may speak of: that belongs to either, as the others do."""
    voters = [body for body in bodies[:-1] if not body.answer or not _may_be_asked(body, pieces)]
    bare = sum(not body.answer for body in voters)
    return len(voters) >= 2 and len(voters) * 2 >= len(bodies) and bare >= BARE_SHARE * len(voters)


def _may_be_asked(body: Body, pieces: Sequence[Piece]) -> bool:
    listed = all(pieces[index].kind == "item" for index in body.answer)
    if listed and _points_below(pieces[body.unit].text):
        return True
    return all(pieces[index].kind in ("code", "table") for index in body.answer)


def _points_below(text: str) -> bool:
    return text.rstrip().endswith((":", "：")) or bool(_POINTS_BELOW.search(text))


def _keep_nested(body: Body, pieces: Sequence[Piece]) -> None:
    """In a list without answers, code below a question and what is nested in it are its own."""
    depth = pieces[body.unit].depth if pieces[body.unit].kind == "item" else 0
    nested: list[int] = []
    while body.answer and pieces[body.answer[0]].kind in ("code", "table"):
        body.question.append(body.answer.pop(0))
    for index in body.answer:
        if pieces[index].kind == "heading" or pieces[index].depth <= depth:
            break
        nested.append(index)
    meant = _points_below(pieces[body.unit].text)
    if nested and (meant or all(asks(pieces[i].text) >= 0.5 or _CONDITION.match(pieces[i].text) for i in nested)):
        body.question, body.answer = [*body.question, *nested], []
    elif not (body.answer and answer_label(pieces[body.answer[0]].text)):
        body.answer = nested


def _cut_odd_tail(bodies: list[Body], pieces: Sequence[Piece]) -> None:
    """The last answer has no next question to end it: it ends where it takes a turn that no other answer takes."""
    others = [body for body in bodies[:-1] if body.answer]
    last = bodies[-1]
    labelled = len(others) >= FEWEST_LABELLED and all(answer_label(pieces[body.answer[0]].text) for body in others)
    if labelled and last.answer and not any(answer_label(pieces[index].text) for index in last.answer):
        last.answer = []
    if len(others) < ALIKE:
        return
    turns = {turn for body in others for turn in _turns(body, pieces)}
    for position, turn in enumerate(_turns(last, pieces)):
        if position and turn not in turns and turn[1] in ("paragraph", "heading"):
            last.answer = last.answer[:position]
            return


def _turns(body: Body, pieces: Sequence[Piece]) -> list[tuple[str, str]]:
    """Each piece of the answer with the one before it, by kind."""
    kinds = ["", *(pieces[i].kind for i in body.answer)]
    return list(pairwise(kinds))


def _take_pointers_out(body: Body, pieces: Sequence[Piece]) -> None:
    pointers = [i for i in body.answer if is_pointer(pieces[i].text, pieces[i].links) or is_bare_link(pieces[i].text)]
    if len(pointers) < len(body.answer):
        body.adverts += [i for i in pointers if is_pointer(pieces[i].text, pieces[i].links)]
        body.answer = [i for i in body.answer if i not in body.adverts]


def _take_adverts_out(body: Body, pieces: Sequence[Piece]) -> None:
    """Adverts leave the answer; behind one, nothing but prose is the advert's own end and leaves with it."""
    for position, index in enumerate(body.answer):
        piece = pieces[index]
        if piece.kind in ("code", "table", "item") or not is_advert(piece.text, piece.links):
            continue
        tail = body.answer[position + 1 :]
        if all(pieces[i].kind in ("paragraph", "heading") for i in tail):
            body.adverts += [index, *(i for i in tail if advert_score(pieces[i].text, pieces[i].links) >= 1)]
            body.answer = body.answer[:position]
            return
        body.adverts.append(index)
    body.answer = [i for i in body.answer if i not in body.adverts]
