"""The bank's words in a model's voice. Code decides what is said, and checks that the model said that and no more."""

import re
from collections.abc import Iterator
from typing import assert_never

from pydantic import Field

from interviewer.grading.terms import content
from interviewer.llm.errors import LLMError
from interviewer.llm.port import LLM, Message
from interviewer.llm.prompts import fenced, read_prompt
from interviewer.models import (
    Advance,
    Assert,
    Challenge,
    Clarify,
    Correct,
    Deepen,
    Finish,
    Hint,
    LeaveUnmarked,
    Move,
    OfferRetry,
    Phrase,
    Probe,
    Prompt,
    Pump,
    Redirect,
)
from interviewer.phrasing import MOST_WORDS, Phraser, question_words
from interviewer.state import QuestionState, State
from knowledge.models import RubricPoint, Value, follow_ups

MOST_WORDS_AROUND = 25
"""Of what a model may put before words that must stay as they are, and of a Pump or an Advance."""
LEAST_OF_THE_AREA = 1 / 3
"""The share of the bank's own terms that a question worded anew must keep, so that it asks for the same."""
STRANGE_TO_LEAK = 2
"""Words of one other point, not yet spoken by anyone, that give it away. Of the point asked about one is enough."""

# The model is not told the verdicts, so whatever it says of them is made up, in practice mode as well.
_VERDICT = re.compile(
    r"\b(?:correct(?:ly)?|incorrect(?:ly)?|right|wrong(?:ly)?|well|good|great|excellent|perfect(?:ly)?|exactly|precisely"
    r"|brilliant(?:ly)?|nice(?:ly)?|impressive|strong|weak|solid|spot[ -]on|missing|missed|partial(?:ly)?|covered"
    r"|incomplete|complete(?:ly)?|mistaken?|error|unfortunately|sadly|forgot(?:ten)?|fail(?:ed)?|overlooked|score[sd]?"
    r"|marks?|grade[sd]?|points?|pass(?:ed)?|almost|not quite|agree|disagree|true|false)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"https?://|[<>*_`#\[\]|]|\n")


class Wording(Value):
    """What the model fills in."""

    text: str = Field(description="The interviewer's words, and nothing else.")


class ModelPhraser:
    """Words what invites the candidate to speak. What states facts is always the bank's: facts are not invented."""

    def __init__(self, llm: LLM, bank: Phraser) -> None:
        self._llm = llm
        self._bank = bank

    def phrase(self, move: Move, state: State) -> Phrase:
        bank = self._bank.phrase(move, state)
        form = _form(move, state)
        if form is None:
            return bank
        try:
            wording = self._llm.complete(phrasing_messages(bank.text, form, state), Wording)
        except LLMError as error:
            return bank.model_copy(update={"note": str(error)})
        text = wording.text.strip()
        fault = next(faults(move, text, bank.text, state), None)
        if fault:
            return bank.model_copy(update={"note": f"the model's words were not used: {fault}"})
        return Phrase(text=text, by="model")


def phrasing_messages(draft: str, form: str, state: State) -> tuple[Message, ...]:
    """The prompt. It holds no point of the rubric: what the model was not told, it cannot give away."""
    current = state.current
    answer = current.answers[-1].text if current.answers else "(none yet)"
    gaps = {"form": form, "question": fenced(current.question.text), "answer": fenced(answer), "draft": fenced(draft)}
    return read_prompt("phrase").render(gaps)


def _form(move: Move, state: State) -> str | None:
    """What shape the words must have, as the model is told. None: the bank's words are said as they are."""
    match move:
        case Probe() | Hint() | Prompt() | Challenge():
            return f"- One single question of at most {MOST_WORDS} words, ending in a question mark."
        case Pump():
            return f"- One invitation to go on, free of any content, of at most {MOST_WORDS_AROUND} words."
        case Advance():
            return f"- One sentence that closes this question and asks nothing, of at most {MOST_WORDS_AROUND} words."
        case Redirect() | Deepen() | Clarify():
            kept = _kept(move, state)
            return kept and (
                f"- At most {MOST_WORDS_AROUND} words of your own, then exactly these, to the letter: {fenced(kept)}"
            )
        case Assert() | Correct() | LeaveUnmarked() | OfferRetry() | Finish():
            return None
        case _:
            assert_never(move)


def _kept(move: Redirect | Deepen | Clarify, state: State) -> str | None:
    """The words that must stay as they are: what is asked, or what is told. None: leave all as it is."""
    match move:
        case Redirect():
            return question_words(state.current.question)
        case Deepen():
            deeper = follow_ups(state.current.question)
            return next(one.text for one in deeper if one.id == move.follow_up_id)
        case Clarify():
            return move.fact
        case _:
            assert_never(move)


# ── What may not be said ─────────────────────────────────────────────────────────────────────────────────────


def faults(move: Move, text: str, bank: str, state: State) -> Iterator[str]:
    """What speaks against saying `text` in place of the bank's words, one reason after the other."""
    if not text:
        yield "there were none"
    if _MARKUP.search(text) and not _MARKUP.search(bank):
        yield "they hold markup, a link or a line break"
    match move:
        case Probe() | Hint() | Prompt() | Challenge():
            yield from _question_faults(text, bank)
        case Pump() | Advance():
            yield from _aside_faults(text)
        case Redirect() | Deepen() | Clarify():
            yield from _kept_faults(_kept(move, state) or bank, text)
        case Assert() | Correct() | LeaveUnmarked() | OfferRetry() | Finish():
            yield "only the bank's words may be said here"
        case _:
            assert_never(move)
    yield from _verdict_faults(text, bank, state)
    yield from _leaks(move, text, bank, state)


def _question_faults(text: str, bank: str) -> Iterator[str]:
    if text.count("?") != 1 or not text.endswith("?"):
        yield "they are not one question"
    if len(text.split()) > MOST_WORDS:
        yield f"they are more than {MOST_WORDS} words"
    area = content(bank)
    if len(content(text) & area) < len(area) * LEAST_OF_THE_AREA:
        yield "they ask about something else"


def _aside_faults(text: str) -> Iterator[str]:
    if len(text.split()) > MOST_WORDS_AROUND:
        yield f"they are more than {MOST_WORDS_AROUND} words"


def _kept_faults(kept: str, text: str) -> Iterator[str]:
    """What is asked or told stays as it is; before it there may be a few words that neither ask nor state a number."""
    before, found, after = text.partition(kept)
    if not found or after.strip():
        yield "what must be kept to the letter was changed"
    elif len(before.split()) > MOST_WORDS_AROUND:
        yield f"they hold more than {MOST_WORDS_AROUND} words around what must be kept"
    elif "?" in before or any(letter.isdigit() for letter in before):
        yield "they ask or state something more"


def _verdict_faults(text: str, bank: str, state: State) -> Iterator[str]:
    allowed = f"{bank} {state.current.question.text}".casefold()
    if any(match.group().casefold() not in allowed for match in _VERDICT.finditer(text)):
        yield "they judge the answer"


def _leaks(move: Move, text: str, bank: str, state: State) -> Iterator[str]:
    """Words of a point that are neither in the bank's words nor in the question. Points that are not asked about now
    may be spoken of in words that have been spoken already."""
    current = state.current
    public = content(bank) | content(current.question.text)
    spoken = public.union(*(content(words) for words in (*current.said, *(answer.text for answer in current.answers))))
    said, asked = content(text), _asked_about(move, current)
    for point in _secret_points(current):
        strange = said & (content(point.text) - (public if point.id in asked else spoken))
        if len(strange) >= (1 if point.id in asked else STRANGE_TO_LEAK):
            # No more than that: the candidate may read it.
            yield "they give too much away"


def _asked_about(move: Move, current: QuestionState) -> frozenset[str]:
    """The points that a move asks about."""
    match move:
        case Probe() | Hint() | Prompt():
            return frozenset({move.point_id})
        case Challenge():
            beliefs = (one for one in current.question.misconceptions if one.id == move.misconception_id)
            return frozenset(filter(None, [move.point_id, *(id for belief in beliefs for id in belief.contradicts)]))
        case _:
            return frozenset()


def _secret_points(current: QuestionState) -> tuple[RubricPoint, ...]:
    """Every point of the question, and of the follow-ups that may come."""
    deeper = follow_ups(current.question)
    return current.question.points + tuple(point for follow_up in deeper for point in follow_up.points)
