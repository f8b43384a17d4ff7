"""The vocabulary of cells in real kernels: run again, two at once, after an interrupt, after a sudden end."""

import time

import psutil
import pytest
from jupyter_client.manager import KernelManager

BEGIN = "from foodcourt.notebook import begin, finish, start\nbegin('77')"
WRITE = "%%writefile server.py\nimport http.server, sys\n"
WRITE += "server = http.server.HTTPServer(('127.0.0.1', int(sys.argv[-1])), http.server.SimpleHTTPRequestHandler)\n"
WRITE += "server.serve_forever()"
START = "server = start('python server.py {port}', ready='/')"
REPORT = "import os\nprint(server.pid, server.port, os.getcwd())"


class Kernel:
    """A kernel that runs cells and gives what they printed."""

    def __init__(self, folder):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, *cells):
        printed = []

        def hook(message):
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        for cell in cells:
            reply = self.client.execute_interactive(cell, output_hook=hook, timeout=60)
            while reply["content"]["status"] == "aborted":  # as all is right after an interrupt
                reply = self.client.execute_interactive(cell, output_hook=hook, timeout=60)
            assert reply["content"]["status"] == "ok", reply["content"]
        return "".join(printed)

    def report(self):
        """The service's process, its port, and the folder that the notebook works in."""
        pid, port, folder = self.run(REPORT).split(maxsplit=2)
        return psutil.Process(int(pid)), int(port), folder.strip()

    def close(self):
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture
def open_kernel(workbook, monkeypatch):
    monkeypatch.setenv("FOODCOURT_HOME", str(workbook.root))
    monkeypatch.setenv("IPYTHONDIR", str(workbook.root / "ipython"))
    opened = []

    def opener():
        opened.append(Kernel(workbook.notebooks))
        return opened[-1]

    yield opener
    for kernel in opened:
        kernel.close()


def until_gone(*processes):
    deadline = time.monotonic() + 3
    while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
        assert time.monotonic() < deadline, "a service outlived its notebook by 3 s"
        time.sleep(0.02)


@pytest.mark.usefixtures("no_process_left")
def test_two_notebooks_at_once_and_each_of_them_twice(open_kernel):
    """Each notebook has a folder and a service of its own, and a second run replaces what the first one left."""
    one, two = open_kernel(), open_kernel()
    cells = (BEGIN, WRITE, START)
    first = one.run(*cells)
    two.run(*cells)
    (service_one, port_one, folder_one), (service_two, port_two, folder_two) = one.report(), two.report()
    assert folder_one != folder_two
    assert port_one != port_two
    second = one.run(*cells)
    until_gone(service_one)
    assert service_two.is_running()
    assert two.run("finish()") == "Stopped server. Nothing is left running.\n"
    until_gone(service_two)
    mask = str(port_one)
    assert second.replace(str(one.report()[1]), mask) == first, "the second run should print what the first one did"


@pytest.mark.usefixtures("no_process_left")
def test_runs_again_after_an_interrupt(open_kernel):
    """A cell that was interrupted leaves nothing behind that a run from the top does not replace."""
    kernel = open_kernel()
    kernel.run(BEGIN, WRITE, START)
    service, *_ = kernel.report()
    kernel.client.execute("import time\nprint('busy', flush=True)\ntime.sleep(60)")
    while kernel.client.get_iopub_msg(timeout=30)["content"].get("text") != "busy\n":
        pass
    kernel.manager.interrupt_kernel()
    assert kernel.client.get_shell_msg(timeout=30)["content"]["ename"] == "KeyboardInterrupt"
    kernel.run(BEGIN, WRITE, START)
    until_gone(service)
    assert kernel.report()[0].is_running()


@pytest.mark.usefixtures("no_process_left")
def test_services_end_with_a_killed_kernel(open_kernel):
    """When the kernel is killed, its services are gone, and the next notebook clears its folder away."""
    kernel = open_kernel()
    kernel.run(BEGIN, WRITE, START)
    service, _, folder = kernel.report()
    kernel.manager.shutdown_kernel(now=True)
    until_gone(service)
    other = open_kernel()
    listing = f"import pathlib\nprint(pathlib.Path({folder!r}).exists())"
    assert other.run(BEGIN, listing).endswith("False\n")
