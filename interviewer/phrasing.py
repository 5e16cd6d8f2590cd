"""A move becomes words: the bank's own, in a calm frame. What is said is decided before; here it is only worded."""

from collections.abc import Iterable, Sequence
from typing import Protocol, assert_never
from zlib import crc32

from interviewer.models import (
    Advance,
    Assert,
    Challenge,
    Clarify,
    Correct,
    Deepen,
    Evidence,
    Finish,
    Hint,
    Intent,
    LeaveUnmarked,
    Move,
    OfferRetry,
    Phrase,
    Probe,
    Prompt,
    Pump,
    Redirect,
    UngradedReason,
)
from interviewer.state import QuestionState, State
from interviewer.terms import OwnTerm, own_term
from knowledge.models import FollowUp, Misconception, Question, RubricPoint, Source, follow_ups

MOST_WORDS = 30
"""Of a Probe, Hint, Prompt or Challenge, the candidate's own term included."""

LEADS = ("I see. ", "Thank you. ", "Understood. ", "Noted. ")
LEADS_AFTER_DONT_KNOW = ("That's all right. ", "No matter. ", "Fair enough. ", "Never mind. ")
NEAR = ('You mentioned "{}"', 'You brought up "{}"', 'You spoke of "{}"', 'Staying with "{}"')
ASIDE = ('Beyond "{}"', 'Apart from "{}"', 'Setting "{}" aside', 'Besides "{}"')
CREDITED = frozenset({"covered", "partial"})
PUMPS = ("Go on.", "What else?", "Could you say a little more?", "Please, carry on.", "Tell me more.")
TEACHING = ("Here is what I was after. ", "This belongs in the answer. ", "The point to keep: ", "Worth remembering: ")
CORRECTIONS = ("To set that straight: ", "Let me put that right. ", "A correction before we go on: ")
FACTS = ("For this question: ", "Here is what I can tell you: ", "Let us say this: ", "You may take this as given: ")
NO_FACT = (
    "I leave that to you. Assume what seems reasonable, and say what you assume.",
    "That is not laid down. Choose an assumption, name it, and go on from there.",
    "There is no fixed answer to that here: make an assumption and tell me which.",
)
NO_HINT = (
    "I have no further hint for this one.",
    "There is nothing more that I can hint at here.",
    "That is all the help I have on this question.",
)
BRIDGES = ("Let's move on.", "Thank you. On to the next.", "Very well, another question.", "All right, something else.")
BRIDGES_AFTER_SKIP = ("We'll leave that one there.", "Skipped. Here is another.", "As you like. The next one, then.")
REDIRECTIONS: dict[Intent, tuple[str, ...]] = {
    "copied": ("That is the question as I put it; I'd like your own answer to it.",),
    "attack": ("I can only take an answer to the question.",),
}
OTHER_REDIRECTIONS = ("Let me bring us back to the question.", "I'd like to return to what I asked.")
CONSEQUENCES = (
    "what would follow from that in practice?",
    "what happens when that meets a busy system?",
    "what would you expect to see if you tried it?",
)
ANYTHING_ELSE = ("What else would matter here?", "What would you add to that?", "Is there another side to this?")
FINISHES = {
    "completed": "That was the last question. Thank you for your time; your report is ready.",
    "stopped": "We'll stop here, then. Thank you for your time; your report covers what we got to.",
    "time_up": "That's our time. Thank you; your report covers what we got to.",
}
UNMARKED: dict[UngradedReason, str] = {
    "no_rubric": "There is no rubric for this question, so your answer is kept but not marked.",
    "needs_model": "Marking this kind of answer needs a language model, so it is kept but not marked.",
    "unavailable": "The grader still cannot be reached. Your answer is kept, and this question stays unmarked.",
    "invalid_reply": "The grader gave no usable verdict. Your answer is kept, and this question stays unmarked.",
}
DRAFT = "draft rubric"


class Phraser(Protocol):
    """Puts a move into words. It never raises: where it cannot find better words, the bank's own stand in."""

    def phrase(self, move: Move, state: State) -> Phrase: ...


class BankPhraser:
    """The bank's words, framed by a few neutral ones of our own. The same state always gives the same words."""

    def phrase(self, move: Move, state: State) -> Phrase:
        return Phrase(text=_words(move, state), by="bank")


def question_words(question: Question) -> str:
    """The question as it is put, with its label where the rubric is only a draft."""
    return f"{question.text} ({DRAFT})" if question.status == "draft" else question.text


def _words(move: Move, state: State) -> str:
    match move:
        case Probe() | Hint() | Prompt():
            return _ask_about(move, state)
        case Challenge():
            return _challenge(move, state)
        case Pump():
            return _fresh(PUMPS, state)
        case Deepen():
            return _follow_up(state, move.follow_up_id).text
        case Assert():
            point = _point(state, move.point_id)
            return _fresh(TEACHING, state) + _sourced(point.text, point.source, state)
        case Correct():
            text, source = _correction(move, state)
            return _fresh(CORRECTIONS, state) + _sourced(text, source, state)
        case Redirect():
            lead = _fresh(REDIRECTIONS.get(move.intent, OTHER_REDIRECTIONS), state)
            return f"{lead} {question_words(state.current.question)}"
        case Clarify():
            return _clarification(move, state)
        case OfferRetry():
            detail = move.detail.strip().rstrip(".")
            return f"I could not mark that answer: {detail}. It is kept as you wrote it. Retry has it marked again."
        case LeaveUnmarked():
            return UNMARKED[move.reason]
        case Advance():
            return _fresh(BRIDGES_AFTER_SKIP if state.current.skipped else BRIDGES, state)
        case Finish():
            return FINISHES[move.reason]
        case _:
            assert_never(move)


# ── Questions about a point ──────────────────────────────────────────────────────────────────────────────────


def _ask_about(move: Probe | Hint | Prompt, state: State) -> str:
    point = _point(state, move.point_id)
    asking = _short_enough(_from_the_bank(move, point)) or _fresh(ANYTHING_ELSE, state)
    term = _term(state, asking, hidden=(point.text,), evidence=_evidence(state.current, point.id))
    return _framed(asking, term, state, lead=isinstance(move, Probe))


def _from_the_bank(move: Probe | Hint | Prompt, point: RubricPoint) -> tuple[str | None, ...]:
    """What the bank offers for this rung; the rung above stands in for one that is not there."""
    match move:
        case Probe():
            return (point.probe,)
        case Hint():
            return (point.hint, point.probe)
        case Prompt():
            return (point.prompt, point.hint, point.probe)


def _challenge(move: Challenge, state: State) -> str:
    question = state.current.question
    if move.misconception_id is not None:
        belief = _misconception(state, move.misconception_id)
        evidence = _belief_evidence(state.current, belief.id)
        return _challenge_belief(belief, evidence, state)
    point = _point(state, move.point_id)
    evidence = _evidence(state.current, point.id)
    contradicting = next((belief for belief in question.misconceptions if point.id in belief.contradicts), None)
    if contradicting:
        return _challenge_belief(contradicting, evidence, state)
    quoted = _quoted(state.current, evidence)
    asking = f'You said "{quoted}": {_fresh(CONSEQUENCES, state)}' if quoted else point.probe
    return _short_enough((asking, point.probe)) or _fresh(ANYTHING_ELSE, state)


def _challenge_belief(belief: Misconception, evidence: Evidence | None, state: State) -> str:
    asking = _short_enough((belief.challenge,)) or _fresh(ANYTHING_ELSE, state)
    hidden = [_point(state, point_id).text for point_id in belief.contradicts]
    term = _term(state, asking, hidden=hidden, evidence=evidence)
    return _framed(asking, term if term and term.near else None, state, lead=False)


def _framed(asking: str, term: OwnTerm | None, state: State, *, lead: bool) -> str:
    """The question behind the candidate's own term, or else behind a lead, as far as 30 words allow."""
    if term:
        opening = _fresh(NEAR if term.near else ASIDE, state).format(term.text)
        joined = f"{opening}. {asking}" if ":" in asking else f"{opening}: {_uncapitalised(asking)}"
        if _short_enough((joined,)):
            return joined
    led = _fresh(_leads(state.current), state) + asking
    return led if lead and _short_enough((led,)) else asking


def _leads(current: QuestionState) -> tuple[str, ...]:
    grade = current.last_turn.grade if current.last_turn else None
    return LEADS_AFTER_DONT_KNOW if grade and grade.intent == "dont_know" else LEADS


def _term(state: State, asking: str, hidden: Iterable[str], evidence: Evidence | None) -> OwnTerm | None:
    """A term from those words of the last answer that earned a point of this question."""
    turn = state.current.last_turn
    if turn is None or turn.grade is None or turn.grade.intent != "answer":
        return None
    shown = (verdict.evidence for verdict in turn.grade.verdicts if verdict.verdict in CREDITED)
    said = " ".join(state.current.said)
    return own_term(
        turn.answer.text,
        asking=asking,
        question=state.current.question.text,
        within=[(words.start, words.end) for words in shown if words and words.answer_id == turn.answer.id],
        hidden=hidden,
        used=_quotations(said),
        span=(evidence.start, evidence.end) if evidence and evidence.answer_id == turn.answer.id else None,
    )


def _quotations(said: str) -> list[str]:
    return said.split('"')[1::2]


def _evidence(current: QuestionState, point_id: str) -> Evidence | None:
    """The candidate's words that decided the point last."""
    grades = [turn.grade for turn in reversed(current.turns) if turn.grade]
    verdicts = (verdict for grade in grades for verdict in grade.verdicts if verdict.point_id == point_id)
    return next((verdict.evidence for verdict in verdicts if verdict.evidence), None)


def _belief_evidence(current: QuestionState, misconception_id: str) -> Evidence | None:
    grades = [turn.grade for turn in reversed(current.turns) if turn.grade]
    beliefs = (b for grade in grades for b in grade.beliefs if b.misconception_id == misconception_id and b.asserted)
    return next((belief.evidence for belief in beliefs if belief.evidence), None)


def _quoted(current: QuestionState, evidence: Evidence | None) -> str | None:
    """The evidence as it can be quoted in a spoken sentence, if it is plain and short enough for that."""
    answer = next((a for a in current.answers if evidence and a.id == evidence.answer_id), None)
    if answer is None or evidence is None:
        return None
    quote = " ".join(answer.text[evidence.start : evidence.end].split()).rstrip(".!?;:,")
    return quote if quote and '"' not in quote and "?" not in quote else None


# ── What is told ─────────────────────────────────────────────────────────────────────────────────────────────


def _correction(move: Correct, state: State) -> tuple[str, Source | None]:
    if move.misconception_id is not None:
        belief = _misconception(state, move.misconception_id)
        return belief.correction, belief.source
    point = _point(state, move.point_id)
    return point.text, point.source


def _clarification(move: Clarify, state: State) -> str:
    """Without a fact it also answers a pressed Hint for which no rung is left."""
    if move.fact is not None:
        return _fresh(FACTS, state) + move.fact
    pressed = state.current.last_control
    return _fresh(NO_HINT if pressed and pressed.control == "hint" else NO_FACT, state)


def _sourced(text: str, source: Source | None, state: State) -> str:
    """What is taught, and what it rests on; a draft's words are labelled as such."""
    question = state.current.question
    named = source or next(iter(question.sources), None)
    place = f"{named.title}, {named.locator}" if named and named.locator else named.title if named else None
    cited = f"Source: {place}" if place else "No source is recorded for this"
    return f"{text} ({cited}{f'; {DRAFT}' if question.status == 'draft' else ''})"


# ── Wording ──────────────────────────────────────────────────────────────────────────────────────────────────


def _fresh(options: Sequence[str], state: State) -> str:
    """The option that has gone unsaid for the longest; among those never said, the interview's seed decides."""
    said = [text for asked in state.questions for text in asked.said]
    seed = state.started.seed if state.started else 0

    def last_said(option: str) -> int:
        opening = option.partition("{")[0].strip()
        return max((place for place, text in enumerate(said) if opening in text), default=-1)

    return min(options, key=lambda option: (last_said(option), crc32(f"{seed}/{option}".encode())))


def _short_enough(askings: Iterable[str | None]) -> str | None:
    return next((asking for asking in askings if asking and len(asking.split()) <= MOST_WORDS), None)


_OPENING_WORDS = """
a after an and are as at before beyond by can could did do does during for from given how if in is of on once over say
should suppose that the to under until was were what when where which while who whom whose why will with without would
you your
"""
_OPENINGS = frozenset(_OPENING_WORDS.split())


def _uncapitalised(asking: str) -> str:
    """Behind a colon a sentence begins small, unless its first word is a name."""
    first = asking.split(maxsplit=1)[0]
    return asking[0].lower() + asking[1:] if first.lower() in _OPENINGS else asking


def _point(state: State, point_id: str | None) -> RubricPoint:
    return next(point for point in state.current.points if point.id == point_id)


def _misconception(state: State, misconception_id: str) -> Misconception:
    return next(belief for belief in state.current.question.misconceptions if belief.id == misconception_id)


def _follow_up(state: State, follow_up_id: str) -> FollowUp:
    return next(deeper for deeper in follow_ups(state.current.question) if deeper.id == follow_up_id)
