"""Contesting a verdict, below a question's card: which one, what it should be, and why."""

from collections.abc import Mapping

import streamlit as st

from interviewer.disputes import MOST_COMMENT, OF_MISCONCEPTIONS, OF_POINTS
from interviewer.export import SAYS
from interviewer.models import QuestionMark
from ui import session
from ui.render import letters

EXPLAINED = "Your verdict is kept beside the grader's and shown with it. The mark is not changed."


def contest(mark: QuestionMark) -> None:
    """A popover, closed until somebody disagrees."""
    texts = {point.point_id: point.text for point in mark.points}
    beliefs = {belief.misconception_id: belief.text for belief in mark.beliefs if belief.asserted or belief.disputes}
    with st.popover("I disagree", icon=":material/flag:", key=f"contesting-{mark.question_id}", help=EXPLAINED):
        _form(mark.question_id, texts | beliefs, frozenset(beliefs))


def _form(question_id: str, texts: Mapping[str, str], beliefs: frozenset[str]) -> None:
    st.caption(EXPLAINED)
    part = st.selectbox(
        "Which verdict?", list(texts), format_func=lambda id: letters(texts[id]), key=f"contested-{question_id}"
    )
    stances = OF_MISCONCEPTIONS if part in beliefs else OF_POINTS
    # With the part in the key: another part offers other verdicts, and the old choice must not stand among them.
    said = st.radio("What should it be?", stances, format_func=SAYS.__getitem__, key=f"says-{part}", horizontal=True)
    comment = st.text_area("Why? (may be left out)", key=f"why-{part}", max_chars=MOST_COMMENT)
    if st.button("Keep this beside the verdict", key=f"dispute-{part}", type="primary") and said:
        refusal = session.dispute(part, said, comment)
        if refusal:
            st.warning(refusal)
        else:
            st.rerun()
