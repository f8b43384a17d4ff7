"""What is left of source code when everything is taken away that is changed without a thought."""

import random

import pytest

from foodcourt.similarity.fingerprints import GRAM, blocks, fingerprints

SOURCE = '''
import httpx
from fastapi import FastAPI, HTTPException

app = FastAPI(title="orders")
USERS_URL: str = "http://127.0.0.1:8001"


class Store:
    def __init__(self, first=1):
        self.orders = {}
        self.last, self.first = 0, first

    def put(self, order):
        self.orders[self.last] = order
        return self.last


@app.get("/orders/{oid}")
async def get_order(oid: int, *, limit=10) -> dict:
    """Give an order."""
    async with httpx.AsyncClient(base_url=USERS_URL, timeout=2.0) as client:
        try:
            answer = await client.get(f"/users/{oid}")
        except httpx.TimeoutException as error:
            raise HTTPException(504, "too slow") from error
    for key, value in answer.json().items():
        print(key, [part for part in value if part != limit])
    if (found := answer.json()) and sorted(found, key=lambda one: one["id"]):
        return {"id": oid, **found}
'''


def texts(source):
    """Give the words of each block."""
    return [" ".join(word.text for word in block) for block in blocks(source)]


def test_a_block_is_a_function_a_class_or_what_stands_between():
    """Imports, comments and docstrings are gone; names that the source gives are one and the same."""
    assert texts(SOURCE) == [
        'name = FastAPI ( name = " ) name : str = "',
        "class name : def __init__ ( name , name = 0 ) : name . name = { } name . name , name . name = 0 , name "
        "def name ( name , name ) : name . name [ name . name ] = name return name . name".replace(
            "__init__", "name"
        ),
        '@ name . get ( " ) async def name ( name : int , * , name = 0 ) -> dict : '
        "async with httpx . AsyncClient ( name = name , name = 0 ) as name : "
        'try : name = await name . get ( " ) '
        'except httpx . TimeoutException as name : raise HTTPException ( 0 , " ) from name '
        "for name , name in name . json ( ) . items ( ) : print ( name , [ name for name in name if name != name ] ) "
        'if ( name := name . json ( ) ) and sorted ( name , name = lambda name : name [ " ] ) : '
        'return { " : name , ** name }',
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("price = 1\ntotal = price * 2  # twice\n", "preis=1\nbetrag=preis*2\n"),
        ("def f(a, b):\n    return g(a, b)\n", "def f(\n    a,\n    b,\n):\n\n    return g(\n        a, b,\n    )\n"),
        ("x = 'a'\n", 'x = """b\n\nc"""\n'),
        ("x = 'a' 'b'\n", "x = 'ab'\n"),
        ("x = f'{a} b'\n", "x = 'b'\n"),
        ("x = f'{a + f(\"b\")} {c!r:>{d}}'\n", "x = ''\n"),
        ("x = 1_000\n", "x = 0x7f\n"),
        ("def f():\n  '''Say.'''\n  return a\n", "def g():\n\treturn a\r\n"),
        ("import a\nimport b\nx = a.c\n", "from z import b\nimport a\nx = a.c\n"),
        ("for i in range(3): print(i)\n", "for j in range(4): print(j)\n"),
        ("with open(p) as f: f.read()\n", "with open(p) as file: file.read()\n"),
        ("class A(B):\n  x: int = 1\n", "class C(B):\n  y: int = 2\n"),
        ("f = lambda a, *b: a(b)\n", "g = lambda c, *d: c(d)\n"),
        ("a.timeout(seconds=2)\n", "a.timeout(delay=2)\n"),
    ],
)
def test_what_is_changed_without_a_thought_makes_no_difference(one, other):
    """Names, comments, layout, the text of strings, numbers, imports."""
    assert texts(one) == texts(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = httpx.get(u)\n", "x = requests.get(u)\n"),
        ("x = c.get(u)\n", "x = c.post(u)\n"),
        ("if a: b()\n", "while a: b()\n"),
        ("a = b\n", "a == b\n"),
        ("server.stop(1)\ndef halt(): pass\n", "server.start(1)\ndef stop(): pass\n"),
    ],
)
def test_what_the_program_does_makes_a_difference(one, other):
    """The names of libraries, keywords and operators stay."""
    assert texts(one) != texts(other)


def test_blocks_in_another_order_are_the_same_blocks():
    """Whether decorated or not, functions and classes can change places."""
    parts = [
        "def a(b):\n    return b.c\n",
        "@d.e\n@f\ndef g(h):\n    return h.i\n",
        "class J:\n    k = l.m\n",
        "n = o.p\n",
    ]
    before = sorted(texts("".join(parts)))
    assert before == sorted(texts("".join(reversed(parts))))
    assert len(before) == 4


def test_words_know_their_lines():
    """Lines count from 1, however they end."""
    for end in ("\n", "\r\n", "\r"):
        source = end.join(["# one", "a = b(", "    c,", "    d)", "", "'''", "six'''", "def e(): f", ""])
        found = [(word.text, word.line) for block in blocks(source) for word in block]
        assert (found[0], found[4], found[6], found[-1]) == (("name", 2), ("c", 3), ("d", 4), ("f", 8))


@pytest.mark.parametrize(
    "broken",
    [
        "def f(:\n",
        "  x = 1\n y = 2\n",
        "'''",
        "x = '\n",
        "x = (\n",
        "if a:\n",
        "\0\n",
        "é = ¿\n",
        ")\n",
        "$?\n",
        "f'{\n",
    ],
)
def test_source_that_does_not_parse_is_read(broken):
    """What stands before and after a mistake is read as if it were right, or nearly so."""
    before = "first = httpx.get(url)\n"
    after = "\n\n\ndef last(a):\n    return requests.post(a)\n"
    assert "httpx . get" in texts(before + broken)[0]
    assert "requests . post" in texts(before + broken + after)[-1]


def test_a_character_that_python_does_not_know_costs_its_line():
    """However many of them there are, every line without one is read."""
    source = "x = $\ny = b.c(1)\n" * 50
    assert texts(source)[0].count("= b . c ( 0 )") == 50


@pytest.mark.timeout(20)
def test_hostile_source_is_read_in_time():
    """Nesting without end, long lines, mistakes on each line, noise: none of it takes long, none of it crashes."""
    noise = random.Random(1)
    for source in (
        "(" * 20_000,
        "x = " + "[" * 10_000 + "]" * 10_000,
        "'''\n" * 10_001,
        "'\n" * 10_000,
        "x" * 200_000,
        "x = '" + r"\'" * 100_000,
        "x" + " " * 200_000 + "$",
        ("x" + " " * 90 + "$\n") * 5_000,
        "x = 1; " * 5_000,
        "#" * 200_000,
        "if a:\n" * 5_000,
        "".join(f"{' ' * depth}if a:\n" for depth in range(500)),
        "".join(chr(noise.randrange(1, 0x3000)) for _ in range(30_000)),
        "\ud800\udfff\x00" * 1_000,
        "",
        "\n" * 100_000,
    ):
        for block in blocks(source):
            fingerprints(block)


def test_fingerprints_are_those_of_runs():
    """One for each run of words; none for a block that is shorter; the same for the same words on other lines."""
    (block,) = blocks("x = a.b(c.d(e.f), g.h)\n")
    assert len(fingerprints(block)) == len(block) - GRAM + 1
    assert fingerprints(block[: GRAM - 1]) == []
    (other,) = blocks("\n\ny = a.b(\n    c.d(e.f),\n    g.h\n)\n")
    assert fingerprints(other) == fingerprints(block)
    assert len(set(fingerprints(block))) == len(fingerprints(block))
