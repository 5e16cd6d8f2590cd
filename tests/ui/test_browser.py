"""One interview in a real Chromium against the real server, from Start to the report.

Screenshots go to the test's own folder, one of the moment of failure among them. With VIVA_SCREENSHOTS=1 in the
environment those that the documents show are renewed in docs/screenshots.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from interviewer.events import Answered, Asked, Event, Marked, Said
from interviewer.sql_store import SqlStore
from interviewer.state import fold
from knowledge.models import Question
from tests.chromium import FLAGS, find_chromium
from tests.serving import chat_command, free_port, serving

pytestmark = pytest.mark.browser

DOCUMENTED = Path(__file__).parents[2] / "docs" / "screenshots"
DESKTOP, PHONE = {"width": 1200, "height": 960}, {"width": 390, "height": 844}
ANSWERS = {
    "sql-injection-prevention": (
        "I use prepared statements with bound parameters, so the input is sent as data and never parsed as SQL. "
        "I never build a statement by concatenating user input.",
        "The application's database account has least privilege, so that an attack can do less damage.",
    ),
    "sessions-or-jwt": (
        "With a session the state stays on the server, and the cookie holds only a random identifier. "
        "A JWT carries signed claims, so any server can verify it with a key.",
        "A session is revoked at once by deleting it; a JWT stays valid until it expires, so I keep it short-lived.",
    ),
    "isolation-levels": (
        "Read committed prevents dirty reads, because a query sees only data that was committed. "
        "Serializable gives the same outcome as if the transactions had run one after another.",
        "Stronger isolation costs concurrency: more locking, more waiting and more aborted transactions.",
    ),
    "slow-order-list": (
        "First I find the statement that takes the time with the slow query log, "
        "then I run EXPLAIN ANALYZE on it to see the execution plan with actual times.",
        "A composite index on customer_id and created_at serves both the filter and the sort order.",
    ),
    "relational-or-document": (
        "A relational database suits data with many relationships, because joins combine tables in unplanned ways. "
        "A document store keeps what belongs together in one document, so that a single read fetches it.",
        "A relational database gives me ACID transactions over any number of rows and tables.",
    ),
}
"""A first answer and one to the follow-up, for questions that the screenshots may show."""
SECONDS = 45_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield chromium
        chromium.close()


class Chat:
    """A person at the page. Leaving it after a failure keeps a picture of what was seen."""

    def __init__(self, browser: Browser, port: int, home: Path, shots: Path) -> None:
        self.browser, self.port, self.shots = browser, port, shots
        self.store = SqlStore(f"sqlite:///{home / 'interviews.sqlite'}")
        self.strangers: list[str] = []
        self.page = self.window()

    def window(self, *, dark: bool = False, phone: bool = False) -> Page:
        context = self.browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # pyright: ignore[reportArgumentType]
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(SECONDS)
        page.on("request", self._note)
        return page

    def _note(self, request: Request) -> None:
        if not request.url.startswith((f"http://127.0.0.1:{self.port}/", "data:", "blob:")):
            self.strangers.append(request.url)

    @property
    def interview_id(self) -> str:
        return self.page.url.rpartition("interview=")[2]

    @property
    def log(self) -> tuple[Event, ...]:
        return self.store.read(self.interview_id)

    @property
    def asked(self) -> list[Asked]:
        return [event for event in self.log if isinstance(event, Asked)]

    @property
    def answers(self) -> list[str]:
        return [event.answer.text for event in self.log if isinstance(event, Answered)]

    def open(self, path: str = "/") -> None:
        self.page.goto(f"http://127.0.0.1:{self.port}{path}")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def type(self, text: str) -> None:
        self.page.get_by_test_id("stChatInputTextArea").fill(text)
        self.page.keyboard.press("Enter")

    def answer(self, text: str) -> None:
        """Types it, and waits until the interviewer has replied and the page is at rest."""
        before = len(self.answers)
        self.type(text)
        self.wait_until(lambda: len(self.answers) > before)
        # The page learns a moment later that a run began: at rest before that, it is at rest from the run before. What
        # is typed until the reply stands there is given back.
        self.wait_until(lambda: fold(self.log).awaiting in ("answer", "nothing"))
        reply = next(event.phrase.text for event in reversed(self.log) if isinstance(event, Said))
        expect(self.page.get_by_text(reply[-25:]).last).to_be_visible(timeout=SECONDS)
        self.rest()

    def rest(self) -> None:
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning", timeout=SECONDS
        )

    def wait_until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS / 1000
        while not true():
            assert time.monotonic() < deadline, "waited too long"
            self.page.wait_for_timeout(20)

    def shoot(self, name: str, page: Page | None = None) -> None:
        shot = self.shots / f"{name}.png"
        (page or self.page).mouse.move(0, 0)
        (page or self.page).screenshot(path=shot)
        if os.environ.get("VIVA_SCREENSHOTS"):
            DOCUMENTED.mkdir(parents=True, exist_ok=True)
            shutil.copy(shot, DOCUMENTED / shot.name)

    def __enter__(self) -> "Chat":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.page.screenshot(path=self.shots / "failed.png", full_page=True)
            print(f"what the page showed when the test failed: {self.shots / 'failed.png'}")
        self.store.close()


def test_an_interview_from_start_to_report(browser: Browser, home: Path, tmp_path: Path) -> None:
    port, server_log = free_port(), tmp_path / "server.log"
    environment = {"INTERVIEWER_HOME": str(home)}
    home.mkdir()
    with (
        serving(chat_command(port), port, environment, server_log) as server,
        Chat(browser, port, home, tmp_path) as chat,
    ):
        _start(chat)
        _answer_with_a_double_enter(chat)
        _reload(chat)
        _answer_and_lose_the_server(chat, server.kill)
        server.wait()
        with serving(chat_command(port), port, environment, server_log):
            _find_all_as_it_was(chat)
            _go_on_to_the_report(chat)
            _look_in_the_dark_and_on_a_phone(chat)
            _delete_the_newest_and_no_other(chat)
        assert chat.strangers == []


def replies(question: Question) -> tuple[str, str]:
    """A first answer and one to the follow-up. Any question of the topics may be asked: the model answer has both."""
    if question.id in ANSWERS:
        return ANSWERS[question.id]
    sentences = " ".join((question.model_answer or "").split()).split(". ")
    return sentences[0] + ".", ". ".join(sentences[1:])


def _start(chat: Chat) -> None:
    chat.open()
    expect(chat.page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    chat.rest()
    chat.shoot("start")
    _choose(chat, "Security", "Databases")
    chat.page.get_by_role("slider").press("ArrowLeft")
    chat.page.get_by_role("slider").press("ArrowLeft")
    expect(chat.page.get_by_text("3 questions · mid level · Security, Databases")).to_be_visible()
    chat.press("Start")
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(1)
    chat.rest()
    assert len(chat.asked) == 1


def _choose(chat: Chat, *topics: str) -> None:
    field = chat.page.get_by_test_id("stMultiSelect").locator("input")
    field.click()
    for topic in topics:
        field.press_sequentially(topic)
        expect(chat.page.get_by_role("option", name=topic)).to_be_visible()
        field.press("Enter")
    field.press("Escape")


def _answer_with_a_double_enter(chat: Chat) -> None:
    first, _ = replies(chat.asked[-1].question)
    chat.page.get_by_test_id("stChatInputTextArea").fill(first)
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.press("Enter")
    chat.wait_until(lambda: any(isinstance(event, Marked) for event in chat.log))
    expect(chat.page.get_by_test_id("stText").get_by_text(first)).to_be_visible()
    chat.rest()
    assert chat.answers == [first]
    chat.shoot("practice")


def _reload(chat: Chat) -> None:
    before = chat.log
    messages = chat.page.get_by_test_id("stChatMessage").all_inner_texts()
    chat.page.reload()
    expect(chat.page.get_by_test_id("stText").get_by_text(chat.answers[-1])).to_be_visible()
    chat.rest()
    assert chat.page.get_by_test_id("stChatMessage").all_inner_texts() == messages
    assert chat.log == before


def _answer_and_lose_the_server(chat: Chat, kill: Callable[[], None]) -> None:
    """The answer is in the log, and perhaps nothing more, when the server dies."""
    _, second = replies(chat.asked[-1].question)
    chat.type(second)
    chat.wait_until(lambda: len(chat.answers) == 2)
    kill()


def _find_all_as_it_was(chat: Chat) -> None:
    chat.page.reload()
    expect(chat.page.get_by_test_id("stText").get_by_text(chat.answers[-1])).to_be_visible()
    chat.rest()
    assert len(chat.answers) == 2
    assert len([event for event in chat.log if isinstance(event, Marked)]) == 2
    questions = [event.question.id for event in chat.asked]
    assert len(questions) == len(set(questions))


def _go_on_to_the_report(chat: Chat) -> None:
    report = chat.page.get_by_role("button", name="See your report")
    for _ in range(30):
        if report.is_visible():
            break
        possible = [*replies(chat.asked[-1].question), "I don't know more about that."]
        chat.answer(next((reply for reply in possible if reply not in chat.answers), possible[-1]))
    chat.rest()
    chat.shoot("closing")
    report.click()
    expect(chat.page.get_by_role("heading", name="Your report")).to_be_visible()
    expect(chat.page.get_by_test_id("stMetric")).to_have_count(2)
    expect(chat.page.locator("canvas, svg.marks").first).to_be_visible()
    chat.rest()
    chat.shoot("report")
    with chat.page.expect_download() as download:
        chat.page.get_by_role("button", name="Markdown").click()
    assert "On your own" in download.value.path().read_text(encoding="utf-8")


def _look_in_the_dark_and_on_a_phone(chat: Chat) -> None:
    address = chat.page.url
    for name, path, dark, phone in (
        ("report-dark", address, True, False),
        ("report-phone", address, False, True),
        ("start-phone", f"http://127.0.0.1:{chat.port}/", False, True),
        ("start-dark", f"http://127.0.0.1:{chat.port}/", True, False),
        ("history", f"http://127.0.0.1:{chat.port}/history", False, False),
    ):
        page = chat.window(dark=dark, phone=phone)
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is too wide"
        chat.shoot(name, page)
        page.context.close()


def _delete_the_newest_and_no_other(chat: Chat) -> None:
    """However often the place is clicked where the question whether to delete stood."""
    kept = chat.interview_id
    chat.open()
    chat.press("Start")
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(1)
    chat.rest()
    assert len(chat.store.interviews()) == 2
    chat.open("/history")
    chat.page.get_by_role("button", name="Delete").first.click()
    sure = chat.page.get_by_role("button", name="Delete for good")
    place = sure.bounding_box()
    assert place is not None
    sure.dblclick()
    expect(chat.page.get_by_role("button", name="Open report")).to_have_count(1)
    chat.rest()
    expect(sure).to_have_count(0)
    chat.page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    chat.rest()
    assert [summary.id for summary in chat.store.interviews()] == [kept]
