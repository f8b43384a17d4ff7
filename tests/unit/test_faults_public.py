"""The public face of `foodcourt.faults`."""

import subprocess
import sys

import foodcourt.faults


def test_public_names():
    """What checkers and notebooks may rely on is a short list."""
    assert foodcourt.faults.__all__ == [
        *("OK", "Call", "Connections", "Cut", "Delay", "Drip", "Fault", "Flood", "Handle", "Hang", "Hold"),
        *("Malformed", "Reply", "Reset", "Status", "TcpProxy", "Upstream"),
    ]


def test_import_is_cheap():
    """Importing it brings along neither a web framework nor an HTTP client."""
    heavy = "{'httpx', 'fastapi', 'uvicorn', 'pydantic', 'requests', 'anyio'}"
    code = f"import sys, foodcourt.faults; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
