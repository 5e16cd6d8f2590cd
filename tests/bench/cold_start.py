"""From starting the command to a page that can be used, beside a bare Streamlit chat's; and the server's memory."""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from interviewer import wiring
from interviewer.settings import read_settings
from tests.chromium import FLAGS, find_chromium
from tests.serving import chat_command, free_port, serving

ROUNDS = 3
TOY = Path(__file__).with_name("toy_chat.py")


def measure(home: Path) -> dict[str, float]:
    """Seconds (medians of ROUNDS, the two programs in turn) and MiB. The index is there, as on any second start."""
    wiring.rebuild_index(read_settings())
    chat, toy, peaks = [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        for _ in range(ROUNDS):
            toy.append(_seconds(browser, home, _toy_command, _toy_is_usable)[0])
            seconds, peak = _seconds(browser, home, chat_command, _chat_is_usable, _hold_a_turn)
            chat.append(seconds)
            peaks.append(peak)
        browser.close()
    cold, bare = statistics.median(chat), statistics.median(toy)
    return {
        "cold_start_s": cold,
        "toy_start_s": bare,
        "cold_start_over_toy": cold / bare,
        "peak_rss_mb": max(peaks),
    }


def _seconds(
    browser: Browser,
    home: Path,
    command: Callable[[int], list[str]],
    wait_until_usable: Callable[[Page], None],
    use: Callable[[Page], None] = lambda page: None,
) -> tuple[float, float]:
    port = free_port()
    page = browser.new_context().new_page()
    begun = time.monotonic()
    with serving(command(port), port, {}, home / "server.log") as server:
        page.goto(f"http://127.0.0.1:{port}/")
        wait_until_usable(page)
        seconds = time.monotonic() - begun
        use(page)
        peak = _peak_mb(server.pid)
        page.context.close()
    return seconds, peak


def _toy_command(port: int) -> list[str]:
    options = ["--server.headless", "true", "--server.port", str(port), "--server.address", "127.0.0.1"]
    return [sys.executable, "-m", "streamlit", "run", str(TOY), *options, "--browser.gatherUsageStats", "false"]


def _toy_is_usable(page: Page) -> None:
    page.get_by_test_id("stChatInputTextArea").wait_for()


def _chat_is_usable(page: Page) -> None:
    page.get_by_role("button", name="Start", exact=True).wait_for()


def _hold_a_turn(page: Page) -> None:
    """One question answered and marked, so that the memory is that of a server in use."""
    page.get_by_role("button", name="Start", exact=True).click()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill("I would measure first, then add an index on the columns that the slow query filters by.")
    box.press("Enter")
    page.get_by_test_id("stChatMessage").nth(2).wait_for(timeout=60_000)


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024
