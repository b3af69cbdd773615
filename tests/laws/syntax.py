"""What no Python file may do, as functions from a parsed module to the lines at fault."""

from __future__ import annotations

import ast

BLANKET = frozenset({"Exception", "BaseException"})
EXCUSES = frozenset({"skip", "skipif", "xfail", "importorskip"})
STOPWATCHES = frozenset({"perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time", "timeit"})
STAND_INS = frozenset({"unittest.mock", "mock", "pytest_mock"})


def swallowed_errors(module: ast.Module) -> list[str]:
    """Bare excepts, blanket ones that don't raise again, and handlers that do nothing at all."""
    faults = []
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler):
            raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            if node.type is None:
                faults.append(f"{node.lineno}: a bare except")
            elif BLANKET & set(names_in(node.type)) and not raises:
                faults.append(f"{node.lineno}: a blanket except that does not raise again")
            elif all(does_nothing(statement) for statement in node.body):
                faults.append(f"{node.lineno}: an except that does nothing")
        if isinstance(node, ast.Call) and name_of(node.func) == "suppress":
            caught = [name for argument in node.args for name in names_in(argument)]
            if BLANKET & set(caught):
                faults.append(f"{node.lineno}: a blanket suppress")
    return faults


def inexact_money(module: ast.Module) -> list[str]:
    """Float literals, float(), and true division, which makes floats of whole fen."""
    faults = []
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            faults.append(f"{node.lineno}: the float {node.value}")
        elif isinstance(node, ast.Call) and name_of(node.func) == "float":
            faults.append(f"{node.lineno}: a call of float")
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            faults.append(f"{node.lineno}: true division")
    return faults


def asserts_something(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and name_of(node.func) in ("raises", "warns"))
        for node in ast.walk(module)
    )


def excuses(module: ast.Module) -> list[str]:
    """Tests that are put aside instead of passing."""
    return [
        f"{node.lineno}: {name_of(node)}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in EXCUSES and name_of(node.value) in ("pytest", "mark")
    ]


def stopwatches(module: ast.Module) -> list[str]:
    """Clocks read in a test: measuring is for bench/, a slow machine is not a failing test."""
    return [
        f"{node.lineno}: {name_of(node)}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute | ast.Name) and name_of(node) in STOPWATCHES
    ]


def stand_ins(module: ast.Module) -> list[str]:
    """Imports of mocks: tests use the real parts."""
    faults = []
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            faults += [f"{node.lineno}: {alias.name}" for alias in node.names if alias.name in STAND_INS]
        elif isinstance(node, ast.ImportFrom):
            imported = {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
            faults += [f"{node.lineno}: {name}" for name in sorted(imported & STAND_INS)]
    return faults


def names_in(node: ast.expr) -> list[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [name_of(part) for part in parts]


def name_of(node: ast.expr) -> str:
    """The last word of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
