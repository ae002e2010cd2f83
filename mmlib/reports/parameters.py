"""The parameters of a notebook: read from its cell tagged `parameters`, and checked before anything runs."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mmlib.errors import ReportError, did_you_mean

KINDS = {
    "str": ("a text", str),
    "int": ("a whole number", int),
    "float": ("a number", (int, float)),
    "bool": ("True or False", bool),
    "list": ("a list", list),
    "tuple": ("a tuple", tuple),
    "dict": ("a dictionary", dict),
    "None": ("None", type(None)),
}


@dataclass(frozen=True)
class Parameter:
    """One parameter: `kinds` are the names of the types it takes, none where the notebook says nothing."""

    name: str
    kinds: tuple[str, ...]
    default: Any
    help: str

    @property
    def expected(self) -> str:
        """What the parameter takes, in words."""
        return " or ".join(KINDS[kind][0] for kind in self.kinds) or "any value"

    def takes(self, value: Any) -> bool:
        """Whether a value is of a type that the parameter takes: True is no number, 3 is a number as 3.0 is."""
        if isinstance(value, bool) and self.kinds:
            return "bool" in self.kinds
        return not self.kinds or any(isinstance(value, KINDS[kind][1]) for kind in self.kinds)


def parameters(notebook: Mapping[str, Any]) -> dict[str, Parameter]:
    """Return a notebook's parameters by name, in their order.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook; without a cell tagged `parameters` it has none.

    Raises
    ------
    ReportError
        Where the cell holds anything but names with literal values.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cell = new_code_cell('month: str = "2026-10"  # calendar month', metadata={"tags": ["parameters"]})
    >>> parameters(new_notebook(cells=[cell]))["month"]
    Parameter(name='month', kinds=('str',), default='2026-10', help='calendar month')
    """
    cell = next((cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", [])), None)
    if cell is None:
        return {}
    source = cell["source"]
    try:
        comments = dict(_comments(source))
        found = [_parameter(statement, comments) for statement in ast.parse(source).body]
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        raise ReportError(
            "The notebook's parameters cell cannot be read: each line is to give one name a plain value, "
            f'such as  month: str = "2026-10"  # calendar month . ({error})'
        ) from error
    return {parameter.name: parameter for parameter in found}


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ").rstrip()


def _parameter(statement: ast.stmt, comments: Mapping[int, str]) -> Parameter:
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target, kinds = statement.target, _kinds(statement.annotation)
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, kinds = statement.targets[0], None
    else:
        raise ValueError(f"line {statement.lineno} is no assignment")
    if not isinstance(target, ast.Name):
        raise ValueError(f"line {statement.lineno} gives no name a value")
    value = ast.literal_eval(statement.value)
    if kinds is None:
        kinds = () if value is None else (type(value).__name__,)
    return Parameter(target.id, kinds, value, comments.get(statement.end_lineno or 0, ""))


def _kinds(annotation: ast.expr) -> tuple[str, ...]:
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return (*_kinds(annotation.left), *_kinds(annotation.right))
    plain = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    name = ast.unparse(plain)
    if name not in KINDS:
        raise ValueError(f"line {annotation.lineno}: {name} is no type that a parameter can have")
    return (name,)


def check_parameters(notebook: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Refuse parameters that a notebook does not have, and values of the wrong type.

    Raises
    ------
    ReportError
        Naming every one of them, with what was expected.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cell = new_code_cell("most: int = 9", metadata={"tags": ["parameters"]})
    >>> check_parameters(new_notebook(cells=[cell]), {"mots": 3})
    Traceback (most recent call last):
    mmlib.errors.ReportError: The notebook has no parameter "mots". Did you mean "most"?
    """
    known = parameters(notebook)
    wrong = []
    for name, value in values.items():
        if name not in known:
            hint = did_you_mean(name, known) if known else "It has no cell tagged parameters."
            wrong.append(f'The notebook has no parameter "{name}". {hint}')
        elif not known[name].takes(value):
            wrong.append(f'Parameter "{name}": found {value!r}, expected {known[name].expected}.')
    if wrong:
        raise ReportError("\n".join(wrong))
