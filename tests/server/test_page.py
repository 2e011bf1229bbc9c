"""The page, in headless Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pca_mock import PcaMock
from tests.needs import missing
from tests.server.http import Http

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        missing("no Chromium: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(
    params=[
        {"color_scheme": "light", "viewport": {"width": 1200, "height": 800}},
        {"color_scheme": "dark", "viewport": {"width": 380, "height": 700}, "has_touch": True},
    ],
    ids=["light", "dark phone"],
)
def page(request: pytest.FixtureRequest, browser: Any, url: str) -> Iterator[Any]:
    """The page, at the end of which there has been no error in it, and no request elsewhere."""
    context = browser.new_context(**request.param, accept_downloads=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on(
        "request", lambda each: errors.append(each.url) if not each.url.startswith(url) else None
    )
    page.goto(url)
    yield page
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert errors == []
    assert width[0] <= width[1]


def test_it_shows_the_cas_and_follows_the_calls(pca: PcaMock, page: Any) -> None:
    page.get_by_text("There are no CAs.").wait_for()
    page.get_by_text(f"account {pca.account_id}").wait_for()

    root = pca.create_root_ca("Example <Root>", crl_bucket="crls")
    leaf = root.issue("www.example.com")
    page.get_by_role("button", name="Example <Root>").click()
    page.locator("#details .card").get_by_text(root.arn, exact=True).wait_for()
    crl = page.locator("#details").get_by_role("link", name="crl/").get_attribute("href")
    assert crl in [f"/{key}" for key in pca.buckets["crls"]]
    page.locator("#details").get_by_role("button", name="CN=www.example.com").click()
    page.locator("#details .card").get_by_text(leaf.arn, exact=True).wait_for()
    leaf.revoke()

    page.locator("#details .card b").get_by_text("REVOKED").wait_for()
    page.locator("#calls").get_by_text("RevokeCertificate").wait_for()


def test_it_can_be_searched_and_used_by_keyboard(pca: PcaMock, page: Any, tmp_path: Path) -> None:
    root = pca.create_root_ca("Example Root")
    for number in range(3):
        leaf = root.issue(f"host-{number}.example.com")
    page.get_by_role("button", name="Example Root").wait_for()

    page.keyboard.press("/")
    page.keyboard.type("host-2")
    page.locator("#list").get_by_role("button", name="CN=host-2").wait_for()
    page.locator("#list button").nth(1).wait_for(state="detached")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#details .card").get_by_text(leaf.arn, exact=True).wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PEM").click()

    assert Path(download.value.path()).read_text() == f"{leaf.certificate_pem}\n"


def test_a_part_about_nothing_is_no_error(http: Http) -> None:
    for path in ("details?arn=x", "details?arn=arn:aws:acm-pca:a:1:certificate-authority/x"):
        assert http.request("GET", f"/_pca_mock/page/{path}").status == 200
    assert http.request("GET", "/_pca_mock/certificate.pem?arn=x").status == 404
