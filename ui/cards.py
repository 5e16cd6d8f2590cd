"""Feedback as cards: what one answer showed, all about a closed question, the scores and the gaps. Keeps no state."""

from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from interviewer.agreement import describe_agreement
from interviewer.export import says
from interviewer.models import BeliefMark, Dispute, PointMark, QuestionMark, Report
from interviewer.scoring import NO_ANSWER
from interviewer.standing import CREDIT
from knowledge.models import Source
from ui.conversation import Feedback, Heard
from ui.render import badge, band_and_range, cite, counted, quoted, words, worked

DRAFT = ":gray-badge[:material/edit_note: draft rubric]"
CORE = ":primary[core] · "
HELP = {"hint": "after a hint", "prompt": "after a prompt", "assert": "after it was told"}
HELPED = "with hints and prompts"
SET_RIGHT = "by setting right what was wrong"
MOST_GAPS = 8


# ── While a question is open ─────────────────────────────────────────────────────────────────────────────────


def feedback_card(line: Feedback) -> None:
    """Only what the answer gave evidence for, and how much is still open."""
    still_open = f"{counted(line.still_open, 'point')} still open" if line.still_open else "no point is still open"
    rest = " · ".join(filter(None, (still_open, DRAFT if line.draft else "", words(line.note or ""))))
    if not line.heard:
        st.caption(f":material/radio_button_unchecked: No point shown in this answer · {rest}")
        return
    with st.container(border=True):
        st.markdown("\n\n".join(_heard(heard, linked=not line.draft) for heard in line.heard))
        st.caption(rest)


def _heard(heard: Heard, *, linked: bool) -> str:
    told = f" {words(heard.text)}" if heard.text else ""
    return f"{badge(heard.verdict)}{told}  \n{_evidence(heard.quote, heard.source, linked=linked)}"


def _evidence(quote: str | None, source: Source | None, *, linked: bool) -> str:
    said = quoted(quote) if quote else ""
    cited = f":small[:gray[Source:] {cite(source, linked=linked)}]" if source else ""
    return "  \n".join(filter(None, (said, cited)))


# ── Once it is closed ────────────────────────────────────────────────────────────────────────────────────────


def question_card(
    mark: QuestionMark, title: str, answers: Sequence[str] = (), contest: Callable[[QuestionMark], None] | None = None
) -> None:
    """Marks, points with their evidence, misconceptions with their correction, a model answer, sources.

    Of a question that is left unmarked, a list to check `answers` by; they are shown if the page does not already. Of
    one that is marked, `contest` draws what is pressed to contest a verdict."""
    linked = mark.status == "reviewed"
    with st.container(border=True):
        st.markdown(title, anchors=False)
        st.markdown(_result(mark))
        agreement = describe_agreement(mark.grader) if mark.grader and mark.outcome == "marked" else None
        if agreement:
            st.caption(f":material/balance: {words(agreement)}")
        if mark.outcome == "unmarked" and mark.reason != NO_ANSWER:
            _self_review(mark, answers, linked=linked)
        else:
            if mark.note:
                st.caption(f":material/play_circle: {words(mark.note)}")
            st.markdown("\n\n".join(_point(point, mark, linked=linked) for point in mark.points))
        for belief in mark.beliefs:
            if belief.asserted or belief.disputes:
                _misconception(belief)
        if contest and mark.outcome == "marked":
            contest(mark)
        if mark.model_answer:
            with st.expander("A model answer", icon=":material/menu_book:", expanded=mark.outcome == "unmarked"):
                st.markdown(worked(mark.model_answer, mark.kind))
                st.caption(_read_on(mark.sources, linked=linked))


def _result(mark: QuestionMark) -> str:
    draft = f" {DRAFT}" if mark.status == "draft" else ""
    if mark.outcome == "skipped":
        return f"**Skipped**, which counts as 0%.{draft}"
    if mark.independent is None or mark.prompted is None:
        reason = f": {words(mark.reason.rstrip('.'))}" if mark.reason else ""
        return f"**Not marked**{reason}. It is left out of your marks.{draft}"
    return (
        f"On your own **{mark.independent.score:.0%}** ({band_and_range(mark.independent)}), "
        f"after prompting **{mark.prompted:.0%}**{draft}"
    )


def _point(point: PointMark, mark: QuestionMark, *, linked: bool) -> str:
    core = CORE if point.core else ""
    helped = f" ({HELP[point.help]})" if point.help and point.independent < CREDIT[point.verdict] else ""
    shown = point.verdict if mark.outcome != "unmarked" else "unmarked"
    quote = point.evidence.quote if point.evidence else None
    note = f"{words(point.note)}  \n" if point.note and mark.outcome == "marked" else ""
    said = "".join(f"{_contested(dispute)}  \n" for dispute in point.disputes)
    evidence = _evidence(quote, point.source, linked=linked)
    return f"{badge(shown)}{helped} {core}{words(point.text)}  \n{said}{note}{evidence}"


def _contested(dispute: Dispute) -> str:
    """What the candidate says, beside what the grader says."""
    return f":violet-badge[:material/flag: {says(dispute.model_copy(update={'comment': None})).lower()}]" + (
        f" {words(dispute.comment)}" if dispute.comment else ""
    )


def _self_review(mark: QuestionMark, answers: Sequence[str], *, linked: bool) -> None:
    """The points to tick off. What is ticked is nobody else's, and no mark."""
    if answers:
        with st.expander("What you answered", icon=":material/person:", expanded=True):
            for answer in answers:
                st.text(answer)
    if not mark.points:
        return
    st.markdown("**Check it yourself.** Which of these points did your answer make?")
    ticked = [
        st.checkbox(
            f"{CORE if point.core else ''}{words(point.text)}",
            key=f"made/{point.point_id}",
            help=f"Source: {cite(point.source, linked=linked)}" if point.source else None,
        )
        for point in mark.points
    ]
    st.caption(f"{sum(ticked)} of {counted(len(ticked), 'point')}. Your ticks are not stored, and count in no mark.")


def _misconception(belief: BeliefMark) -> None:
    taken_back = ", taken back later" if belief.taken_back else ""
    quote = f"  \n{quoted(belief.evidence.quote)}" if belief.evidence else ""
    quote += "".join(f"  \n{_contested(dispute)}" for dispute in belief.disputes)
    st.warning(
        f"**A misconception{taken_back}:** {words(belief.text)}{quote}\n\n**In truth:** {words(belief.correction)}",
        icon=":material/lightbulb:",
    )


def _read_on(cited: Iterable[Source], *, linked: bool) -> str:
    named = " · ".join(cite(source, linked=linked) for source in cited)
    return f"Read on: {named}" if named else ""


# ── The whole interview ──────────────────────────────────────────────────────────────────────────────────────


def score_cards(report: Report) -> None:
    """Both scores side by side, and what they leave out."""
    if report.independent is None or report.prompted is None:
        st.info("No question could be marked, so there is no score. The reason stands with each question below.")
        return
    own, prompted = st.columns(2)
    own.metric(
        "On your own",
        f"{report.independent.score:.0%}",
        band_and_range(report.independent),
        delta_color="off",
        delta_arrow="off",
        border=True,
        help="What you showed before any hint. The range is what the grader's own doubt leaves open.",
    )
    prompted.metric(
        "After prompting",
        f"{report.prompted:.0%}",
        words_on_gain(report),
        delta_color="off",
        delta_arrow="off",
        border=True,
        help="What you added after a hint or a prompt counts too, but less. Nothing is added for what you were told.",
    )
    skipped = f"{counted(report.skipped, 'question')} skipped, counted as 0%." if report.skipped else ""
    unmarked = f"{counted(report.unmarked, 'question')} not marked, and left out." if report.unmarked else ""
    if skipped or unmarked:
        st.caption(f"{skipped} {unmarked}".strip())


def words_on_gain(report: Report) -> str:
    """What came after the first words, in points of per cent between the two scores as they are shown, and by what."""
    gain = _shown(report.prompted or 0) - _shown(report.independent.score if report.independent else 0)
    points = [point for mark in report.questions for point in mark.points]
    if gain > 0:
        helped = any(point.prompted > point.independent for point in points)
        set_right = any(belief.taken_back for mark in report.questions for belief in mark.beliefs)
        by = [HELPED] * helped + [SET_RIGHT] * (set_right or not helped)
        return f"+{counted(gain, 'point')} {' and '.join(by)}"
    helped = any(point.help in ("hint", "prompt") for point in points)
    return "Nothing gained by hints and prompts" if helped else "No hints or prompts were given"


def _shown(share: float) -> int:
    return int(f"{share:.0%}".rstrip("%"))


def gaps_list(report: Report) -> None:
    """What was not shown, and where it can be read."""
    reviewed = {mark.question_id for mark in report.questions if mark.status == "reviewed"}
    shown = report.gaps[:MOST_GAPS]
    more = f" These are the first {len(shown)} of {len(report.gaps)}." if len(report.gaps) > len(shown) else ""
    st.caption(f"What weighs most comes first.{more}")
    items: list[str] = []
    for number, gap in enumerate(shown, start=1):
        source = gap.point.source
        read = f"  \n   :small[{cite(source, linked=gap.question_id in reviewed)}]" if source else ""
        items.append(f"{number}. {words(gap.point.text)}{read}")
    st.markdown("\n".join(items))
