"""A real JupyterLab and a real browser that has no internet."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from foodcourt.processes import free_port
from foodcourt.system import find_browser, install_command
from foodcourt.workbook import Workbook, find_workbook

TOKEN = "open-the-food-court"
# Milliseconds; generous, because everything else may keep the machine busy.
PATIENCE = 60_000
LOOPBACK = {"127.0.0.1", "localhost"}


@dataclass
class Lab:
    """A JupyterLab that `foodcourt lab` runs on a copy of the workbook, and the browser that looks at it.

    `refused` collects every address outside of this machine that a page asked for; none of them was answered.
    """

    url: str
    workbook: Workbook
    browser: BrowserContext
    refused: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page of JupyterLab."""
        page = self.browser.new_page()
        page.goto(f"{self.url}{path}?token={TOKEN}")
        return page


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """The machine's own Chromium or Chrome; nothing is downloaded."""
    program = find_browser()
    if program is None:
        command = install_command("chromium") or "install Chromium"
        reason = f"BROWSER TESTS DID NOT RUN: there is no Chromium on PATH; next: {command}"
        # Where changes are accepted, a test that cannot run is a failure.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        home = {
            name: str(tmp_path_factory.mktemp("chromium")) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
        }
        browser = playwright.chromium.launch(executable_path=program, args=arguments, env={**os.environ, **home})
        yield browser
        browser.close()


@pytest.fixture
def copied_workbook(tmp_path):
    """A copy of the workbook, because JupyterLab stores what it runs; its notebooks have no outputs yet."""
    original, copy = find_workbook(), Workbook(tmp_path / "workbook")
    for folder in (original.notebooks, original.exercises):
        shutil.copytree(folder, copy.root / folder.name, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for path in copy.notebooks.glob("*.ipynb"):
        # What a test sees must have come from the run that it watched.
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.update(outputs=[], execution_count=None)
        nbformat.write(notebook, path)
    return copy


@pytest.fixture
def lab(chromium, copied_workbook, tmp_path):
    """`foodcourt lab` on a copy of the workbook, ready, and a browser context without internet."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    # What is guessed and answered here is no business of notebooks that other tests run.
    own = {"FOODCOURT_HOME": str(copied_workbook.root), "FOODCOURT_LEARNER_FILE": str(tmp_path / "learner.json")}
    environment = {**os.environ, **own}
    argv = [
        Path(sys.executable).with_name("foodcourt"), "lab", "--no-browser", f"--port={port}",
        f"--IdentityProvider.token={TOKEN}",
    ]  # fmt: skip
    log = tmp_path / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(argv, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    try:
        wait_until_ready(f"{url}/api/status?token={TOKEN}", process, log)
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE)
        found = Lab(url, copied_workbook, context)

        def gate(route):
            if urlsplit(route.request.url).hostname in LOOPBACK:
                route.continue_()
            else:
                found.refused.append(route.request.url)
                route.abort()

        context.route("**/*", gate)
        yield found
        context.close()
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def pictures():
    """Where screenshots go: an ignored folder, or the one that FOODCOURT_PICTURES names."""
    folder = Path(os.environ.get("FOODCOURT_PICTURES") or find_workbook().state / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def wait_until_ready(address, process, log):
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        else:
            return
