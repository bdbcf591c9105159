"""The README's tables say what is there, and all of it."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from config.paths import BASE_DIR
from config.queues import ROUTES
from config.schedule import SCHEDULE
from tests.architecture.rules import CHECK_ID
from tests.support.source import ROOMS, light_tasks

README = (BASE_DIR / "README.md").read_text(encoding="utf-8")
HEADING = "### What is done how"
FIXTURES = "| fixture | what it gives | for example |"
FIXTURE_FILES = ("tests/conftest.py", "tests/apps/conftest.py")


@dataclass(frozen=True)
class Line:
    """A line of the table; `code` and `test` are a file and a name in it."""

    tool: str
    use_case: str
    method: str
    code: str
    test: str

    @property
    def path(self) -> str:
        """The dotted path of its code."""
        file, _, name = self.code.partition("::")
        return f"{file.removesuffix('.py').replace('/', '.')}.{name}"


def lines() -> list[Line]:
    """The lines of the table."""
    _, _, section = README.partition(f"{HEADING}\n")
    rows = [row for row in section.partition("\n#")[0].splitlines() if row.startswith("|")]
    cells = [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]
    # The first two are its heading.
    return [Line(*each) for each in cells[2:]]


def checks() -> set[str]:
    """The id of every system check of the project."""
    modules = [file for room in ROOMS for file in (BASE_DIR / room).rglob("*.py")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in modules]
    keywords = [each for tree in trees for each in ast.walk(tree) if isinstance(each, ast.keyword)]
    values = [each.value for each in keywords if each.arg == "id"]
    ids = {str(value.value) for value in values if isinstance(value, ast.Constant)}
    return {each for each in ids if CHECK_ID.fullmatch(each)}


def told_fixtures() -> set[str]:
    """The names in the table of fixtures."""
    _, _, table = README.partition(f"{FIXTURES}\n")
    rows = table.partition("\n\n")[0].splitlines()
    # The first one is a rule.
    return {name for row in rows[1:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}


def fixtures() -> set[str]:
    """What a test may ask for; what a whole run shares, or what is always there, it need not."""
    trees = [ast.parse((BASE_DIR / file).read_text(encoding="utf-8")) for file in FIXTURE_FILES]
    functions = [each for tree in trees for each in tree.body if isinstance(each, ast.FunctionDef)]
    # Those have arguments.
    return {
        each.name for each in functions if "pytest.fixture" in map(ast.unparse, each.decorator_list)
    }


def names_in(file: Path) -> set[str]:
    """What a module defines; nothing when there is no such file."""
    names = set[str]()
    statements = ast.parse(file.read_text(encoding="utf-8")).body if file.is_file() else []
    for statement in statements:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]):
                names.add(name)
    return names


def is_there(place: str) -> bool:
    """Whether the file of a place such as `operations/health.py::PATIENCE` defines the name."""
    file, _, name = place.partition("::")
    return name in names_in(BASE_DIR / file)


def test_the_code_and_the_tests_that_it_names_are_there() -> None:
    named = {place for line in lines() for place in (line.code, line.test)}

    assert [place for place in sorted(named) if not is_there(place)] == []


def test_what_it_calls_a_test_is_one() -> None:
    tests = [line.test for line in lines()]

    assert [test for test in tests if not test.partition("::")[2].startswith("test_")] == []


def test_every_celery_task_has_one_line_with_its_queue() -> None:
    told = [(line.path, line.method) for line in lines() if line.tool.startswith("Celery")]

    assert sorted(told) == sorted(ROUTES.items())


def test_every_django_task_has_one_line() -> None:
    told = [line.path for line in lines() if line.tool == "Django task"]

    assert sorted(told) == sorted(light_tasks())


def test_every_check_has_its_line_among_what_is_refused() -> None:
    _, _, section = README.partition("\n## What is refused\n")
    refused, _, _ = section.partition("\n## ")

    assert [check for check in sorted(checks()) if f"`{check}`" not in refused] == []


def test_every_fixture_has_its_line_and_every_line_is_of_one() -> None:
    assert told_fixtures() == fixtures()


def test_every_schedule_has_its_line() -> None:
    told = {line.path for line in lines() if line.tool == "Celery Beat"}

    assert told == {entry["task"] for entry in SCHEDULE.values()}
