"""The explorer in JupyterLab: the page's choice comes in, the chosen chart goes out."""

from __future__ import annotations

import gc
import html
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
from traitlets import Dict, observe

from mmlib.charts import DARK
from mmlib.charts.style import FAMILY, FONTS
from mmlib.errors import MMError
from mmlib.practice import load
from mmlib.widgets.explorer.choice import SCALES, Choice, checked
from mmlib.widgets.explorer.making import Making
from mmlib.widgets.explorer.menu import THEMES, Part, drawn, offer
from mmlib.widgets.page import PAGE, joined
from mmlib.widgets.picture import Picture, Pictured, picture
from mmlib.words import capital, listed

HERE = Path(__file__).parent
DOTS = 130  # per inch: enough for clouds of dots on a screen, and quickly done
WEIGHTS = {"Regular": "400", "Semibold": "600 700"}  # of the charts' fonts, as a page asks for them
PARTS, VIEWS = 8, 64  # how many are kept, to be shown again at once


def explore(
    folder: str | Path = "data/sample",
    *,
    learner: str | None = None,
    skills: Sequence[str] = (),
    since: object = None,
    until: object = None,
    theme: str = "repetition",
    **view: str,
) -> Explorer:
    """Return an explorer: choose who, which skills and when, and see the charts of the five themes.

    Parameters
    ----------
    folder : str or Path
        The practice folder, or one log file.
    learner : str, optional
        Whose practice; the first one's by name if left out.
    skills : sequence of str, optional
        Only these; all if left out.
    since, until : date, optional
        Only sessions from this day on, and through this one.
    theme : {"repetition", "payoff", "synergy", "structure", "selves"}
        Which tab is open.
    **view : str
        `chart`: which of the theme's charts is shown (as in `mm.charts`); `over`: "trials" or "minutes", what the
        learning curve is drawn over; `skill`: whose learning curve is drawn.

    Returns
    -------
    Explorer
        A widget; its `line` is the code that gives the view that it has come to, its `choice` may be set.

    Raises
    ------
    PracticeError
        If there is no such folder, learner or skill, or a date is none.
    MMError
        For an unknown theme, chart or scale.

    Examples
    --------
    >>> from mmlib.reports.shipped import shipped
    >>> explorer = explore(shipped("data/sample"), theme="payoff", until="2026-10-31")
    >>> explorer.view["alt"]
    'Ukulele went from 11 to 55 chord changes a minute over 224 trials.'
    """
    wish = {"learner": learner, "skills": skills, "since": since, "until": until, "theme": theme, **view}
    return Explorer(folder, wish)


class Explorer(Pictured, anywidget.AnyWidget):
    """An explorer of one practice folder, as `explore` makes it.

    Attributes
    ----------
    choice : dict
        Who, which skills, when and which chart (see `Choice`): set it, and the picture follows.
    view : dict
        What is shown: `svg` and `alt` of the chart, its `reading`, the `line` of code; or what is `said` instead.
    report : dict
        Whether a report is being made: `state` ("", "working", "done" or "failed"), `share`, `said` and `path`.
    """

    _esm = joined(PAGE, HERE / "explorer.js")
    _css = HERE / "explorer.css"

    choice = Dict().tag(sync=True)
    offers = Dict().tag(sync=True)
    view = Dict().tag(sync=True)
    report = Dict({"state": ""}).tag(sync=True)

    def __init__(self, folder: str | Path, wish: Mapping[str, Any]) -> None:
        self.folder = str(folder)
        self._practice = load(folder)
        self._part, self._view = lru_cache(PARTS)(self._chosen), lru_cache(VIEWS)(self._shown)
        self._making = Making(self._told)
        log = self._practice.log
        self._learners = sorted(log["learner"].unique())
        # Who practises what: to check a choice, one row of each is enough.
        self._known = replace(self._practice, log=log.drop_duplicates(["learner", "skill"]))
        first = checked(self._known, wish)
        super().__init__(choice=first.shown(), offers=self._offers(log))
        self.on_msg(self._receive)

    @property
    def line(self) -> str:
        """The line of code that gives this view."""
        return str(self.view["line"])

    def still(self) -> Picture | str:
        """Return the chart that is shown, for a page without a kernel."""
        if not self.view["svg"]:
            return f"<p>{html.escape(self.view['said'])}</p>"
        # Such a page has not the charts' fonts: the letters become outlines.
        return self._drawn(checked(self._known, self.choice), outlined=True)[0]

    def make_report(self) -> None:
        """Run the theme's explore notebook with this choice, and export it; `report` tells how that goes."""
        choice = checked(self._known, self.choice)
        part = self._part(*_limits(choice))
        if part.log.empty:
            self.report = {"state": "failed", "said": self._nothing(choice)}
            return
        self._making.begin(self.folder, choice, choice.words(part.log["start"].min(), part.as_of))

    def _offers(self, log: pd.DataFrame) -> dict[str, Any]:
        skills = {learner: sorted(own["skill"].unique(), key=str.casefold) for learner, own in log.groupby("learner")}
        days = (log["start"].min(), log["start"].max())
        themes = [
            {
                "name": theme,
                "label": capital(theme),
                "charts": [
                    {"name": one.name, "label": one.label, "large": one.large, "scaled": one.scaled} for one in offers
                ],
            }
            for theme, offers in THEMES.items()
        ]
        first, last = ("" if pd.isna(day) else f"{day:%Y-%m-%d}" for day in days)
        return {"learners": self._learners, "skills": skills, "first": first, "last": last, "themes": themes,
                "dark": DARK, "home": str(Path.home()), "cwd": str(Path.cwd())}  # fmt: skip

    @observe("choice")
    def _choose(self, _: object) -> None:
        with _drawing():
            self._show()

    def _show(self) -> None:
        try:
            choice = checked(self._known, self._of_the_learner(self.choice))
            view = self._view(choice)
        except MMError as error:
            self.view = {"svg": "", "alt": "", "reading": "", "line": "", "skill": "", "said": str(error)}
            return
        with self.hold_sync():
            self.view = view
            self.choice = choice.shown()

    def _of_the_learner(self, wish: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out skills that another learner practises: they are not meant when the learner is changed."""
        before = self.view.get("learner", wish.get("learner"))
        if wish.get("learner") == before:
            return dict(wish)
        own = self.offers["skills"].get(wish["learner"], [])
        kept = [skill for skill in wish.get("skills", ()) if skill in own]
        return {**wish, "skills": kept, "skill": wish["skill"] if wish.get("skill") in own else ""}

    def _chosen(self, learner: str, skills: tuple[str, ...], since: str, until: str) -> Part:
        return Part(self._practice.only(learner, skills, since, until))

    def _shown(self, choice: Choice) -> dict[str, Any]:
        first = self._learners[0] if self._learners else ""
        known = {"line": choice.line(self.folder, first), "learner": choice.learner, "skill": "", "said": ""}
        if self._part(*_limits(choice)).log.empty:
            return {**known, "svg": "", "alt": "", "reading": "", "said": self._nothing(choice)}
        shown, reading, skill = self._drawn(choice, outlined=False)
        return {**known, "svg": shown.svg, "alt": shown.alt, "reading": reading, "skill": skill}

    def _drawn(self, choice: Choice, *, outlined: bool) -> tuple[Picture, str, str]:
        """Return the chart of a choice that holds sessions, its reading, and the skill that a large one is of."""
        part = self._part(*_limits(choice))
        skill = choice.skill if choice.skill in part.practised else part.practised[0]
        figure, reading = drawn(offer(choice.theme, choice.chart), part, skill, SCALES[choice.over])
        return picture(figure, dpi=DOTS, outlined=outlined), reading, skill

    def _nothing(self, choice: Choice) -> str:
        if self._practice.log.empty:
            return f"{self.folder}: the log holds no sessions yet. Add one with: mm log SKILL --minutes 15"
        own = self._part(choice.learner, choice.skills, "", "").log
        of = f" of {listed(choice.skills)}" if choice.skills else ""
        if own.empty:
            return f"{capital(choice.learner)} has no sessions{of}. Choose other skills."
        span = f"from {own['start'].min():%Y-%m-%d} to {own['start'].max():%Y-%m-%d}"
        return (
            f"There are no sessions in this choice ({replace(choice, skills=()).words()}): those{of} go {span}. "
            "Choose other dates."
        )

    def _receive(self, _: object, content: Mapping[str, Any], __: object) -> None:
        if content.get("kind") == "report":
            self.make_report()
        if content.get("kind") == "fonts":
            files = sorted(FONTS.glob("*.ttf"))
            faces = [{"family": FAMILY, "weight": WEIGHTS[file.stem.rpartition("-")[2]]} for file in files]
            self.send({"kind": "fonts", "faces": faces}, [file.read_bytes() for file in files])

    def _told(self, report: dict[str, Any]) -> None:
        self.report = report

    def __repr__(self) -> str:
        return f"Explorer({self.line or self.folder})"


@contextmanager
def _drawing() -> Iterator[None]:
    """Leave garbage alone until a chart is drawn and sent, and then collect the chart alone.

    A chart is thousands of objects that hold one another. Collections that come while it is drawn count them among the
    old ones, so that every few charts all that Python holds is searched, which takes longer than the drawing.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        gc.enable()


def _limits(choice: Choice) -> tuple[str, tuple[str, ...], str, str]:
    return choice.learner, choice.skills, choice.since, choice.until
