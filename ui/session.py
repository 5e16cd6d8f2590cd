"""The only door to Streamlit's session state, caches and address line. What a person typed waits here until stored."""

import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal, assert_never

import streamlit as st

from interviewer import wiring
from interviewer.contesting import contest
from interviewer.disputes import Claim, DisputeRefused
from interviewer.engine import AnswerRefused, Desk, Interview
from interviewer.events import Event
from interviewer.models import Control, Setup, Stance
from interviewer.settings import Settings, read_settings
from interviewer.store import EventStore, UnknownInterview
from interviewer.summaries import InterviewSummary
from knowledge.library import Library
from knowledge.ports import Embedder

Button = Literal["skip", "hint", "retry", "stop"]
EVERYTHING = sys.maxsize
FIRST_PAGE_SECONDS = 20.0
"""Who has not opened the chat by then is in no hurry."""
_drawn = threading.Event()
_KEY, _ADDRESS = "viva", "interview"
MOVED_ON = "The interviewer had gone on before this arrived, so it was not taken as an answer."
ELSEWHERE = "This could not be stored in the interview that it was written in, and it counts in no other."


@dataclass(frozen=True)
class Place:
    """Where in which log a page was drawn: what somebody does on it replies to nothing that was said later."""

    interview_id: str
    seq: int


@dataclass(frozen=True)
class Answering:
    seen: Place
    text: str

    @property
    def submission_id(self) -> str:
        """The same for every Enter on one page."""
        return f"{self.seen.interview_id}/{self.seen.seq}"


@dataclass(frozen=True)
class Pressing:
    seen: Place
    control: Control
    text: str | None = None


@dataclass(frozen=True)
class Unsent:
    """Words that did not become an answer, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Visit:
    """All that one browser session holds: the interview itself is in the store.

    `heard`: the log up to here was shown before, and is not spoken again; whoever reloads has heard everything.
    `begun`: an interview begun, but not in the address line yet: a second click on Start finds it here.
    `attending`: the interview ran before this person's eyes, so that its end does not pull the page away.
    """

    interview_id: str | None = None
    heard: int = EVERYTHING
    wanted: tuple[Answering | Pressing, ...] = ()
    unsent: tuple[Unsent, ...] = ()
    begun: str | None = None
    attending: bool = False


@dataclass
class _Held:
    """Stands in the session state, and holds another visit after each change. Streamlit may end a run whenever that
    state is read or written: who has this at hand can note what was done without being interrupted."""

    visit: Visit = Visit()
    beginning: threading.Lock = field(default_factory=threading.Lock)


# ── What is open for everybody on this server ────────────────────────────────────────────────────────────────


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    return read_settings()


def second_model() -> str | None:
    return wiring.second_model(settings())


@st.cache_resource(show_spinner=False)
def store() -> EventStore:
    return wiring.open_store(settings())


@st.cache_resource(show_spinner=False, ttl=60.0)  # seconds; "1m" would import pandas to be read
def library() -> Library:
    """Read again now and then: documents may be ingested while the chat is served."""
    return wiring.open_library(settings())


@st.cache_resource(show_spinner=False)
def _embedder() -> Embedder:
    return wiring.open_embedder(settings())


@st.cache_resource(show_spinner=False)
def _desk() -> Desk:
    return wiring.open_desk(settings(), store=store(), library=library(), embedder=_embedder())


def desk() -> Desk:
    return replace(_desk(), library=library())


def load() -> None:
    """Open everything before anybody asks for it: what the first page needs, and once it is drawn what an answer will
    need, the model's weights last."""
    library()
    store()
    _drawn.wait(FIRST_PAGE_SECONDS)
    _desk()
    _embedder().encode(["A first text, so that the weights are loaded."])


def note_drawn() -> None:
    """A page stands: from now on nobody waits for the first one."""
    _drawn.set()


# ── Interviews ───────────────────────────────────────────────────────────────────────────────────────────────


def interviews() -> tuple[InterviewSummary, ...]:
    """This person's own, the latest first."""
    return store().interviews()


def begin(setup: Setup) -> None:
    """A second click meanwhile has a run of its own, beside this one: it waits, and finds the interview begun."""
    held = _held()
    with held.beginning:
        if held.visit.begun is None:
            interview = wiring.begin_interview(settings(), desk(), library(), setup)
            held.visit = replace(held.visit, interview_id=interview.id, begun=interview.id, heard=1, attending=True)
    st.rerun()


def address() -> str | None:
    """The interview that the address line names, or that was begun a moment ago."""
    visit = _visit()
    if visit.begun:
        st.query_params[_ADDRESS] = visit.begun
        _change(begun=None)
    return visit.begun or st.query_params.get(_ADDRESS)


def open_interview(interview_id: str) -> Interview:
    """As the log has it now, what waited to be stored in it included. Raises UnknownInterview."""
    interview = Interview(interview_id, desk())
    if _visit().interview_id != interview_id:
        _change(interview_id=interview_id, heard=EVERYTHING, attending=False)
    _deliver(interview)
    return interview


def open_no_interview() -> None:
    """On the first page nothing can be stored: what still waits is given back."""
    for wanted in _visit().wanted:
        _forget(wanted, ELSEWHERE)


def read_log(interview_id: str) -> tuple[Event, ...]:
    return store().read(interview_id)


def go_to(interview_id: str | None) -> None:
    """For a button: the next run shows this interview, or the first page."""
    _change(interview_id=None)
    if interview_id:
        st.query_params[_ADDRESS] = interview_id
    else:
        st.query_params.pop(_ADDRESS, None)


def address_of(interview_id: str) -> dict[str, str]:
    """For a link from another page."""
    return {_ADDRESS: interview_id}


def delete(interview_id: str) -> None:
    """A second click finds nothing left to delete."""
    with suppress(UnknownInterview):
        wiring.delete_interview(settings(), store(), interview_id)


# ── What the candidate does ──────────────────────────────────────────────────────────────────────────────────


def type_answer(seen: Place) -> None:
    """For the answer's field: nothing is drawn before this, so that no word is lost between the field and the store."""
    text = st.session_state.get("typed")
    if text:
        _want(Answering(seen, text))


def press(control: Button, seen: Place) -> None:
    _want(Pressing(seen, control))


def ask(field: str, seen: Place) -> None:
    _want(Pressing(seen, "clarify", st.session_state.get(field)))


def dispute(part_id: str, stance: Stance, comment: str) -> str | None:
    """Contests a verdict of the interview that is shown; what stands in the way, if anything."""
    claim = Claim(part_id=part_id, says=stance, submission_id=wiring.fresh_id(), comment=comment)
    try:
        contest(store(), _visit().interview_id or "", claim, wiring.utc_now)
    except DisputeRefused as refusal:
        return f"{str(refusal)[:1].upper()}{str(refusal)[1:]}."
    return None


def unsent() -> tuple[Unsent, ...]:
    return _visit().unsent


def put_unsent_away() -> None:
    _change(unsent=())


def waiting_words() -> str | None:
    """What was typed and could not be stored yet: shown where storing failed."""
    return "\n\n".join(wanted.text for wanted in _visit().wanted if wanted.text) or None


def _want(wanted: Answering | Pressing) -> None:
    _change(wanted=(*_visit().wanted, wanted), unsent=())


def _deliver(interview: Interview) -> None:
    """Stores what the candidate did. It is only forgotten here once it is in the log, or refused."""
    for wanted in _visit().wanted:
        _forget(wanted, _refusal(interview, wanted) if wanted.seen.interview_id == interview.id else ELSEWHERE)


def _forget(wanted: Answering | Pressing, refusal: str | None) -> None:
    """It no longer waits. Where it was refused, its words are given back."""
    visit = _visit()
    given_back = (Unsent(wanted.text, refusal),) if refusal and wanted.text else ()
    _change(wanted=tuple(one for one in visit.wanted if one is not wanted), unsent=visit.unsent + given_back)


def _refusal(interview: Interview, wanted: Answering | Pressing) -> str | None:
    """Why it cannot be stored; None once it is."""
    try:
        return None if _delivered(interview, wanted) else MOVED_ON
    except AnswerRefused as refusal:
        return str(refusal)


def _delivered(interview: Interview, wanted: Answering | Pressing) -> bool:
    match wanted:
        case Answering():
            interview.hand_in(wanted.text, wanted.submission_id, wanted.seen.seq)
            stored = interview.state.answer_by_submission(wanted.submission_id)
            return stored is not None and stored.text == wanted.text
        case Pressing():
            return interview.press(wanted.control, wanted.text, wanted.seen.seq)
        case _:
            assert_never(wanted)


# ── What the candidate has seen ──────────────────────────────────────────────────────────────────────────────


def attend() -> int:
    """Notes that the interview is before somebody's eyes. The log up to the place returned was seen before."""
    _change(attending=True)
    return _visit().heard


def note_heard(interview: Interview) -> None:
    _change(heard=interview.state.seq)


def shows_report(interview: Interview) -> bool:
    """Once it is over: at once for who pressed End or comes later, on request for who still reads the last feedback."""
    finished = interview.state.finished
    return finished is not None and (finished.reason == "stopped" or not _visit().attending)


def show_report() -> None:
    _change(attending=False)


def _visit() -> Visit:
    return _held().visit


def _change(**fields: Any) -> None:
    held = _held()
    held.visit = replace(held.visit, **fields)


def _held() -> _Held:
    return st.session_state.setdefault(_KEY, _Held())
