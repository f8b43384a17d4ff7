"""Exercises and solutions are twins: same files, same shape, and ordinary programs without us."""

import ast
import re
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import grpc
import httpx
import pytest

from foodcourt.catalog import exercises
from foodcourt.processes import HttpReady, Service, TcpReady
from foodcourt.workbook import Workbook

ROOT = Path(__file__).parents[2]
EXERCISES = sorted(path.name for path in (ROOT / "exercises").glob("ex*_*") if path.is_dir())
GRADED = exercises(Workbook(ROOT))

# What a customer may ask for, and the TODO that the starter's answer must name.
EX1_ROUTES = [
    ("users_service", "GET", "/health", None, "TODO 1"),
    ("users_service", "GET", "/users/1", None, "TODO 2"),
    ("users_service", "GET", "/users/1000001", None, "TODO 2"),
    ("users_service", "GET", "/users/abc", None, "TODO 2"),
    ("orders_service", "GET", "/health", None, "TODO 4"),
    ("orders_service", "POST", "/orders", {"user_id": 1, "item": "noodles"}, "TODO 5"),
    ("orders_service", "POST", "/orders", {"user_id": "me"}, "TODO 5"),
    ("orders_service", "GET", "/orders/1", None, "TODO 7"),
]


def python_files(folder):
    """Names of the Python files that a person wrote; protoc makes the others, and git does not keep them."""
    return sorted(path.name for path in folder.glob("*.py") if not path.stem.endswith(("_pb2", "_pb2_grpc")))


def shape(path):
    """What stands at module level: classes, and functions with their kind and routes, in order."""
    found = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found.append(("class", node.name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            routes = [
                (decorator.func.attr, decorator.args[0].value)
                for decorator in node.decorator_list
                if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
            ]
            found.append((type(node).__name__, node.name, routes))
        elif isinstance(node, ast.Assign):
            found.append(("names", [target.id for target in node.targets if isinstance(target, ast.Name)]))
    return found


def imported_modules(path):
    """Top-level names of everything that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def todos(path):
    """Number and line of every comment that starts a TODO."""
    if path.suffix == ".proto":
        lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        return [(int(match[1]), line) for line, text in lines if (match := re.match(r" *// TODO (\d+): \S", text))]
    with path.open("rb") as source:
        comments = [token for token in tokenize.tokenize(source.readline) if token.type == tokenize.COMMENT]
    matches = [(re.match(r"# TODO (\d+): \S", token.string), token.start[0]) for token in comments]
    return [(int(match[1]), line) for match, line in matches if match]


def starters_in_reading_order(exercise):
    """The starter files in the order of the README's headings."""
    folder = ROOT / "exercises" / exercise
    readme = (folder / "README.md").read_text(encoding="utf-8")
    starters = [*folder.glob("*.proto"), *(folder / name for name in python_files(folder))]
    return sorted(starters, key=lambda path: readme.index(path.name))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_solution_has_the_same_files_and_shape(exercise):
    """A solution can be laid beside the starter and compared line by line."""
    exercise_folder, solution_folder = ROOT / "exercises" / exercise, ROOT / "solutions" / exercise
    assert python_files(exercise_folder) == python_files(solution_folder) != []
    for name in python_files(exercise_folder):
        assert shape(exercise_folder / name) == shape(solution_folder / name), name


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("side", ["exercises", "solutions"])
def test_neither_side_needs_us_or_the_other(side, exercise):
    """Starters and solutions are ordinary programs: no foodcourt, no solution, and no service imports another one."""
    folder = ROOT / side / exercise
    services = {path.stem for path in folder.glob("*_service.py")}
    forbidden = {"foodcourt", "exercises", "solutions", "checkers"} | services
    for path in folder.glob("*.py"):
        assert not imported_modules(path) & forbidden, path.name


@pytest.mark.parametrize("exercise", EXERCISES)
def test_todos_are_numbered_in_order(exercise):
    """A beginner who follows the numbers reads each file from top to bottom, and no number is missing."""
    numbers = [number for path in starters_in_reading_order(exercise) for number, _ in todos(path)]
    assert numbers == list(range(1, len(numbers) + 1)) != []


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_gap_in_a_function_says_so(exercise):
    """Whoever runs into a gap is told which TODO it is: by a 501 or by NotImplementedError."""
    for path in (path for path in starters_in_reading_order(exercise) if path.suffix == ".py"):
        text = path.read_text(encoding="utf-8")
        functions = [
            node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        for number, line in todos(path):
            for function in functions:
                if function.lineno <= line <= function.end_lineno:
                    last = ast.unparse(function.body[-1])
                    assert re.match(r"raise (HTTPException\(501|NotImplementedError)", last), f"TODO {number}"
                    assert "TODO" in last, f"TODO {number}"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_solutions_have_no_gap_left(exercise):
    """A solution has no TODO and answers no 501."""
    folder = ROOT / "solutions" / exercise
    for path in [*folder.glob("*.proto"), *(folder / name for name in python_files(folder))]:
        text = path.read_text(encoding="utf-8")
        assert "TODO" not in text, path.name
        assert "501" not in text, path.name


@pytest.mark.parametrize("exercise", GRADED, ids=lambda exercise: exercise.slug)
def test_readme_names_every_check_and_its_points(exercise):
    """The README's table has a line for each check, in the checker's order and with the checker's points."""
    readme = (exercise.starter / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+\.\w+)` \|.*\| (\d+(?: extra)?) \|$", readme, re.MULTILINE)
    assert rows == [(spec.id, f"{spec.points}{' extra' * spec.stretch}") for spec in exercise.checks]


@pytest.mark.parametrize("exercise", GRADED, ids=lambda exercise: exercise.slug)
def test_each_check_has_three_hints(exercise):
    """Each check has hints at three levels, none empty and none twice, and no check is gone that has some."""
    hints = tomllib.loads((exercise.checker / "hints.toml").read_text(encoding="utf-8"))
    assert sorted(hints) == sorted(spec.id for spec in exercise.checks)
    for spec in exercise.checks:
        assert len({hint.strip() for hint in spec.hints} - {""}) == len(spec.hints) == 3, spec.id


@pytest.mark.parametrize("module", ["users_service", "orders_service"])
def test_ex1_starter_starts_and_its_gaps_answer_501(module, tmp_path):
    """The starter starts as it is, and each route names the TODO that it waits for."""
    command = ["uvicorn", f"{module}:app", "--port", "{port}"]
    cwd = copied("exercises", "ex1_two_services", tmp_path)
    with Service(command, cwd=cwd, ready=TcpReady()) as service, httpx.Client(trust_env=False) as client:
        for _, method, path, body, todo in (route for route in EX1_ROUTES if route[0] == module):
            response = client.request(method, service.url + path, json=body)
            assert response.status_code == 501, f"{method} {path}"
            assert response.json()["detail"].startswith(todo), f"{method} {path}"


def test_ex1_solutions_talk_to_each_other(tmp_path):
    """The two solutions, started as the README says, take an order and show it again."""
    cwd = copied("solutions", "ex1_two_services", tmp_path)
    users = Service(["uvicorn", "users_service:app", "--port", "{port}"], cwd=cwd, ready=HttpReady("/health"))
    with users, httpx.Client(trust_env=False) as client:
        orders = Service(
            ["uvicorn", "orders_service:app", "--port", "{port}"],
            cwd=cwd,
            env={"USERS_URL": users.url},
            ready=HttpReady("/health"),
        )
        with orders:
            placed = client.post(f"{orders.url}/orders", json={"user_id": 2, "item": "noodles"})
            assert placed.status_code == 201
            assert placed.json()["user"] == client.get(f"{users.url}/users/2").json()
            assert client.get(f"{orders.url}/orders/{placed.json()['id']}").json() == placed.json()
            users.stop()
            assert client.get(f"{orders.url}/orders/{placed.json()['id']}").status_code == 503


def test_ex3_starter_starts_and_its_gaps_say_so(tmp_path):
    """The card compiles, the server answers 501 in gRPC's words, and the client names the TODO that it waits for."""
    cwd = copied("exercises", "ex3_grpc_echo", tmp_path)
    protoc(cwd)
    with Service(["python", "server.py", "--port", "{port}"], cwd=cwd, ready=TcpReady()) as service:
        assert echo(service.port) == "UNIMPLEMENTED"
    asked = python(cwd, "client.py", "noodles")
    assert asked.returncode != 0
    assert "NotImplementedError: TODO 12" in asked.stderr


def test_ex3_solutions_talk_to_each_other(tmp_path):
    """The solution's client prints what the solution's server says back, or the error's name when it is gone."""
    cwd = copied("solutions", "ex3_grpc_echo", tmp_path)
    protoc(cwd)
    with Service(["python", "server.py", "--port", "{port}"], cwd=cwd, ready=TcpReady()) as service:
        target = f"127.0.0.1:{service.port}"
        asked = python(cwd, "client.py", "--target", target, "Grüße, 你好, 🍜")
        assert (asked.returncode, asked.stdout) == (0, "Grüße, 你好, 🍜\n")
    asked = python(cwd, "client.py", "--target", target, "--timeout", "0.5", "noodles")
    assert (asked.returncode, asked.stdout, asked.stderr) == (1, "", "UNAVAILABLE\n")


def protoc(cwd):
    """Make the two Python modules from echo.proto, as the README says."""
    command = "-m grpc_tools.protoc -I. --python_out=. --grpc_python_out=. echo.proto"
    readme = (ROOT / "exercises" / "ex3_grpc_echo" / "README.md").read_text(encoding="utf-8")
    assert f"\npython {command}\n" in readme
    made = python(cwd, *command.split())
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")


def python(cwd, *arguments):
    """Run Python to its end."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, encoding="utf-8", timeout=30, check=False
    )


def echo(port):
    """The name of the status that the server's Echo ends with; the empty message is the same in every card."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        with pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary("/echo.EchoService/Echo")(b"", timeout=10)
        return caught.value.code().name


def copied(side, exercise, tmp_path):
    """Copy the files that a person wrote, so that running them leaves nothing in the tree."""
    folder = ROOT / side / exercise
    for path in [*folder.glob("*.proto"), *(folder / name for name in python_files(folder))]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path
