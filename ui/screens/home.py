"""The page that the address line decides about: the first page, an interview, or its report."""

from ui import session
from ui.screens.interview import interview_screen
from ui.screens.start import start_screen


def home_screen() -> None:
    interview_id = session.address()
    if interview_id is None:
        start_screen()
        return
    interview = session.open_interview(interview_id)
    if session.shows_report(interview):
        from ui.screens.report import report_screen  # altair takes half a second: only a report needs it

        report_screen(interview.events, interview.state)
    else:
        interview_screen(interview)
