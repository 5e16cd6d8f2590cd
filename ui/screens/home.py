"""The page that the address line decides about: the first page, an interview, or its report."""

from ui import session
from ui.screens.given_back import given_back
from ui.screens.interview import interview_screen
from ui.screens.start import start_screen


def home_screen() -> None:
    interview_id = session.address()
    if interview_id is None:
        session.open_no_interview()
        given_back()
        start_screen()
        return
    interview = session.open_interview(interview_id)
    if session.shows_report(interview):
        from ui.screens.report import report_screen  # altair takes half a second: only a report needs it

        given_back()
        report_screen(interview.events, interview.state)
    else:
        interview_screen(interview)
