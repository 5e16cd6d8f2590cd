"""Takes a candidate's dispute into the log of an interview. No mark is changed."""

from collections.abc import Callable, Sequence
from datetime import datetime

from interviewer.disputes import Claim, make_dispute
from interviewer.events import Disputed, Event
from interviewer.logs import logger
from interviewer.models import Dispute
from interviewer.state import fold
from interviewer.store import Conflict, EventStore

_log = logger("contesting")


def contest(
    store: EventStore, interview_id: str, claim: Claim, clock: Callable[[], datetime], run_id: str | None = None
) -> Disputed:
    """The dispute as the log has it, stored now or before: a resend, or the same words twice, change nothing.

    `run_id` names the marking run that the candidate saw, by default the interview's own. Raises DisputeRefused, and
    StoreError."""
    events = store.read(interview_id)
    while True:
        known = _by_submission(events, claim.submission_id)
        if known:
            return known
        state = fold(events, run_id)
        dispute = make_dispute(state, claim)
        last = _last_on_the_same(events, dispute)
        if last and (last.dispute.says, last.dispute.comment) == (dispute.says, dispute.comment):
            return last
        event = Disputed(interview_id=interview_id, seq=state.seq + 1, at=clock(), dispute=dispute)
        try:
            store.append([event], state.seq)
        except Conflict:
            seen, events = len(events), store.read(interview_id)
            if len(events) <= seen:
                raise  # nobody appended: the store is damaged, and says the same for good
            continue  # somebody else appended first: it is judged anew by what stands now
        _log.info("disputed", interview_id=interview_id, seq=event.seq)
        return event


def _by_submission(events: Sequence[Event], submission_id: str) -> Disputed | None:
    disputed = (event for event in events if isinstance(event, Disputed))
    return next((event for event in disputed if event.dispute.submission_id == submission_id), None)


def _last_on_the_same(events: Sequence[Event], dispute: Dispute) -> Disputed | None:
    disputed = (event for event in reversed(events) if isinstance(event, Disputed))
    about = (dispute.answer_id, dispute.part_id)
    return next((event for event in disputed if (event.dispute.answer_id, event.dispute.part_id) == about), None)
