"""An interview as other programs and people read it: event lines, one JSON document, Markdown. Pure."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from interviewer.events import Answered, Asked, Controlled, Event, Finished, Marked, Said
from interviewer.grade_view import GradeView, grade_view
from interviewer.models import BeliefMark, Dispute, Mark, PointMark, QuestionMark, Report, Stance, VerdictName
from interviewer.scoring import build_report
from interviewer.state import State, fold
from knowledge.models import Source, Sql

JsonObject = dict[str, Any]

SAYS: dict[Stance, str] = {
    "covered": "covered",
    "partial": "partial",
    "missing": "not shown",
    "contradicted": "contradicted",
    "asserted": "asserted",
    "not_asserted": "not asserted",
}

SIGNS: dict[VerdictName, str] = {
    "covered": "✓ covered",
    "partial": "◐ partial",
    "missing": "○ not shown",
    "contradicted": "✗ contradicted",
    "unmarked": "– unmarked",
}
"""A sign and a word for each verdict: colour alone tells nothing to many people."""

_SIGNS_OF_MARKDOWN = frozenset(r"\`*_{}[]<>#|$~!&")
# At the beginning of a line: a list, numbered or not, a rule, or the underlining of a heading.
_OPENING = re.compile(r"^([ \t]*(?:[0-9]{1,9}(?=[.)]))?)(?=[-+=.)])", re.MULTILINE)


def event_line(event: Event, state: State) -> JsonObject:
    """One stored event in the shape of `practice --jsonl`. `state` is the interview folded at or after the event."""
    line = event.model_dump(mode="json")
    match event:
        case Said():
            phrase = line.pop("phrase")
            return line | {"text": phrase["text"], "by": phrase["by"], "note": phrase["note"]}
        case Marked():
            return line | {"grade": marking_view(event, state)}
        case Finished():
            return line | {"report": build_report(state).model_dump(mode="json")}
        case _:
            return line


def marking_view(event: Marked, state: State) -> JsonObject:
    """What the event's grade comes to, in the shape of `grade --json`."""
    for asked in state.questions:
        if any(answer.id == event.answer_id for answer in asked.answers):
            view = grade_view(asked.question, asked.points, asked.answers, event.grade)
            return view.model_dump(mode="json")
    return event.grade.model_dump(mode="json")


def event_lines(events: Sequence[Event]) -> list[JsonObject]:
    """All events in order, the marks of an interview that is still running in interview mode held back."""
    state = fold(events)
    hidden = state.started is not None and state.started.mode == "interview" and state.status != "finished"
    return [event_line(event, state) for event in events if not (hidden and isinstance(event, Marked))]


def to_json(events: Sequence[Event], run_id: str | None = None) -> str:
    """The whole interview: its events, and its report once it is finished, by the marking run of that id."""
    state = fold(events, run_id)
    report = build_report(state).model_dump(mode="json") if state.status == "finished" else None
    return json.dumps({"events": event_lines(events), "report": report}, ensure_ascii=False, indent=2) + "\n"


def to_markdown(events: Sequence[Event], run_id: str | None = None) -> str:
    """The report by the marking run of that id, the interview's own if none is named, and every word of the interview,
    for a person. Candidates' words are quoted line by line."""
    state = fold(events, run_id)
    parts: list[str] = []
    if state.status == "finished":
        parts += _summary(build_report(state), state)
    parts += ["## The conversation", *_conversation(events)]
    return "\n\n".join(parts) + "\n"


def _summary(report: Report, state: State) -> Iterable[str]:
    yield f"# Interview of {report.started_at:%d %B %Y}"
    yield f"{report.mode.capitalize()} mode, {report.level} level, marked by the {report.grader.name} grader."
    if state.started and state.started.run_id != report.run_id:
        yield f"These are the marks of a later run, {report.run_id}: the interview was held with others."
    yield _scores(report)
    if report.topics:
        yield _table(
            ("Topic", "Questions", "On your own", "After prompting"),
            ((t.topic, str(t.questions), percent(t.independent), percent(t.prompted)) for t in report.topics),
        )
    for question in report.questions:
        yield from _question(question)


def _scores(report: Report) -> str:
    left_out = f" {report.unmarked} left unmarked." if report.unmarked else ""
    if report.independent is None or report.prompted is None:
        return f"Nothing could be marked.{left_out}"
    return (
        f"**On your own: {percent(report.independent.score)} ({band(report.independent)}).** "
        f"After prompting: {percent(report.prompted)}. Skipped: {report.skipped}.{left_out}"
    )


def _question(mark: QuestionMark) -> Iterable[str]:
    linked = mark.status == "reviewed"
    draft = " (draft rubric)" if mark.status == "draft" else ""
    yield f"## {plain(mark.text.splitlines()[0])}{draft}"
    if mark.outcome == "unmarked" or mark.independent is None or mark.prompted is None:
        yield f"{mark.outcome.capitalize()}{f': {plain(mark.reason)}' if mark.reason else ''}."
    else:
        yield (
            f"On your own {percent(mark.independent.score)} ({band(mark.independent)}), "
            f"after prompting {percent(mark.prompted)}."
        )
    if mark.note:
        yield plain(mark.note)
    if mark.outcome == "unmarked" and mark.points:
        yield "**To check yourself by:** which of these points did your answer make?"
        yield from (_to_check(point, linked=linked) for point in mark.points)
    else:
        yield from (_point(point, linked=linked) for point in mark.points)
    yield from (_belief(belief) for belief in mark.beliefs if belief.asserted or belief.disputes)
    if mark.model_answer:
        yield "**A model answer**\n\n" + quoted(mark.model_answer)
    if mark.sources:
        yield "Read on: " + "; ".join(_cite(source, linked=linked) for source in mark.sources)


def _point(point: PointMark, *, linked: bool) -> str:
    role = "core" if point.core else "supporting"
    line = f"- **{SIGNS[point.verdict]}** ({role}, weight {point.weight}): {plain(point.text)}"
    if point.note:
        line += f"\n  {plain(point.note)}"
    if point.evidence:
        line += "\n" + quoted(point.evidence.quote, indent="  ")
    return line + _contested(point.disputes) + _source(point, linked=linked)


def _contested(disputes: Iterable[Dispute]) -> str:
    return "".join(f"\n  {plain(says(dispute))}" for dispute in disputes)


def says(dispute: Dispute) -> str:
    """The candidate's own verdict on one line, to stand beside the grader's."""
    comment = " ".join((dispute.comment or "").split())
    return f"You say: {SAYS[dispute.says]}{f' ({comment})' if comment else ''}"


def _source(point: PointMark, *, linked: bool) -> str:
    return f"\n  Source: {_cite(point.source, linked=linked)}" if point.source else ""


def _cite(source: Source, *, linked: bool) -> str:
    address = link_address(source, linked=linked)
    return f"[{plain(source.title)}]({address})" if address else plain(source.title)


def link_address(source: Source, *, linked: bool) -> str | None:
    """Where a source's title leads to, fit for a Markdown link; None: nowhere. Only what was reviewed is `linked`, and
    only to the web: a document of one's own may point anywhere."""
    if not linked or not source.url or urlsplit(source.url).scheme not in ("http", "https"):
        return None
    return quote(source.url, safe=":/?#@!&'+,;=%~-._")


def _to_check(point: PointMark, *, linked: bool) -> str:
    """A task list's item: nobody has marked it."""
    return f"- [ ] {'core: ' if point.core else ''}{plain(point.text)}{_source(point, linked=linked)}"


def _belief(belief: BeliefMark) -> str:
    taken_back = " (taken back later)" if belief.taken_back else ""
    line = f"- **Misconception{taken_back}**: {plain(belief.text)} In truth: {plain(belief.correction)}"
    quote = "\n" + quoted(belief.evidence.quote, indent="  ") if belief.evidence else ""
    return line + quote + _contested(belief.disputes)


def _conversation(events: Sequence[Event]) -> Iterable[str]:
    for event in events:
        match event:
            case Asked():
                yield f"**Interviewer, question {event.number}:**\n\n{quoted(event.question.text)}"
                if isinstance(event.question, Sql):
                    yield f"```sql\n{event.question.ddl.strip()}\n```"
            case Answered():
                yield f"**Candidate:**\n\n{quoted(event.answer.text)}"
            case Said():
                yield f"**Interviewer:**\n\n{quoted(event.phrase.text)}"
            case Controlled():
                yield f"*The candidate pressed “{event.control}”.*"
            case _:
                pass


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def percent(share: float) -> str:
    return f"{share:.0%}"


def band(mark: Mark | GradeView) -> str:
    """The band in words, with the honest doubt about it."""
    if mark.band is None:
        return "no band: a core point could not be marked"
    return f"{mark.band}, too close to call" if mark.too_close else mark.band


def plain(text: str) -> str:
    """Text whose Markdown and HTML signs stand for themselves: what was typed or ingested formats nothing."""
    inline = "".join("\\" + sign if sign in _SIGNS_OF_MARKDOWN else sign for sign in text)
    return _OPENING.sub(r"\1\\", inline)


def quoted(text: str, indent: str = "") -> str:
    """A Markdown block quote of somebody's words, letter by letter."""
    return "\n".join(f"{indent}> {plain(line)}" for line in text.splitlines() or [""])
