"""The names in the downloads of learning platforms."""

from dataclasses import replace

import pytest

from foodcourt.classroom.exports import Upload, read_canvas, read_moodle


@pytest.mark.parametrize(
    ("name", "upload"),
    [
        ("smithalice_12345_67890_ex1_two_services.zip", Upload("smithalice", "12345", "ex1_two_services.zip", 67890)),
        ("smithalice_LATE_12345_67890_ex1.zip", Upload("smithalice", "12345", "ex1.zip", 67890, late=True)),
        ("müllerjörg_1_2_users_service-2.py", Upload("müllerjörg", "1", "users_service.py", 2)),
        ("anon_aB3x_678_ex1-1.zip", Upload("anon_aB3x", "", "ex1.zip", 678)),
        ("LATE_anon_aB3x_678_ex1.zip", Upload("anon_aB3x", "", "ex1.zip", 678, late=True)),
        ("smith_1_2_ex1-1.tar.gz", Upload("smith", "1", "ex1.tar.gz", 2)),
        ("smith_1_2_2026-01-31.zip", Upload("smith", "1", "2026-01.zip", 2)),
        ("smith_1_2_a\nb 🍜.zip", Upload("smith", "1", "a\nb 🍜.zip", 2)),
        ("smith_1_2_3_4_5.zip", Upload("smith", "1", "3_4_5.zip", 2)),
        ("smith_1_2_", None),
        ("smith", None),
        ("smith_alice", None),
        ("12_34_ex1.zip", None),
        ("smith_1_2", None),
        ("ex1_two_services", None),
    ],
)
def test_a_file_from_canvas(name, upload):
    """Name, `LATE`, the learner's number, the file's number and its own name."""
    found = read_canvas(name)
    assert (found and replace(found, written="", lasting=False)) == upload
    assert found is None or (found.lasting and name.endswith(found.written))


@pytest.mark.parametrize(
    ("name", "upload"),
    [
        ("Alice Smith_12345_assignsubmission_file", Upload("Alice Smith", "12345", "")),
        ("Alice Smith_12345_assignsubmission_file_", Upload("Alice Smith", "12345", "")),
        ("Zoë O'Neil-Łu_1_assignsubmission_file_ex1.zip", Upload("Zoë O'Neil-Łu", "1", "ex1.zip")),
        ("Default team_assignsubmission_file", Upload("Default team", "", "")),
        ("Alice_1_assignsubmission_onlinetext", Upload("Alice", "1", "", kind="onlinetext")),
        (" _1_assignsubmission_file", None),
        ("_assignsubmission_file", None),
        ("alice", None),
    ],
)
def test_a_folder_or_file_from_moodle(name, upload):
    """Name, number, the kind of upload, and the file's own name where folders are switched off."""
    found = read_moodle(name)
    assert (found and replace(found, written="")) == upload
    assert found is None or found.written == found.file


@pytest.mark.timeout(5)
def test_a_name_made_to_be_slow_is_not():
    """A name as long as a disk allows is read at once."""
    for name in ("a_" * 127, "1_" * 127, "_" * 255, "a" * 255, "LATE_" * 51):
        assert read_canvas(name) is None or name.startswith("a")
        assert read_moodle(name) is None
