"""A notebook that is open in JupyterLab, as somebody sees it who looks at the page."""

import re

from playwright.sync_api import Page, expect

RUN_SECONDS = 300


class Notebook:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page: Page):
        self.page = page
        self.panel = page.locator(".jp-NotebookPanel:visible")
        self.cells = self.panel.locator(".jp-Cell")
        self.code = self.panel.locator(".jp-CodeCell")
        expect(self.code.first).to_be_attached()
        self.wait_until_idle()

    def wait_until_idle(self):
        expect(self.panel.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute(
            "data-status", "idle", timeout=RUN_SECONDS * 1000
        )

    def menu(self, name, entry):
        self.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{name}$")).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{entry}$")).click()

    def theme(self, name):
        """Choose the theme called `JupyterLab <name>`."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Settings$")).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).hover()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^JupyterLab {name}$")).click()
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-name", f"JupyterLab {name}")

    def run_all_anew(self):
        """Restart the kernel and run all cells, each of which has to end without an error."""
        self.menu("Kernel", "Restart Kernel and Run All Cells…")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.has_run()

    def has_run(self):
        """Wait until all cells, which were just told to run, have done so; an error would have stopped them."""
        last = self.code.last.locator(".jp-InputArea-prompt")
        expect(last).to_have_text("[*]:")
        expect(last).to_have_text(f"[{self.code.count()}]:", timeout=RUN_SECONDS * 1000)
        self.wait_until_idle()
        assert self.numbers() == [f"[{number}]:" for number in range(1, self.code.count() + 1)]

    def find(self, source):
        """The code cell that has this text in its source."""
        return self.code.filter(has=self.page.locator(".cm-content", has_text=source)).first

    def numbers(self):
        """The execution counts of the code cells, as they are shown: `[3]:`, or `[*]:` while one runs."""
        return self.code.locator(".jp-InputArea-prompt").all_text_contents()
