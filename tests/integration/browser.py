"""A browser for tests: headless Chromium driven through chromedriver by the W3C WebDriver protocol,
no library needed.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-US",
]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
Found = TypeVar("Found")


class BrowserError(Exception):
    """What chromedriver answered instead."""


def missing() -> str | None:
    """What this machine lacks to run a browser, if anything."""
    return next(
        (
            f"{name} is not installed"
            for name in ("chromium", "chromedriver")
            if not shutil.which(name)
        ),
        None,
    )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def wait_for(what: str, found: Callable[[], Found | None], seconds: float = 60) -> Found:
    """The first true answer; asks again until then.

    Raises AssertionError saying what did not come.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = found()
        if answer:
            return answer
        time.sleep(0.25)
    raise AssertionError(f"{what} did not come within {seconds} seconds")


class Browser:
    """One window."""

    def __init__(self, address: str) -> None:
        self.address = address

    def call(self, method: str, path: str, body: dict | None = None) -> Any:
        """One command of the protocol. Raises BrowserError."""
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(
            f"{self.address}{path}",
            data=data,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise BrowserError(json.load(error)["value"]["message"].splitlines()[0]) from None

    def open(self, url: str) -> None:
        self.call("POST", "/url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """Runs JavaScript in the page; returns what it returns."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, xpath: str, seconds: float = 60) -> str:
        """The first element at an XPath, waited for."""

        def found() -> str | None:
            elements = self.call("POST", "/elements", {"using": "xpath", "value": xpath})
            return elements[0][ELEMENT] if elements else None

        return wait_for(xpath, found, seconds)

    def click(self, xpath: str, seconds: float = 60) -> None:
        """Clicks as a person does: at the element, when nothing covers it."""

        def clicked() -> bool:
            try:
                self.call("POST", f"/element/{self.find(xpath, seconds)}/click")
            except BrowserError:
                return False
            return True

        wait_for(f"a click on {xpath}", clicked, seconds)

    def type(self, xpath: str, text: str) -> None:
        self.call("POST", f"/element/{self.find(xpath)}/value", {"text": text})

    def text(self) -> str:
        """What the page says."""
        return self.run("return document.body.innerText")

    def size(self, width: int, height: int) -> None:
        self.call("POST", "/window/rect", {"width": width, "height": height})

    def picture(self, file: Path) -> Path:
        """Photographs the window."""
        file.write_bytes(base64.b64decode(self.call("GET", "/screenshot")))
        return file


@contextmanager
def browser(folder: Path, width: int = 1600, height: int = 1100) -> Iterator[Browser]:
    """A browser with an empty profile in `folder`; ended with the block."""
    port = free_port()
    with (folder / "chromedriver.log").open("wb") as log:
        driver = subprocess.Popen(
            [shutil.which("chromedriver") or "chromedriver", f"--port={port}"],
            stdout=log,
            stderr=log,
        )
    window = Browser(f"http://127.0.0.1:{port}")

    def ready() -> bool:
        try:
            return window.call("GET", "/status")["ready"]
        except OSError:
            return False

    try:
        wait_for("chromedriver", ready, 30)
        options = {
            "binary": shutil.which("chromium"),
            "args": [
                *FLAGS,
                f"--user-data-dir={folder / 'profile'}",
                f"--window-size={width},{height}",
            ],
        }
        session = window.call(
            "POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        )
        window.address += f"/session/{session['sessionId']}"
        yield window
        window.call("DELETE", "")
    finally:
        driver.terminate()
        driver.wait(timeout=30)
