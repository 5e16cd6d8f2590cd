"""Feedback as cards: what one answer showed, and all about a question that is closed. Draws, and keeps no state."""

from collections.abc import Iterable

import streamlit as st

from interviewer.models import BeliefMark, PointMark, QuestionMark
from interviewer.standing import CREDIT
from knowledge.models import Source
from ui.conversation import Feedback, Heard
from ui.render import badge, band_and_range, cite, counted, quoted, words

DRAFT = ":gray-badge[:material/edit_note: draft rubric]"
HELP = {"hint": "after a hint", "prompt": "after a prompt", "assert": "after it was told"}


def feedback_card(line: Feedback) -> None:
    """While the question is open: only what the answer gave evidence for, and how much is still open."""
    with st.container(border=True):
        paragraphs = [_heard(heard, linked=not line.draft) for heard in line.heard]
        st.markdown("\n\n".join(paragraphs) or "Nothing in this answer meets a point of the question yet.")
        still_open = f"{counted(line.still_open, 'point')} still open" if line.still_open else "No point is still open"
        st.caption(" · ".join(filter(None, (still_open, DRAFT if line.draft else "", words(line.note or "")))))


def question_card(mark: QuestionMark, title: str) -> None:
    """Everything about a closed question: marks, points with their evidence, misconceptions, a model answer."""
    linked = mark.status == "reviewed"
    with st.container(border=True):
        st.markdown(title)
        st.markdown(_result(mark))
        st.markdown("\n\n".join(_point(point, mark, linked=linked) for point in mark.points))
        for belief in mark.beliefs:
            if belief.asserted:
                _misconception(belief)
        if mark.model_answer:
            with st.expander("A model answer", icon=":material/menu_book:"):
                st.markdown(words(mark.model_answer))
                st.caption(sources(mark.sources, linked=linked))


def sources(cited: Iterable[Source], *, linked: bool) -> str:
    named = " · ".join(cite(source, linked=linked) for source in cited)
    return f"Read on: {named}" if named else ""


def _heard(heard: Heard, *, linked: bool) -> str:
    told = f" {words(heard.text)}" if heard.text else ""
    return f"{badge(heard.verdict)}{told}  \n{_evidence(heard.quote, heard.source, linked=linked)}"


def _result(mark: QuestionMark) -> str:
    draft = f" {DRAFT}" if mark.status == "draft" else ""
    if mark.outcome == "skipped":
        return f"**Skipped**, which counts as 0%.{draft}"
    if mark.independent is None or mark.prompted is None:
        reason = f": {words(mark.reason)}" if mark.reason else ""
        points = " Hold your answer against these points yourself." if mark.points else ""
        return f"**Not marked**{reason}. It is left out of your marks.{points}{draft}"
    return (
        f"On your own **{mark.independent.score:.0%}** ({band_and_range(mark.independent)}), "
        f"after prompting **{mark.prompted:.0%}**{draft}"
    )


def _point(point: PointMark, mark: QuestionMark, *, linked: bool) -> str:
    core = ":primary[core] · " if point.core else ""
    helped = f" ({HELP[point.help]})" if point.help and point.independent < CREDIT[point.verdict] else ""
    shown = point.verdict if mark.outcome != "unmarked" else "unmarked"
    quote = point.evidence.quote if point.evidence else None
    return f"{badge(shown)}{helped} {core}{words(point.text)}  \n{_evidence(quote, point.source, linked=linked)}"


def _evidence(quote: str | None, source: Source | None, *, linked: bool) -> str:
    said = quoted(quote) if quote else ""
    cited = f":small[:gray[Source:] {cite(source, linked=linked)}]" if source else ""
    return "  \n".join(filter(None, (said, cited)))


def _misconception(belief: BeliefMark) -> None:
    taken_back = ", taken back later" if belief.taken_back else ""
    quote = f"  \n{quoted(belief.evidence.quote)}" if belief.evidence else ""
    st.warning(
        f"**A misconception{taken_back}:** {words(belief.text)}{quote}\n\n**In truth:** {words(belief.correction)}",
        icon=":material/lightbulb:",
    )
