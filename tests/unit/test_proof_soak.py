"""The load that right work is graded under."""

import subprocess
import sys
from pathlib import Path

import psutil
from leaks import until

TESTS = Path(__file__).resolve().parents[1]
BURNS = """
import sys, time
from proof.soak import burning
if __name__ == "__main__":
    with burning(2):
        print("burns", flush=True)
        time.sleep(60)
"""


def spawned_by(pid):
    """Give the processes that multiprocessing has started below another."""
    family = psutil.Process(pid).children(recursive=True)
    return [child for child in family if "spawn_main" in " ".join(child.cmdline())]


def test_the_load_ends_with_its_owner(tmp_path):
    """Busy loops do not outlive a soak that is killed: they would burn two cores for ever."""
    script = tmp_path / "burns.py"
    script.write_text(BURNS)
    owner = subprocess.Popen([sys.executable, script], env={"PYTHONPATH": str(TESTS)}, stdout=subprocess.PIPE)
    try:
        assert owner.stdout is not None
        with owner.stdout as output:
            assert output.readline() == b"burns\n"
        # One that was just forked still goes by its parent's command line.
        burning = until(lambda: len(found := spawned_by(owner.pid)) == 2 and found, 10, "two busy loops")
        until(lambda: sum(child.cpu_times().user for child in burning) > 0.2, within=30)
    finally:
        owner.kill()
        owner.wait()
    until(lambda: not psutil.wait_procs(burning, timeout=0.1)[1], 10, f"{burning}")
