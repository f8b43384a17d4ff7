"""What every checker has: the option that says what is graded, the session that grades, the `submission`."""

# Not `-p` in pytest.ini: pytest would look through all installed packages for a plugin of that name, each time.
from foodcourt.pytest_plugin import pytest_addoption, pytest_configure, submission

__all__ = ["pytest_addoption", "pytest_configure", "submission"]
