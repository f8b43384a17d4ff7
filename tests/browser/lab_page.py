"""A notebook that is open in JupyterLab, as somebody sees it who looks at the page."""

import re
from pathlib import Path

import nbformat
from playwright.sync_api import Page, expect

RUN_SECONDS = 300


class Notebook:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page: Page, path: Path):
        self.page = page
        self.sources = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        self.size = len(self.sources)
        self.panel = page.locator(".jp-NotebookPanel:visible")
        self.cells = self.panel.locator(".jp-Cell")
        self.code = self.panel.locator(".jp-CodeCell")
        expect(self.code).to_have_count(self.size)  # they come one after the other
        # Before it has a kernel, JupyterLab asks which one to take when a cell is to run.
        expect(self.panel.locator(".jp-Toolbar-kernelName")).to_contain_text("Python 3")
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
        expect(self.code.last.locator(".jp-InputArea-prompt")).to_have_text("[*]:")
        self.has_run()

    def run_above(self, source):
        """Run all cells above the one with this source."""
        number = self.sources.index(source)
        self.code.nth(number).click()
        self.menu("Run", "Run All Above Selected Cell")
        self.wait_for_number(self.code.nth(number - 1), number)

    def run_from(self, source):
        """Run the cell with this source, and all below."""
        self.code.nth(self.sources.index(source)).click()
        self.menu("Run", "Run Selected Cell and All Below")
        self.has_run()

    def has_run(self):
        """Wait until all cells, which were told to run, have done so; an error would have stopped them."""
        self.wait_for_number(self.code.last, self.size)
        assert self.numbers() == [f"[{number}]:" for number in range(1, self.size + 1)]

    def wait_for_number(self, cell, number):
        """Wait until a cell has run, as the one with this number; where another one fails, say what it says."""
        done = cell.locator(".jp-InputArea-prompt", has_text=f"[{number}]:")
        failed = self.panel.locator('[data-mime-type="application/vnd.jupyter.error"]')
        expect(done.or_(failed).first).to_be_attached(timeout=RUN_SECONDS * 1000)
        assert failed.all_text_contents() == []
        self.wait_until_idle()

    def find(self, source):
        """The code cell that has this text in its source."""
        return self.code.filter(has=self.page.locator(".cm-content", has_text=source)).first

    def numbers(self):
        """The execution counts of the code cells, as they are shown: `[3]:`, or `[*]:` while one runs."""
        return self.code.locator(".jp-InputArea-prompt").all_text_contents()
