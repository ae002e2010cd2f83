"""What all drills share: attempts come from the page, are scored here, and land in the log at once."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import matplotlib.pyplot as plt
import pandas as pd
from traitlets import Bool, Dict, Int, Unicode, observe

from mmlib import charts
from mmlib.errors import InputError, MMError, SetAsideWarning, counted
from mmlib.log import append_sessions, check_log
from mmlib.measures import payoff
from mmlib.practice import load, log_files, new_practice
from mmlib.skills import add_cards
from mmlib.widgets.page import PAGE, joined
from mmlib.widgets.picture import Picture, Pictured, picture

HERE = Path(__file__).parent
SOURCE = "drill"
UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


class AttemptError(MMError):
    """An attempt that cannot be scored: it is not logged, and the page says why."""


@dataclass(frozen=True)
class Scored:
    """What a drill makes of an attempt.

    Attributes
    ----------
    row : dict
        Columns of the log: skill, score, reps, successes, part, variation, note; what all drills have in common
        (learner, start, minutes, source, source_id) is added.
    said : str
        One or two sentences for the page.
    shown : dict
        What the page draws, such as the best-fitting circle; numbers and texts only.
    """

    row: dict[str, object]
    said: str
    shown: dict[str, object] = field(default_factory=dict)


def module(*names: str) -> str:
    """Return a drill's ES module: what all drills share, and its own parts after it."""
    return joined(PAGE, *(HERE / f"{part}.js" for part in ("drill", *names)))


def style(*names: str) -> str:
    """Return a drill's style sheet: what all drills share, and its own parts after it."""
    return joined(*(HERE / f"{part}.css" for part in ("drill", *names)))


class Drill(Pictured, anywidget.AnyWidget):
    """An exercise in the page.

    A subclass has `CARDS` (the cards of its skills), `_esm = module("its name")` and `scored(attempt)`.

    An attempt is a dict: `id` (unique), `start` (local time, "2026-10-31T18:30:05"), `seconds`, and what the drill
    needs. The page keeps each attempt in the browser's own store until this side says that it is in the log, so a
    kernel that is lost loses none: the next drill on the same folder and learner in that browser hands them over.
    The log knows each by its id, and so takes it once.

    Parameters
    ----------
    folder : str or Path
        The practice folder; it is made if it isn't there.
    learner : str
        Whose attempts they are.
    curve : bool
        Whether the learning curve is shown beside the drill; it can be set later.
    **settings
        What the page has to know besides: numbers and texts.
    """

    CARDS: ClassVar[Mapping[str, Mapping[str, object]]] = {}
    _css = HERE / "drill.css"

    skill = Unicode().tag(sync=True)
    place = Unicode().tag(sync=True)
    uid = Unicode().tag(sync=True)
    settings = Dict().tag(sync=True)
    curve = Bool(True).tag(sync=True)
    drawn = Unicode().tag(sync=True)
    dark = Dict(charts.DARK).tag(sync=True)
    alt = Unicode().tag(sync=True)
    said = Unicode().tag(sync=True)
    attempts = Int(0).tag(sync=True)

    def __init__(
        self, folder: str | Path, skill: str, *, learner: str = "me", curve: bool = True, **settings: object
    ) -> None:
        self.folder, self.learner, self._seen = Path(folder), learner, []
        new_practice(self.folder)
        place = f"{type(self).__name__}:{self.folder.resolve()}:{learner}"
        super().__init__(skill=skill, place=place, uid=uuid.uuid4().hex, settings=settings, curve=curve)
        self.on_msg(self._receive)
        self._redraw()

    def scored(self, attempt: Mapping[str, Any]) -> Scored:
        """Return what an attempt is worth; a subclass says how.

        Raises
        ------
        AttemptError
            Where it cannot be scored, such as a stroke of two points.
        """
        raise NotImplementedError

    def attempt(self, attempt: Mapping[str, Any]) -> Scored:
        """Score an attempt and put it into the log.

        Parameters
        ----------
        attempt : mapping
            As the page sends it.

        Returns
        -------
        Scored
            The whole row as it was logged, and what the page says.

        Raises
        ------
        AttemptError
            Where the attempt cannot be scored.
        MMError, OSError
            Where the log cannot be written; the attempt is not lost then: the page keeps it.
        """
        whole = self.whole(attempt)
        try:
            checked = check_log(pd.DataFrame([whole.row]))
        except (InputError, *UNREADABLE) as error:
            raise AttemptError(f"An attempt that cannot be logged was left out. {error}") from None
        skill = str(whole.row["skill"])
        add_cards(self.folder / "skills.toml", {skill: self.CARDS[skill]} if skill in self.CARDS else {})
        append_sessions(self.folder, checked)
        return whole

    def whole(self, attempt: Mapping[str, Any]) -> Scored:
        """Return what an attempt is worth, with its whole row, without logging it.

        Raises
        ------
        AttemptError
            Where the attempt cannot be scored.
        """
        try:
            scored = self.scored(attempt)
            row = {**self._common(attempt), **scored.row}
        except UNREADABLE as error:
            raise AttemptError(f"An attempt that cannot be read was left out ({error!r}).") from None
        return Scored({name: value for name, value in row.items() if value is not None}, scored.said, scored.shown)

    def practise(self, attempts: Iterable[Mapping[str, Any]]) -> None:
        """Score and log several attempts, as if they had come from the page.

        Parameters
        ----------
        attempts : iterable of mappings
            Such as those of `mmlib.simulate`.

        Raises
        ------
        AttemptError
            Where one cannot be scored.
        """
        for each in attempts:
            self.said = self.attempt(each).said
        self._redraw()

    def rows(self) -> pd.DataFrame:
        """Return the learner's rows of this drill's skill, with what its card says."""
        rows = self._of_the_learner()
        return rows[rows["skill"] == self.skill].reset_index(drop=True)

    def _of_the_learner(self) -> pd.DataFrame:
        new_practice(self.folder)  # the log may have been deleted meanwhile
        files = [self.folder / "skills.toml", *log_files(self.folder)]
        seen = [(file, file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.exists()]
        if seen != self._seen:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SetAsideWarning)  # a bad row elsewhere is no reason not to practise
                self._loaded, self._seen = load(self.folder, errors="quarantine").log, seen
        return self._loaded[self._loaded["learner"] == self.learner]

    def best(self) -> float | None:
        """Return the best score so far; None before the first."""
        log = self.rows()
        scores = log["score"].dropna()
        if scores.empty:
            return None
        return float(scores.min() if log["better"].iloc[0] == "lower" else scores.max())

    def still(self) -> Picture | str:
        """Return the learning curve so far, for a page without a kernel."""
        return self._curve()

    def _common(self, attempt: Mapping[str, Any]) -> dict[str, object]:
        seconds = attempt.get("seconds")
        return {
            "learner": self.learner,
            "start": str(attempt.get("start") or datetime.now().isoformat(timespec="seconds")),
            "minutes": None if seconds is None else round(float(seconds) / 60, 4),
            "source": SOURCE,
            "source_id": str(attempt["id"]),
        }

    def _receive(self, _: object, content: Mapping[str, Any], __: object) -> None:
        attempt = content.get("attempt") if isinstance(content, Mapping) else None
        if not isinstance(attempt, Mapping) or content.get("kind") != "attempt":
            return
        answer = {"id": attempt.get("id"), "kind": "scored"}
        try:
            scored = self.attempt(attempt)
            answer |= {"said": scored.said, "shown": scored.shown}
        except AttemptError as error:
            answer |= {"kind": "refused", "said": str(error)}
        except (MMError, OSError) as error:
            answer |= {"kind": "kept", "said": f"Not in the log yet. {error}"}
        self.send(answer)
        if answer["kind"] == "scored":
            self.said = answer["said"]
            self._redraw()

    @observe("curve", "skill")
    def _changed(self, _: object) -> None:
        if self.place:
            self._redraw()

    def _redraw(self) -> None:
        log = self.rows()
        shown = self._picture(log) if self.curve and len(log) else None
        with self.hold_sync():
            self.attempts = len(log)
            self.drawn, self.alt = (shown.svg, shown.alt) if shown else ("", "")

    def _curve(self) -> Picture | str:
        log = self.rows()
        return self._picture(log) if len(log) else f"No attempts at {self.skill} yet."

    def _picture(self, log: pd.DataFrame) -> Picture:
        curves = payoff.learning_curves(log)
        ax = charts.learning_curve(payoff.curve_points(log, curves))
        made = picture(ax.figure)
        plt.close(ax.figure)
        return made

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r}, {counted(self.attempts, 'attempt')} at {self.skill})"
