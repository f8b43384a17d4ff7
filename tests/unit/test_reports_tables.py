"""The class as tables: grades.csv, and what Canvas and Moodle import."""

import csv
import io
import re

import pytest
from class_samples import EX1, EX2, EX3, HOSTILE, broken, class_of, hostile, ordinary, passed

from foodcourt.reports.canvas import to_canvas_csv
from foodcourt.reports.cells import cell, one_line
from foodcourt.reports.class_file import Person
from foodcourt.reports.grades_csv import to_grades_csv
from foodcourt.reports.moodle import to_moodle_csv

WRITERS = [to_grades_csv, to_canvas_csv, to_moodle_csv]
TITLES = ["Exercise 1: two services", "Exercise 2: retries", "Exercise 3: grpc echo", "Exercise 4: celery worker"]


def rows(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=delimiter == ","))


def records(text):
    header, *others = rows(text)
    assert len(set(header)) == len(header)
    return [dict(zip(header, row, strict=True)) for row in others]


def by_hand(given):
    return lambda learner, slug: given.get((learner, slug))


# https://owasp.org/www-community/attacks/CSV_Injection, and ASVS 5.0, 1.2.10, which adds NUL
FORMULA = re.compile(r"\s*[=+\-@\t\r\n\0＝＋－＠]")


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_no_cell_of_a_table_is_a_formula(writer, delimiter):
    """Whatever separates cells in the spreadsheet that opens it, no cell begins as a formula or holds a control."""
    text = writer(hostile())
    cells = [value for row in rows(text, delimiter) for value in row]
    assert [value for value in cells if FORMULA.match(value) and value != "-"] == []
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\u2028\ud800-\udfff]", text)
    text.encode()


@pytest.mark.parametrize("writer", WRITERS)
def test_tables_are_as_rfc_4180_says(writer):
    """Every line ends with CRLF, every row has as many cells as the first, and no cell spans lines."""
    for results, more in ((ordinary(), 3), (hostile(), len(HOSTILE)), (class_of([]), 0)):
        text = writer(results)
        assert text.replace("\r\n", "").count("\n") == text.replace("\r\n", "").count("\r") == 0
        found = rows(text)
        assert text.count("\r\n") == len(found) == more + 1 + (writer is to_canvas_csv)
        assert len({len(row) for row in found}) == 1


def test_plain_texts_are_cells_as_they_are():
    """Names, addresses and numbers that people have are not altered; what is altered can still be read."""
    for text in ("Ann Lee", "O'Neil, Jr.", "Zoë", "李雷", "a+b@uni.example", "1-2", "x=y", ""):
        assert cell(text) == text
    assert cell("=1") == "'=1"
    assert cell(" \t@x") == " \\x09@x"
    assert cell("Lee; -1") == "Lee; '-1"
    assert [cell(text) for text in ("-1008", "+7", "-1+1", "--1", "-٣")] == ["-1008", "+7", "'-1+1", "'--1", "'-٣"]
    assert cell("\r=1") == "\\x0d=1"
    assert cell("＝1") == "'＝1"
    assert one_line("a\nb\u2028c") == "a\\x0ab\\x2028c"
    assert one_line("x" * 400) == "x" * 299 + "…"


def test_grades_csv_tells_what_became_of_everybody():
    """Points where there is a verdict, a word where there is none; no total before all is decided."""
    ann, bob, cat = records(to_grades_csv(ordinary()))
    assert (ann["learner"], ann["name"], ann["total"]) == ("ann", "Ann Lee", "440")
    assert [ann[f"ex1_{key}"] for key in ("score", "bonus", "passed", "outcome", "late")] == [
        *("100", "10", "yes", "graded", "no"),
    ]
    assert [bob[f"ex1_{key}"] for key in ("score", "bonus", "passed", "outcome", "late")] == [
        *("50", "0", "no", "graded", "yes"),
    ]
    assert [bob[f"ex{number}_outcome"] for number in (2, 3, 4)] == ["error", "refused", "waiting"]
    assert bob["total"] == ""
    for row, numbers in ((bob, (2, 3, 4)), (cat, (1, 2, 3, 4))):
        assert {row[f"ex{number}_{key}"] for number in numbers for key in ("score", "bonus", "passed")} == {""}
    assert cat["ex1_outcome"] == "missing"
    assert cat["total"] == "0"


def test_a_damaged_result_is_an_error_and_no_zero():
    """What cannot be read is told like a grader that broke."""
    results = class_of([passed("ann", EX1)], {"bob": Person()}, damaged={("bob", EX1): "cannot use the result x"})
    bob = records(to_grades_csv(results))[1]
    assert (bob["ex1_outcome"], bob["ex1_score"], bob["total"]) == ("error", "", "")


def test_a_score_by_hand_counts_everywhere():
    """It stands in place of the grader's, also where that broke or nothing was handed in; 0 is a score."""
    given = by_hand({("bob", EX1): 72.5, ("bob", EX2): 0, ("bob", EX3): 30, ("cat", EX1): 20, ("ann", EX1): 90})
    ann, bob, cat = records(to_grades_csv(ordinary(), given))
    assert (ann["ex1_score"], ann["ex1_bonus"], ann["ex1_passed"], ann["ex1_outcome"]) == (
        "90",
        "10",
        "yes",
        "by hand",
    )
    assert (bob["ex1_score"], bob["ex2_score"], bob["ex2_bonus"], bob["ex2_outcome"]) == ("72.5", "0", "", "by hand")
    assert (ann["total"], bob["total"], cat["total"]) == ("430", "", "20")
    canvas = {row["Student"]: row[TITLES[0]] for row in records(to_canvas_csv(ordinary(), given))}
    assert canvas == {"    Points Possible": "100", "Ann Lee": "100", "bob": "72.5", "Cat O'Neil, Jr.": "20"}
    moodle = {
        row["Username"]: (row[TITLES[0]], row[f"{TITLES[0]} (bonus)"])
        for row in records(to_moodle_csv(ordinary(), given))
    }
    assert moodle == {"ann": ("90", "10"), "bob": ("72.5", "0"), "cat": ("20", "-")}


def test_canvas_reads_its_table():
    """The rules of Canvas's own reader: `header?`, `process_pp` and `parse_assignments`.

    https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb
    """
    header, possible, *students = rows(to_canvas_csv(ordinary()))
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *TITLES]
    assert not any(re.search(r"\(\d+\)$|(Current|Final|Override) (Score|Points|Grade)", title) for title in TITLES)
    assert "Points Possible" in possible[0]
    assert possible[5:] == ["100"] * 4
    assert students[0] == ["Ann Lee", "", "1007", "ann@uni.example", "", "110", "110", "110", "110"]
    assert students[1] == ["bob", "", "", "bob", "", "50", "", "", ""]
    assert students[2][5:] == [""] * 4


def test_no_learner_passes_for_the_points_possible():
    """Canvas takes any row whose first cell says so for that of the points; only ours may."""
    found = rows(to_canvas_csv(hostile()))
    assert [number for number, row in enumerate(found) if "Points Possible" in row[0]] == [1]


def test_moodle_reads_its_table():
    """The rules of Moodle's own reader (https://github.com/moodle/moodle, grade/import/csv/classes/load_data.php).

    A cell that names the user may not be empty for PHP, or the row's grades go to the user of the row above. No grade
    is `-`; others are numbers of at most 100.
    """
    header, *learners = rows(to_moodle_csv(ordinary()))
    assert header[:4] == ["Username", "ID number", "Email address", "Name"]
    assert header[4:] == [name for title in TITLES for name in (title, f"{title} (bonus)")]
    assert learners[0][:6] == ["ann", "1007", "ann@uni.example", "Ann Lee", "100", "10"]
    assert learners[1] == ["bob", "(unknown)", "(unknown)", "bob", "50", "0", *["-"] * 6]
    assert learners[2][1] == "(unknown)"
    for row in [*learners, *rows(to_moodle_csv(hostile()))[1:]]:
        assert not {value.strip() for value in row[:3]} & {"", "0"}
        assert all(value == "-" or float(value) <= 100 for value in row[4:])


@pytest.mark.parametrize("writer", [to_canvas_csv, to_moodle_csv])
def test_an_error_is_no_grade_in_any_table(writer):
    """The grader broke after 50 points were earned: neither 50 nor 0 is written."""
    last = rows(writer(class_of([broken("ann", EX1)])))[-1]
    assert last[5 if writer is to_canvas_csv else 4] in {"", "-"}
