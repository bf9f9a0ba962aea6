"""The page in a browser: the tasks that people have, on a phone and on a wide screen, and what a
checker of accessibility finds.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import axe_selenium_python
import pytest

from tests.conftest import ROOT, scratch
from tests.integration.browser import Browser, browser, free_port, missing
from tests.page.published import HOSTILE, PLAIN, publish

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
AXE = next(Path(axe_selenium_python.__file__).parent.rglob("axe.min.js"))
C = f"c0{PLAIN}"
PAGES = (
    "/",
    f"/campaign?id={C}",
    f"/deal?id=d0{PLAIN}",
    f"/contact?id=p0{PLAIN}",
    f"/asset?type=landing_page&id=a0{PLAIN}",
    f"/event?id=e0{PLAIN}",
    f"/session?id=s0{PLAIN}",
    "/list/deals",
    f"/list/influenced?campaign={C}",
    f"/compare?id={C}&id=c1{quote_plus(HOSTILE[0])}",
    "/channels",
    "/missing",
    "/changes",
    "/search?q=spring",
    "/words",
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page in a process of its own, as a user starts it."""
    port = free_port()
    with scratch() as home:
        publish(home)
        command = [sys.executable, "-m", "orchestration.cli", "serve", "--home", str(home)]
        server = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT)
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/words", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.25)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            assert server.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def serious(window: Browser) -> list[Any]:
    """What axe finds that stops somebody."""
    window.run(AXE.read_text(encoding="utf-8"))
    script = """const done = arguments[0]; axe.run().then(found => done(
        found.violations.filter(one => ['serious', 'critical'].includes(one.impact))
            .map(one => [one.id, one.nodes[0].html])))"""
    return window.call("POST", "/execute/async", {"script": script, "args": []})


def test_pages_fit_and_can_be_read_by_everyone(address: str, window: Browser) -> None:
    for page in PAGES:
        window.size(1280, 1000)
        window.open(f"{address}{page}")
        assert serious(window) == [], page
        for width in (390, 1920):
            metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
            window.call(
                "POST",
                "/goog/cdp/execute",
                {"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics},
            )
            wide = window.run("return document.documentElement.scrollWidth")
            assert wide <= width, f"{page} is {wide} wide on {width}"
        window.call(
            "POST",
            "/goog/cdp/execute",
            {"cmd": "Emulation.clearDeviceMetricsOverride", "params": {}},
        )


def test_from_a_campaign_to_the_event_that_decides(address: str, window: Browser) -> None:
    """Show me the contacts that it influenced in June, and why this one is among them."""
    window.size(1280, 1000)
    window.open(f"{address}/")
    window.click(f"//a[normalize-space()='{PLAIN}']")
    window.run(
        "document.querySelector('[name=from]').value = '2024-06-01'; "
        "document.querySelector('[name=to]').value = '2024-06-30'"
    )
    window.click("//form[contains(@class, 'chooser')]//button")
    window.click("//span[.='Influenced contacts']/following-sibling::span[@class='value']/a")
    assert "Jun 1, 2024 to Jun 30, 2024" in window.text()
    window.click("//td[@data-label='By']/a")
    assert "The asset was in the campaign at that moment." in window.text()


def test_why_a_deal_is_not_counted(address: str, window: Browser) -> None:
    window.open(f"{address}/")
    window.type("//input[@name='q']", f"x0{PLAIN}\n")
    window.click("//h2[.='Deals']/following::a[1]")
    said = window.text()
    assert "Not counted: not closed-won" in said and "What to do:" in said


def test_two_campaigns_are_compared_by_keyboard(address: str, window: Browser) -> None:
    window.open(f"{address}/compare?id={C}&id=c1{quote_plus(HOSTILE[0])}&model=u_shaped")
    assert "U-shaped model" in window.text()
    window.call("POST", "/element/{}/value".format(window.find("//body")), {"text": "\ue004"})
    assert window.run("return document.activeElement.className") == "skip"
