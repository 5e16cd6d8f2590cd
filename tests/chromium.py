"""Finds a Chromium for the browser tests. Run as a script it gets one: the system's, Debian's or Playwright's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """The path of an installed Chromium, the system's before Playwright's; None if there is none."""
    if system := next((path for name in NAMES if (path := shutil.which(name))), None):
        return system
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    return bundled if Path(bundled).exists() else None


def install_chromium() -> None:
    """Debian's package where we are root, else Playwright's own build. Raises CalledProcessError."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("==> Installing Debian's chromium for the browser tests", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, stdout=subprocess.DEVNULL)
        return
    print("==> Downloading Playwright's Chromium for the browser tests", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def main() -> int:
    if find_chromium():
        return 0
    try:
        install_chromium()
    except subprocess.CalledProcessError as error:
        print(f"could not get Chromium ({error}): install it by hand, then run make test again", file=sys.stderr)
        return 1
    return 0 if find_chromium() else 1


if __name__ == "__main__":
    sys.exit(main())
