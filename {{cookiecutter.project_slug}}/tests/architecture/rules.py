"""What no setting shows and no type checker sees: rules for the source itself.

A rule is given the syntax tree of a module and yields the nodes that break it. `RULES` says what is
wrong with them, and in which files a rule holds.
"""

import ast
import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from tests.support.source import ROOMS

type Rule = Callable[[ast.Module], Iterator[ast.AST]]
type Function = ast.FunctionDef | ast.AsyncFunctionDef

# What a message can carry, and what stands for lists and dicts in annotations.
JSON_TYPES = {"str", "int", "float", "bool", "None", "list", "dict", "Sequence", "Mapping", "Any"}
TASK_DECORATORS = {"shared_task", "task", "work_task"}
TASK_BASES = {"Task", "DjangoTask", "GuardedTask", "BackgroundTask"}
SENDING = {"delay", "apply_async"}
# What is sent by being called, and what keeps something to be called later.
CANVAS = {"group", "chain", "chord"}
KEEPING = {"partial", "on_commit"}
# What gives a result that one could wait for, and what waits for it.
RESULTS = SENDING | {"AsyncResult", "GroupResult", "ResultSet"}
WAITING = {"get", "join", "join_native", "wait", "collect", "iterate", "iter_native"}
# At which place each of them is given how long a value is kept.
CACHING = {
    **dict.fromkeys(("set", "aset", "add", "aadd", "get_or_set", "aget_or_set"), 2),
    **dict.fromkeys(("set_many", "aset_many", "touch", "atouch"), 1),
    "cache_page": 0,
}
# What reads all rows it is given, at once or by running over them.
LOADING = {"list", "tuple", "set", "frozenset", "dict", "sorted", "len"}
LOADING |= {"enumerate", "zip", "batched"}
MANAGERS = {"objects", "_default_manager"}
# What gives all rows still, in another order or shape.
WHOLE = {"all", "using", "order_by", "reverse", "distinct", "select_for_update", "in_bulk"}
WHOLE |= {"values", "values_list", "only", "defer", "select_related", "prefetch_related"}
WHOLE |= {"annotate", "alias"}
# After these, annotate() counts: it gives a row for each group.
GROUPING = {"values", "values_list"}
CHECK_ID = re.compile(r"\w+\.[EW]\d{3}")


def parameters_that_are_no_json(module: ast.Module) -> Iterator[ast.AST]:
    """Every parameter of a task is annotated with what JSON has; the row of a @work_task is not."""
    runs = [*runs_of_class_tasks(module)]
    for function in functions(module):
        decorator = task_decorator(function)
        is_task = function in runs or (decorator and name_of(decorator) != "work_task")
        if not is_task:
            continue
        arguments = function.args
        placed = [*arguments.posonlyargs, *arguments.args]
        if decorator is None or has_own_first_parameter(decorator):
            placed = placed[1:]
        for parameter in (*placed, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg):
            if parameter and not is_json(parameter.annotation):
                yield parameter


def waits_for_results(module: ast.Module) -> Iterator[ast.AST]:
    """No result is waited for: the worker that would run the task may be the one that waits."""
    for scope in scopes(module):
        results = {name_of(target) for target, value in assignments(scope) if is_result(value)}
        results |= {name_of(each) for each, several in loops(scope) if is_result(several, results)}
        for call in calls(scope):
            match call.func:
                case ast.Attribute(value=awaited, attr=name) if name in WAITING:
                    if is_result(awaited, results):
                        yield call


def imports_of_models(module: ast.Module) -> Iterator[ast.AST]:
    """Models are imported by the function that needs them, or for type checkers alone."""
    for node in run_by_the_import(module):
        match node:
            case ast.ImportFrom(module=path, names=names):
                if "models" in {*(path or "").split("."), *(each.name for each in names)}:
                    yield node
            case ast.Import(names=names):
                if any("models" in each.name.split(".") for each in names):
                    yield node


def sends_by_name(module: ast.Module) -> Iterator[ast.AST]:
    """`send_task` sends whatever it is told to whomever, past every guard."""
    for node in ast.walk(module):
        # Also without being called: it may be kept for a commit.
        if isinstance(node, ast.Name | ast.Attribute) and name_of(node) == "send_task":
            yield node


def sends_past_the_commit(module: ast.Module) -> Iterator[ast.AST]:
    """Business sends its tasks after commit: `delay_on_commit`, `dispatch`, `enqueue`."""
    for call in calls(module):
        is_kept = name_of(call.func) in KEEPING and call.args
        sender = call.args[0] if is_kept else call.func
        if name_of(sender) in SENDING or starts_canvas(call):
            yield call


def whole_tables(module: ast.Module) -> Iterator[ast.AST]:
    """A table that grows is read in parts: sliced, filtered, or with `iterator()`."""
    for scope in scopes(module):
        whole = {name_of(target) for target, value in assignments(scope) if is_whole_table(value)}
        whole -= names_of_others(scope)
        yield from (rows for rows in loaded(scope) if is_whole_table(rows, whole))


def caches_for_ever(module: ast.Module) -> Iterator[ast.AST]:
    """What is cached goes away by itself."""
    for call in calls(module):
        name = name_of(call.func)
        if name == "persist":
            yield call
        place = CACHING.get(name)
        if place is None:
            continue
        if any(map(is_none, call.args[place : place + 1] + given(call, "timeout"))):
            yield call


def checks_without_a_hint(module: ast.Module) -> Iterator[ast.AST]:
    """What a system check tells of, it says how to mend."""
    for call in calls(module):
        if any(map(is_check_id, given(call, "id"))) and not given(call, "hint"):
            yield call


@dataclass(frozen=True)
class Held:
    """A rule, what is wrong with what breaks it, and the files in which it holds."""

    rule: Rule
    fault: str
    files: tuple[str, ...]


EVERYWHERE = tuple(f"{place}/**/*.py" for place in (*ROOMS, "config"))
# Where tasks are: in a module of an app, or in a package.
TASKS = tuple(f"{room}/**/{tasks}" for room in ROOMS for tasks in ("tasks.py", "tasks/**/*.py"))
RULES = (
    Held(parameters_that_are_no_json, "a task takes ids and JSON, annotated", EVERYWHERE),
    Held(waits_for_results, "waiting for a task's result blocks a worker", EVERYWHERE),
    Held(imports_of_models, "models are imported too early", (*TASKS, "config/celery.py")),
    Held(sends_by_name, "send_task passes every guard", EVERYWHERE),
    Held(sends_past_the_commit, "sent before the commit", ("apps/**/*.py",)),
    Held(whole_tables, "a whole table is loaded", EVERYWHERE),
    Held(caches_for_ever, "cached for ever", EVERYWHERE),
    Held(checks_without_a_hint, "a check does not say what to do", EVERYWHERE),
)


def violations(held: Held, root: Path) -> Iterator[str]:
    """What breaks a rule below a folder, as `file:line: fault`."""
    for file in sorted({file for pattern in held.files for file in root.glob(pattern)}):
        for node in held.rule(ast.parse(file.read_text(encoding="utf-8"))):
            yield f"{file.relative_to(root)}:{getattr(node, 'lineno', 0)}: {held.fault}"


def scopes(module: ast.Module) -> Iterator[ast.AST]:
    """The parts of a module in which a name stands for the same: each function or class, the rest.

    Methods share a part, as one reads what another keeps in `self`.
    """
    rest = ast.Module(body=[], type_ignores=[])
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement
        else:
            rest.body.append(statement)
    yield rest


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function of a tree, methods and inner ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call of a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def given(call: ast.Call, name: str) -> list[ast.expr]:
    """What a call gives for a parameter by its name: one value, or none."""
    return [keyword.value for keyword in call.keywords if keyword.arg == name]


def assignments(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What is assigned to in a tree, each with its value."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((target, value) for target in targets)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield target, value
            case ast.NamedExpr(target=target, value=value):
                yield target, value


def loops(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The target of every loop of a tree, each with what it runs over."""
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            yield node.target, node.iter


def run_by_the_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node of a module that runs when it is imported."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                continue
            case ast.If(test=test) if name_of(test) == "TYPE_CHECKING":
                continue
        yield node
        yield from run_by_the_import(node)


def name_of(node: ast.AST) -> str:
    """The last name of what is called or referred to: `c` of `c`, of `a.b.c` and of `b.c(d)`."""
    match node:
        case ast.Call(func=called):
            return name_of(called)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def task_decorator(function: Function) -> ast.expr | None:
    """The decorator that makes a function a task; None when it is none."""
    made = [each for each in function.decorator_list if name_of(each) in TASK_DECORATORS]
    return made[0] if made else None


def runs_of_class_tasks(tree: ast.AST) -> Iterator[Function]:
    """What the classes of a tree that are tasks do when they are run."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and TASK_BASES & {name_of(each) for each in node.bases}:
            yield from (each for each in functions(node) if each.name == "run")


def has_own_first_parameter(decorator: ast.expr) -> bool:
    """Whether the first parameter is the task itself, or its context."""
    if not isinstance(decorator, ast.Call):
        return False
    asked = given(decorator, "bind") + given(decorator, "takes_context")
    return any(not (isinstance(each, ast.Constant) and each.value is False) for each in asked)


def is_json(annotation: ast.expr | None) -> bool:
    """Whether an annotation names nothing but what JSON has; `Any` only inside of something."""
    match annotation:
        case None | ast.Name(id="Any"):
            return False
        case ast.Name(id=name):
            return name in JSON_TYPES
        case ast.Constant(value=value):
            return value is None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return is_json(left) and is_json(right)
        case ast.Subscript(value=outer, slice=inner):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return is_json(outer) and all(is_json(p) or name_of(p) == "Any" for p in parts)
    return False


def is_none(node: ast.expr) -> bool:
    """Whether an expression is `None`."""
    return isinstance(node, ast.Constant) and node.value is None


def is_check_id(node: ast.expr) -> bool:
    """Whether an expression is the id of an error or a warning, such as `"background.E001"`."""
    return isinstance(node, ast.Constant) and bool(CHECK_ID.fullmatch(str(node.value)))


def is_result(node: ast.expr, named: Set[str] = frozenset()) -> bool:
    """Whether an expression gives the result of a task, or several; each of `named` does."""
    match node:
        case ast.Name() | ast.Attribute():
            return name_of(node) in named
        case ast.NamedExpr(value=value) | ast.Subscript(value=value):
            return is_result(value, named)
        case ast.ListComp(elt=each) | ast.SetComp(elt=each) | ast.GeneratorExp(elt=each):
            return is_result(each, named)
        case ast.List(elts=several) | ast.Tuple(elts=several) | ast.Set(elts=several):
            return any(is_result(each, named) for each in several)
        case ast.Call(func=called):
            return name_of(called) in RESULTS or starts_canvas(node)
    return False


def starts_canvas(call: ast.Call) -> bool:
    """Whether a call sends signatures: `group(...)()`, `chord(...)(last)`, `(one | next)()`."""
    match call.func:
        case ast.Call(func=made):
            return name_of(made) in CANVAS
        case ast.BinOp(op=ast.BitOr()):
            return True
    return False


def loaded(tree: ast.AST) -> Iterator[ast.expr]:
    """What is read to its end in a tree."""
    yield from (rows for _, rows in loops(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=several) if name in LOADING:
                yield from several
            case ast.Call(func=ast.Attribute(attr="in_bulk")):
                yield node
            case ast.Starred(value=rows):
                yield rows


def names_of_others(tree: ast.AST) -> set[str]:
    """The names in a tree that stand, at least now and then, for something else than whole tables.

    A parameter is one, and so is what is filtered after it was assigned: `jobs = jobs.filter(...)`.
    """
    assigned = {name_of(each) for each, value in assignments(tree) if not is_whole_table(value)}
    counted = {name_of(each) for each, _ in loops(tree)}
    return assigned | counted | {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}


def is_whole_table(node: ast.expr, named: Set[str] = frozenset()) -> bool:
    """Whether an expression is all rows of a model, such as `Job.objects.order_by("pk")`.

    Each of `named` is so.
    """
    match node:
        case ast.Name(id=name):
            return name in named
        case ast.Call(func=ast.Attribute(value=rows, attr="annotate")) if name_of(rows) in GROUPING:
            return False
        case ast.Call(func=ast.Attribute(attr="in_bulk")) if node.args or given(node, "id_list"):
            return False
        case ast.Call(func=ast.Attribute(value=rows, attr=name)) if name in WHOLE:
            return name_of(rows) in MANAGERS or is_whole_table(rows, named)
    return False
