"""The parameters of a notebook: read from its cell tagged `parameters`, and checked before anything runs."""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
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
TYPING = {"List": "list", "Tuple": "tuple", "Dict": "dict"}
# Papermill knows the type of a parameter by its annotation, or by a comment: most = 9  # type: int  at most
TYPE_COMMENT = re.compile(r"(?:type:\s*(?P<type>[\w.]+(?:\[.*?\])?)\s*)?(?P<rest>.*)")
TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


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

    def read(self, text: str) -> Any:
        """Return the value that a text stands for; a parameter that says no type takes what looks like a value.

        Raises
        ------
        ValueError
            Where the text is none of what the parameter takes.
        """
        words = "list" in self.kinds and all(isinstance(item, str) for item in self.default or ())
        for kind in sorted(self.kinds, key=READ_FIRST.index):
            try:
                return _words(text) if kind == "list" and words else READERS[kind](text)
            except (ValueError, SyntaxError, KeyError):
                continue
        if self.kinds:
            raise ValueError(text)
        return _literal_or_text(text)

    @property
    def typed(self) -> str:
        """The default as one would type it after the name."""
        if isinstance(self.default, str):
            return self.default or '""'
        return repr(self.default)


def _literal(text: str, kind: type) -> Any:
    value = ast.literal_eval(text.strip())
    if not isinstance(value, kind):
        raise ValueError(text)
    return value


def _words(text: str) -> list[Any]:
    """Read a list of words as a person writes it, with commas between them; with brackets it is Python's."""
    if text.lstrip().startswith("["):
        return _literal(text, list)
    return [word.strip() for word in text.split(",") if word.strip()]


def _literal_or_text(text: str) -> Any:
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return text


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


READERS: dict[str, Callable[[str], Any]] = {
    "None": lambda text: {"None": None}[text],
    "bool": lambda text: TRUTHS[text.strip().casefold()],
    "int": int,
    "float": _number,
    "list": lambda text: _literal(text, list),
    "tuple": lambda text: _literal(text, tuple),
    "dict": lambda text: _literal(text, dict),
    "str": str,
}
READ_FIRST = tuple(READERS)  # where a parameter takes more than one type: any text can be read as a text


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
    said = TYPE_COMMENT.match(comments.get(statement.end_lineno or 0, ""))
    if kinds is None and said and said["type"]:
        kinds = _kinds(ast.parse(said["type"], mode="eval").body)
    elif kinds is None:
        kinds = () if value is None else (_known(type(value).__name__, statement.lineno),)
    if value is None and kinds and "None" not in kinds:
        kinds = (*kinds, "None")
    found = Parameter(target.id, kinds, value, said["rest"] if said else "")
    if not found.takes(value):
        raise ValueError(f"line {statement.lineno}: {target.id} is {value!r}, which is not {found.expected}")
    return found


def _kinds(annotation: ast.expr) -> tuple[str, ...]:
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return (*_kinds(annotation.left), *_kinds(annotation.right))
    plain = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    name = ast.unparse(plain).removeprefix("typing.")
    if isinstance(annotation, ast.Subscript) and name == "Optional":
        return (*_kinds(annotation.slice), "None")
    return (_known(TYPING.get(name, name), annotation.lineno),)


def _known(name: str, line: int) -> str:
    if name not in KINDS:
        raise ValueError(f"line {line}: {name} is no type that a parameter can have")
    return name


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
    wrong = _unknown(known, values) + [
        f'Parameter "{name}": found {value!r}, expected {known[name].expected}.'
        for name, value in values.items()
        if name in known and not known[name].takes(value)
    ]
    if wrong:
        raise ReportError("\n".join(wrong))


def _unknown(known: Mapping[str, Parameter], names: Iterable[str]) -> list[str]:
    hints = {name: did_you_mean(name, known) if known else "It has no cell tagged parameters." for name in names}
    return [f'The notebook has no parameter "{name}". {hint}' for name, hint in hints.items() if name not in known]


def from_text(notebook: Mapping[str, Any], given: Iterable[str]) -> dict[str, Any]:
    """Return values for a notebook's parameters from texts, each read as its parameter's type.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook.
    given : iterable of str
        Such as "month=2026-10", "most=9" and "skills=juggling, ukulele"; other lists, and words with a comma in
        them, are written as in Python: "weeks=[1, 2]".

    Returns
    -------
    dict
        The values by name.

    Raises
    ------
    ReportError
        Naming every text that has no "=", names a parameter that the notebook has not, or one twice, or cannot be
        read as its type.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> source = "month: str | None = None; most: int = 9"
    >>> notebook = new_notebook(cells=[new_code_cell(source, metadata={"tags": ["parameters"]})])
    >>> from_text(notebook, ["month=2026-10", "most=3"])
    {'month': '2026-10', 'most': 3}
    """
    known = parameters(notebook)
    values: dict[str, Any] = {}
    wrong = []
    for text in given:
        name, equals, value = text.partition("=")
        name = name.strip()
        try:
            if not equals or not name:
                wrong.append(f'Parameter: found "{text}", expected a name and a value. Write NAME=VALUE.')
            elif name in values:
                wrong.append(f'Parameter "{name}": given twice.')
            else:
                values[name] = known[name].read(value) if name in known else value
        except ValueError:
            hint = f"Write, for example, {name}={known[name].typed}"
            wrong.append(f'Parameter "{name}": found "{value}", expected {known[name].expected}. {hint}')
    wrong += _unknown(known, values)
    if wrong:
        raise ReportError("\n".join(wrong))
    return values


def help_table(notebook: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return a row for each of a notebook's parameters: name, what it takes, default, comment.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cell = new_code_cell('month: str = "2026-10"  # calendar month', metadata={"tags": ["parameters"]})
    >>> help_table(new_notebook(cells=[cell]))
    [('month', 'a text', '2026-10', 'calendar month')]
    """
    return [(each.name, each.expected, each.typed, each.help) for each in parameters(notebook).values()]
