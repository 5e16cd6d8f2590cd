"""Past interviews: go on with one, read its report, or delete it for good."""

from datetime import UTC, datetime

import streamlit as st
from streamlit.navigation.page import Page

from interviewer.summaries import InterviewSummary
from ui import session
from ui.render import ago, counted, topic_name

PAGE = 20
STATUS = {
    "finished": ":green-badge[:material/check: finished]",
    "running": ":orange-badge[:material/pending: unfinished]",
    "paused": ":orange-badge[:material/pause: paused]",
}


def history_screen(practise: Page) -> None:
    st.title("History", anchor=False)
    interviews = session.interviews()
    if not interviews:
        st.markdown("No interviews yet. They are all kept on this machine, and listed here.")
        st.page_link(practise, label="Practise", icon=":material/arrow_forward:")
        return
    pages = -(-len(interviews) // PAGE)
    page = st.segmented_control("Page", range(1, pages + 1), default=1, required=True) if pages > 1 else 1
    for summary in interviews[((page or 1) - 1) * PAGE :][:PAGE]:
        _interview(summary, practise)


def _interview(summary: InterviewSummary, practise: Page) -> None:
    with st.container(border=True):
        topics = ", ".join(topic_name(topic) for topic in summary.topics) or "No question asked"
        st.markdown(
            f"**{topics}**  \n{STATUS[summary.status]} {summary.mode.capitalize()} · {summary.level} level · "
            f"{counted(summary.asked, 'question')} · {ago(summary.changed_at, datetime.now(UTC))}"
        )
        with st.container(horizontal=True):
            label = "Open report" if summary.status == "finished" else "Continue"
            if st.button(label, key=f"open-{summary.id}"):
                st.switch_page(practise, query_params=session.address_of(summary.id))
            # With a key of its own: else the next interview, which moves up here, finds its own popover open.
            with st.popover("Delete", icon=":material/delete:", key=f"deleting-{summary.id}"):
                st.markdown("Delete this interview with all answers and marks, for good?")
                # In the page, not before it: what stands in the way is explained by the frame.
                if st.button("Delete for good", key=f"delete-{summary.id}"):
                    session.delete(summary.id)
                    st.rerun()
