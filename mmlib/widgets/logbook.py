"""A logbook: a form for one practice session, and the last ten with undo."""

from __future__ import annotations

import html
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from ipywidgets import HTML, Button, VBox

from mmlib.errors import LogFormatError, MMError, counted, did_you_mean
from mmlib.log import append_sessions, check_log
from mmlib.log.removing import remove_sessions
from mmlib.widgets import sessions
from mmlib.widgets.entry import Entry
from mmlib.widgets.forms import Recent, Said, line
from mmlib.widgets.picture import Pictured
from mmlib.widgets.sessions import SOURCE, in_words
from mmlib.words import duration, listed

LONG = 180  # minutes after which a stopwatch may have been forgotten
AT_ONCE = 10  # seconds within which the same again may be a slip


def logbook(folder: str | Path, learner: str = "me") -> Logbook:
    """Return a form that adds practice sessions to a log, with the last ten below it.

    What was practised last is there already, so that a session takes a few seconds: a skill by one click, the
    minutes by stopwatch or by hand, a score, stars for how it felt, Enter. What was added here can be undone here;
    nothing else in the log is touched.

    Parameters
    ----------
    folder : str or Path
        The practice folder, or a CSV log. A folder that isn't there is made, with two example cards.
    learner : str
        Who practises.

    Returns
    -------
    Logbook
        The form. Each field has the name of its column (`minutes`, `score`, `payoff` …), `save` is the button.

    Examples
    --------
    >>> import tempfile
    >>> book = logbook(tempfile.mkdtemp())
    >>> book.skill.value, book.minutes.value, book.score.value = "juggling", 15, 23
    >>> book.start.value = "2026-10-31 18:30"
    >>> book.save.click()
    >>> book.said.value
    'Added: juggling, 15 min, 23 catches, on 31 Oct 2026, 18:30.'
    >>> book.undo()
    >>> book.said.value
    'Taken out again: juggling, 15 min, 23 catches, on 31 Oct 2026, 18:30. It is back in the form.'
    """
    return Logbook(Path(folder).expanduser(), learner.strip() or "me")


class Logbook(Pictured, VBox):
    """The form and the table; see `logbook`.

    Attributes
    ----------
    skill, minutes, score, …
        The fields, by the names of the log's columns; `entry.fields` has all of them, `self` too.
    stopwatch
        With `start()`, `stop()`, `reset()`.
    save
        The button.
    said, remark
        What became of the last click, and what is to be known of the folder; `said.choose(…)` answers a question.
    recent
        The table.
    """

    def __init__(self, folder: Path, learner: str) -> None:
        is_file = folder.is_file() or folder.suffix.casefold() == ".csv"
        said = sessions.made(folder.parent if is_file else folder)
        self.folder, self.learner = folder.resolve(), learner  # whatever the notebook's folder becomes later
        self._file = self.folder if is_file else self.folder / "log.csv"
        self._added: dict[str, dict[str, Any]] = {}
        self._saved_at = -float("inf")
        self.entry = Entry()
        for name, part in self.entry.fields.items():
            setattr(self, name, part)
        self.stopwatch = self.entry.stopwatch
        self.remark, self.said, self.recent = Said(), Said(), Recent()
        self.remark.add_class("mm-remark")
        self.save = Button(description="Save", tooltip="Add this session to the log: Enter in a field does it as well")
        self.save.add_class("mm-save")
        whose = "Logbook" if learner == "me" else f"Logbook of {learner}"
        title = HTML(html.escape(f"{whose} · {folder}"))
        title.add_class("mm-title")
        super().__init__([title, line(self.remark), self.entry, line(self.save, self.said), self.recent])
        self.add_class("mm-form")
        self._listen()
        self._refresh(said)
        self.entry.ready(self._mine["skill"].iloc[0] if len(self._mine) else "")

    def _listen(self) -> None:
        self.save.on_click(lambda _: self._save())
        self.recent.when("undo", lambda content: self.undo(content["id"]))

    def _refresh(self, said: str = "") -> None:
        """Read the folder again, and show it."""
        self._book = sessions.look(self.folder)
        self._mine = sessions.of_learner(self._book, self.learner)
        self._skills = sessions.skills_in_order(self._book, self._mine)
        remarks = [said, self._book.remark, sessions.strangers(self._book, self.learner)]
        self.remark.say("\n".join(filter(None, remarks)), "bad" if self._book.remark else "note")
        self.entry.know(self._book, self._mine, self._skills)
        shown = min(len(self._mine), sessions.SHOWN)
        with self.recent.hold_sync():
            self.recent.columns, self.recent.rows = sessions.recent(self._book, self.learner, self._added)
            self.recent.caption = f"The last {counted(shown, 'session')}" if shown else "No sessions yet"

    def _save(self, *, new: bool = False, again: bool = False) -> None:
        """Add the session in the form to the log, or say why not."""
        forgotten = self.stopwatch.running and self.stopwatch.seconds > 60 * LONG
        slip = not again and time.monotonic() - self._saved_at < AT_ONCE and self.entry.untouched
        self.stopwatch.stop()
        ours = {"learner": self.learner, "source": SOURCE, "source_id": uuid.uuid4().hex}
        row = self.entry.row() | ours
        if forgotten:
            self._ask_about_minutes()
        elif slip:
            answers = {"Add another one": lambda: self._save(again=True)}
            self.said.say("It is in the log already, and nothing has been written since.", "note", answers)
        else:
            session = self._checked(row)
            if session is not None and (new or not self._is_near_miss(row["skill"])):
                self._add(row, session)

    def _ask_about_minutes(self) -> None:
        hours = duration(self.stopwatch.seconds / 60)
        self.minutes.error = f"The stopwatch ran for {hours}. Was it left on?"
        self.said.say("Nothing was added yet. Put the minutes right if they are not, and save again.", "bad")
        self.minutes.focus()

    def _checked(self, row: Mapping[str, Any]) -> pd.DataFrame | None:
        """Return the row as the log takes it; if it does not, say at each field what is wrong."""
        try:
            session = check_log(pd.DataFrame([row]))
        except LogFormatError as error:
            self.said.say(f"Nothing was added. Please look at: {listed(self.entry.show(error.problems))}.", "bad")
            return None
        self.entry.show([])
        return session

    def _is_near_miss(self, skill: str) -> bool:
        """Ask where a skill is new but its name is nearly that of another."""
        hint = did_you_mean(skill, self._skills)
        if skill in self._skills or not hint.startswith("Did"):
            return False
        near = hint.removeprefix('Did you mean "').removesuffix('"?')
        self.skill.error = f'No skill "{skill}" so far. {hint}'
        answers = {f"I mean {near}": lambda: self._save_as(near), "It is a new skill": lambda: self._save(new=True)}
        self.said.say("Nothing was added yet.", "bad", answers)
        return True

    def _save_as(self, skill: str) -> None:
        self.skill.value = skill
        self._save()

    def _add(self, row: dict[str, Any], session: pd.DataFrame) -> None:
        known, before, done = row["skill"] in self._skills, self._mine, session.iloc[0]
        try:
            append_sessions(self._file, session)
        except (MMError, OSError) as error:
            self.said.say(f"Nothing was added. {in_words(error)}", "bad")
            return
        best = " Your best so far!" if sessions.is_best(self._book, before, row["skill"], done["score"]) else ""
        card = "" if known else f' A new skill: describe it with mm.card("{row["skill"]}").'
        self._added[row["source_id"]] = row
        self._refresh()
        self._saved_at = time.monotonic()
        self.entry.ready(row["skill"], self.minutes.value)
        self.said.say(f"Added: {sessions.in_a_line(self._book, done)}.{best}{card}", "good")

    def undo(self, source_id: str | None = None) -> None:
        """Take a session that was added in this logbook out of the log again.

        Parameters
        ----------
        source_id : str, optional
            Which; the last that was added and not undone, if left out. Nothing else can be taken out.
        """
        source_id = source_id or next(reversed(self._added), "")
        row = self._added.get(source_id)
        if row is None:
            self.said.say("Nothing to undo: only what was added in this logbook can be.", "note")
            return
        try:
            gone = remove_sessions(self._file, [source_id], source=SOURCE, learner=self.learner)
        except (MMError, OSError) as error:
            self.said.say(f"Nothing was taken out. {in_words(error)}", "bad")
            return
        del self._added[source_id]
        self._refresh()
        session = sessions.in_a_line(self._book, check_log(pd.DataFrame([row])).iloc[0])
        if gone:
            back = " It is back in the form." if self.entry.put_back(row) else ""
            self.said.say(f"Taken out again: {session}.{back}", "good")
        else:
            self.said.say(f"It is not in the log any more, so nothing was changed: {session}.", "note")

    def still(self) -> str:
        """Return the last ten sessions as a table, for a page without a kernel."""
        columns, rows = sessions.recent(self._book, self.learner)
        caption = self.recent.caption if self.learner == "me" else f"{self.recent.caption} of {self.learner}"
        return sessions.table(caption, columns if rows else [], [row["cells"] for row in rows])

    def __repr__(self) -> str:
        return f"Logbook({str(self.folder)!r}, {self.learner!r}, {counted(len(self._mine), 'session')})"
