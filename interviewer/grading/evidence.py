"""Whether a quote is the candidate's own, and where it stands. Pure: nothing is taken on a model's word."""

from collections.abc import Iterator

from interviewer.grading.intent import read_intent
from interviewer.grading.port import GradingTask
from interviewer.grading.terms import content
from interviewer.llm.prompts import fenced
from interviewer.models import Answer, Evidence
from knowledge.models import Value
from knowledge.spans import Span, find_quote, sentences

_QUOTATION_MARKS = "\"'“”‘’«»… \n\t"
_SHORTEST = 3
_OF_MARKING = content(
    "ignore disregard rubric instructions prompt criteria give award deserve full maximum perfect marks score credit "
    "grade points point verdict covered complete pass answer grader examiner system assistant every all"
)


class Speech(Value):
    """What was said about a question: by the candidate, newest answer first, and by the interviewer."""

    answers: tuple[Answer, ...]
    question: str
    said: tuple[str, ...]

    def find(self, quote: str | None) -> Evidence | None:
        """Where the quote stands, if it is sound. Runs of white space count as equal; letters must be the same."""
        return self._place(quote) if quote and self.flaw(quote) is None else None

    def flaw(self, quote: str | None) -> str | None:
        """Why the quote shows nothing, in words for the model. None: it is sound."""
        if not quote or not quote.strip():
            return "the verdict needs a quote"
        place = self._place(quote)
        if place is None:
            return f'"{quote}" does not stand in any answer'
        answer = next(answer for answer in self.answers if answer.id == place.answer_id)
        words = answer.text[place.start : place.end]
        if sum(letter.isalnum() for letter in words) < _SHORTEST and words != answer.text.strip():
            return f'"{quote}" is too short to show anything'
        if self._intent(words) == "copied":
            return f'"{quote}" is what the interviewer said'
        if self._intent(words) == "attack" or (content(words) <= _OF_MARKING and self._in_order(answer.text, place)):
            return f'"{quote}" directs the marking'
        return None

    def _place(self, quote: str) -> Evidence | None:
        for answer in self.answers:
            for words in (quote, quote.strip(_QUOTATION_MARKS)):
                # The model read the fenced text; it is as long as the answer, so that places in the two are the same.
                span = find_quote(answer.text, words) or find_quote(fenced(answer.text), words)
                if span:
                    return Evidence(answer_id=answer.id, start=span.start, end=span.end)
        return None

    def _in_order(self, text: str, place: Evidence) -> bool:
        """Whether all sentences that the place touches are orders to the grader."""
        touched = [span for span in sentences(text) if span.start < place.end and place.start < span.end]
        return bool(touched) and all(self._intent(words) == "attack" for words in _cut(text, touched))

    def _intent(self, words: str) -> str:
        return read_intent(words, self.question, said=self.said).intent


def read_speech(task: GradingTask) -> Speech:
    return Speech(answers=task.answers[::-1], question=task.question.text, said=task.said)


def _cut(text: str, spans: list[Span]) -> Iterator[str]:
    return (text[span.start : span.end] for span in spans)
