"""The parts that the forms are made of: fields with their errors, stars, messages, a fold, a table with undo.

Each is a small widget of its own, so that it can say what is wrong right at its place, be used by keyboard, and
show a user's text as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import anywidget
from ipywidgets import HBox, VBox
from traitlets import Bool, CUnicode, Int, List, Unicode, observe

from mmlib.widgets.page import PAGE, joined

HERE = Path(__file__).parent
_DECIMAL_COMMA = re.compile(r"^([+-]?\d+),(\d{1,2})$")


def module(name: str) -> str:
    """Return a part's ES module: what all parts share, and its own after it."""
    return joined(PAGE, *(HERE / f"{part}.js" for part in ("forms", name)))


class Part(anywidget.AnyWidget):
    """What the parts have in common: the look, and messages from the page."""

    _css = HERE / "forms.css"
    SET_BY_PAGE: ClassVar[tuple[str, ...]] = ("value",)

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self.when("set", lambda content: self._set(content["values"]))

    def _set(self, values: Mapping[str, Any]) -> None:
        """Take what the page says was written; it is not sent back, or it would undo what is written meanwhile."""
        taken = {name: values[name] for name in self.SET_BY_PAGE if name in values}
        try:
            with self._lock_property(**taken), self.hold_trait_notifications():
                for name, value in taken.items():
                    self.set_trait(name, value)
        finally:  # the page's Save waits for this word
            self.send({"kind": "taken"})

    def when(self, kind: str, act: Callable[[Mapping[str, Any]], object]) -> None:
        """Call a function with each message of this kind that the page sends."""
        self.on_msg(lambda _, content, __: act(content) if content.get("kind") == kind else None)

    def focus(self) -> None:
        """Bring the learner to this part."""
        self.send({"kind": "focus"})


class Field(Part):
    """A labelled field; what it holds is a text, as it was written.

    Attributes
    ----------
    value : str
        What stands in it; numbers are taken as well.
    label, hint, placeholder, error : str
        What is said above it, below it, inside it while it is empty, and what is wrong with it.
    kind : {"text", "number", "long", "choice"}
        How it is written: on one line, as a number, on several lines, or chosen from the options.
    options : list of (value, text)
        What can be chosen, or what is offered while one writes.
    chips : list of str
        Values that one click puts in.
    """

    _esm = module("field")

    value = CUnicode("").tag(sync=True)
    label = Unicode().tag(sync=True)
    hint = Unicode().tag(sync=True)
    placeholder = Unicode().tag(sync=True)
    error = Unicode().tag(sync=True)
    kind = Unicode("text").tag(sync=True)
    options = List().tag(sync=True)
    chips = List().tag(sync=True)


class Stars(Part):
    """One to five stars, or none.

    Attributes
    ----------
    value : int or None
        How many; None where nothing is said.
    words : list of str
        What each of the five means.
    """

    _esm = module("stars")

    value = Int(None, allow_none=True, min=1, max=5).tag(sync=True)
    label = Unicode().tag(sync=True)
    words = List().tag(sync=True)
    error = Unicode().tag(sync=True)


class Said(Part):
    """A message that screen readers hear, with the answers that can be given to it.

    Attributes
    ----------
    value : str
        What is said; a line each.
    kind : {"good", "bad", "note"}
        How.
    choices : list of str
        The answers; `choose` gives one.
    """

    _esm = module("said")

    value = Unicode().tag(sync=True)
    kind = Unicode("note").tag(sync=True)
    choices = List().tag(sync=True)

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self._answers: dict[str, Callable[[], object]] = {}
        self.when("chosen", lambda content: self.choose(self.choices[content["place"]]))

    def say(self, value: str, kind: str = "note", answers: Mapping[str, Callable[[], object]] | None = None) -> None:
        """Say something; `answers` are functions by the words on their buttons."""
        self._answers = dict(answers or {})
        with self.hold_sync():
            self.value, self.kind, self.choices = value, kind, list(self._answers)
        self.send({"kind": "focus" if self._answers else "heard"})

    def choose(self, answer: str) -> None:
        """Give one of the answers."""
        self._answers[answer]()


class Fold(Part):
    """A button that shows and hides what lies under it."""

    _esm = module("fold")
    SET_BY_PAGE = ("unfolded",)

    unfolded = Bool(False).tag(sync=True)
    label = Unicode().tag(sync=True)

    def __init__(self, under: VBox, **traits: object) -> None:
        self._under = under
        super().__init__(**traits)
        self._show({})

    @observe("unfolded")
    def _show(self, _: object) -> None:
        self._under.layout.display = "flex" if self.unfolded else "none"


class Recent(Part):
    """A table of sessions; rows with an `id` can be undone.

    Attributes
    ----------
    caption : str
        What the table shows.
    columns : list of str
        Their names.
    rows : list of dict
        `cells`, a text per column, and `id`, None where the row is not to be undone here.
    """

    _esm = module("recent")

    caption = Unicode().tag(sync=True)
    columns = List().tag(sync=True)
    rows = List().tag(sync=True)


def line(*parts: Part) -> HBox:
    """Return parts side by side, or under one another where there is little room."""
    box = HBox(parts)
    box.add_class("mm-line")
    return box


def lines(*boxes: HBox) -> VBox:
    """Return lines under one another."""
    box = VBox(boxes)
    box.add_class("mm-lines")
    return box


def wide(part: Field) -> Field:
    """Return a field that takes more room than its neighbours."""
    part.add_class("mm-wide")
    return part


def decimal_point(text: str) -> str:
    """Return a number that was written with a decimal comma with a point; 1,234 may be a thousand, and stays.

    Examples
    --------
    >>> decimal_point("12,5"), decimal_point("1,234")
    ('12.5', '1,234')
    """
    return _DECIMAL_COMMA.sub(r"\1.\2", text.strip())
