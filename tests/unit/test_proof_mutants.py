"""The mutants of a solution: what is changed, what is not, and what becomes of them."""

import pytest
from proof.graded import Graded
from proof.meaning import meaning
from proof.mutations import Change, python_mutants
from proof.proto import proto_mutations
from proof.survivors import Survivor, read_table, with_found, write_table
from proof.tally import Fate, Tally, fate

SOURCE = '''\
"""A service."""
app = FastAPI(title="stall")


@app.get("/users/{uid}")
async def read(uid: int):
    """Give a user."""
    log.info("asked for %s", uid)
    try:
        user = await fetch(uid)
    except (TimeoutError, OSError) as error:
        raise HTTPException(504, "too slow") from error
    return user
'''


def changes(source):
    """What the mutants of a source change, as (was, now)."""
    return {(mutant.change.was, mutant.change.now) for mutant in python_mutants("service.py", source)}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('@app.get("/users/{uid}")', ""),
        ('@app.get("/users/{uid}")', '@app.get("XX/users/{uid}XX")'),
        ("user = await fetch(uid)", "user = fetch(uid)"),
        ("except (TimeoutError, OSError) as error:", "except () as error:"),
        ("except (TimeoutError, OSError) as error:", "except (OSError,) as error:"),
        ('raise HTTPException(504, "too slow") from error', "pass"),
        ('raise HTTPException(504, "too slow") from error', 'raise HTTPException(505, "too slow") from error'),
        ("return user", "return None"),
    ],
)
def test_what_learners_leave_out_is_left_out(was, now):
    """Routes are mutated too, and decorators, awaits, exceptions and results go missing."""
    assert (was, now) in changes(SOURCE)


def test_what_the_contract_leaves_open_is_not_changed():
    """No mutant changes only a docstring, an annotation, a log message, a detail's text or a title."""
    for was, _ in changes(SOURCE):
        assert '"""' not in was
        assert "log." not in was
    free = [("asked for", "asking for"), ("too slow", "late"), ("stall", "stand"), ("Give a", "Get a")]
    for old, new in free:
        assert meaning(SOURCE.replace(old, new)) == meaning(SOURCE)
    assert meaning(SOURCE.replace("504", "503")) != meaning(SOURCE)
    assert not any(mutant.text.count("uid: int") == 0 for mutant in python_mutants("service.py", SOURCE))


def test_every_mutant_is_a_program_of_its_own():
    """All compile, none equals the original or another one, and each says where it lies."""
    mutants = python_mutants("service.py", SOURCE)
    texts = [meaning(mutant.text) for mutant in mutants]
    assert len(set(texts)) == len(texts)
    assert meaning(SOURCE) not in texts
    assert {mutant.change.inside for mutant in mutants} == {"", "read"}


def test_a_condition_is_turned_once():
    """`if x` is turned by our operator, `if x == y` by mutmut's, and neither by both."""
    assert ("if x:", "if not (x):") in changes("if x:\n    y = 1\n")
    turned = [now for was, now in changes("if x == y:\n    z = 1\n") if was == "if x == y:"]
    assert turned == ["if x != y:"]


def test_a_proto_is_changed_by_pattern():
    """Service, rpc, streaming, field number, type and name go wrong one at a time, in a block that has a name."""
    text = "service E {\n  rpc Echo (A) returns (B);\n}\nmessage A { string message = 1; }\n"
    found = list(proto_mutations(text))
    assert ("A", text.replace("= 1", "= 2")) in found
    assert ("E", text.replace("rpc Echo (", "rpc Echo (stream ")) in found
    assert ("A", text.replace("string", "bytes")) in found
    assert len({changed for _, changed in found}) == len(found)


def graded(**changed):
    """A verdict on a mutant that passes everything, but for what is changed."""
    passed = {"passed": True, "score": 100, "bonus": 10, "seconds": 1.0, "messages": {}, "engine": ""}
    lists = {"failed": [], "stretch_failed": [], "skipped": [], "errors": []}
    return Graded(**{"key": "k", "name": "n", **passed, **lists, **changed})


def test_what_becomes_of_a_mutant():
    """A required check kills, a stretch check kills too, and where the grader broke nothing is said."""
    assert fate(graded()) is Fate.SURVIVED
    assert fate(graded(failed=["a"], stretch_failed=["b"])) is Fate.KILLED
    assert fate(graded(stretch_failed=["b"])) is Fate.BY_STRETCH
    assert fate(graded(failed=["a"], errors=["c"])) is Fate.ERROR


def test_survivors_that_are_still_right_are_no_escape():
    """Only survivors that somebody explained as right work leave the count; missed and unexplained ones weigh."""
    one, two, three = (Change("a.py", "", "x", now) for now in "123")
    survivors = [
        Survivor(one, "equivalent", "the same"),
        Survivor(two, "missed", "no check can see it"),
        Survivor(three),
    ]
    tally = Tally(total=10, killed=6, by_stretch={Change("a.py", "", "y", ""): ["s"]}, survivors=survivors)
    assert (tally.wrong, tally.caught) == (9, 7)
    assert tally.unexplained == [Survivor(three)]
    assert Survivor(two, "equivalent", "").still_right is False


def test_the_table_is_read_as_it_was_written(tmp_path):
    """Quotes, backslashes, umlauts and emoji survive; what a person wrote stays when more is found."""
    change = Change("a.py", "f", 'print("ü\\n")', "'🍜'")
    path = tmp_path / "survivors.toml"
    write_table({"ex1": [Survivor(change, "equivalent", 'nobody "sees" it')]}, path)
    assert read_table(path) == {"ex1": [Survivor(change, "equivalent", 'nobody "sees" it')]}
    first = Change("a.py", "", "x = 1", "x = 2")
    table = with_found(read_table(path)["ex1"], [first, change], [first, change])
    assert table == [Survivor(first), Survivor(change, "equivalent", 'nobody "sees" it')]
