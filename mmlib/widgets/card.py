"""A form for a skill's card: what it is measured in, and the six parts of the micromastery."""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ipywidgets import HTML, Button, VBox

from mmlib.errors import CardError, MMError, did_you_mean
from mmlib.log.forms import numbers
from mmlib.practice import STARTER
from mmlib.skills import FIELDS, SIX_PARTS, cards_table, read_skills, save_card
from mmlib.widgets import sessions
from mmlib.widgets.forms import Field, Said, decimal_point, line, wide
from mmlib.widgets.picture import Pictured
from mmlib.widgets.sessions import in_words
from mmlib.words import listed

# Each field of a card: its label, and half a sentence that says what it is.
ABOUT = {
    "title": ("Title", "the skill in full"),
    "domain": ("Domain", "its field: body, music, kitchen, language …"),
    "unit": ("Unit", "what a score counts"),
    "better": ("Better", "which scores are better"),
    "target": ("Target", "the score that means mastery"),
    "self": ("Self", "which of your selves it honours"),
    "entry_trick": ("Entry trick", "the quick way in, which gives a first success within minutes"),
    "rub_pat_barrier": ("Rub-pat barrier", "the two skills that get in each other's way until each is practised alone"),
    "background_support": ("Background support", "the tools, the time and the place that make it easy to begin"),
    "payoff": ("Payoff", "the reward in the doing, and from those who see it"),
    "repeatability": ("Repeatability", "what lets you do it over and over without boredom"),
    "experimental_possibilities": ("Experimental possibilities", "what you can change, to see what happens"),
}
BETTER = [["", "–"], ["higher", "higher"], ["lower", "lower"]]
OTHER = "juggling"  # whose card gives the examples for a skill that has none


def card(skill: str, folder: str | Path = ".") -> Card:
    """Return a form for the card of a skill, with examples of what others wrote.

    A card says what a score counts and which of the learner's selves the skill honours, and describes the six parts
    that every micromastery shares. Every field may stay empty. Save writes what was changed into skills.toml; the
    remarks in that file and the other cards stay as they are.

    Parameters
    ----------
    skill : str
        The skill, as it is called in the log.
    folder : str or Path
        The practice folder; it is made if it isn't there.

    Returns
    -------
    Card
        The form. Each field has the name that it has in skills.toml (`fields["unit"]`, or `unit`), `save` is the
        button.

    Examples
    --------
    >>> import tempfile
    >>> form = card("harmonica", folder=tempfile.mkdtemp())
    >>> form.unit.value, form.entry_trick.value = "clean notes of 40", "Play the train."
    >>> form.count.value
    '1 of 6 parts described. Still empty: rub-pat barrier, background support, payoff, repeatability and experimental \
possibilities.'
    >>> form.save.click()
    >>> form.said.value
    'Saved in skills.toml: unit and entry trick.'
    """
    return Card(skill.strip(), Path(folder).expanduser())


class Card(Pictured, VBox):
    """The form; see `card`.

    Attributes
    ----------
    title, domain, unit, better, target, entry_trick, …
        The fields of the card; `fields` has them by name, `self` too.
    count
        How many of the six parts are described, and which are not.
    save
        The button.
    said, remark
        What became of the last click, and what is to be known of the folder.
    """

    def __init__(self, skill: str, folder: Path) -> None:
        made = sessions.made(folder)
        self.skill, self.folder = skill, folder.resolve()
        self.file = self.folder / "skills.toml"
        self.fields = _fields(skill)
        for name, field in self.fields.items():
            setattr(self, name, field)
        self.remark, self.count, self.said = Said(), Said(), Said()
        for quiet in (self.remark, self.count):
            quiet.add_class("mm-remark")
        self.save = Button(description="Save", tooltip="Write the card into skills.toml")
        self.save.add_class("mm-save")
        super().__init__(self._laid_out(folder))
        self.add_class("mm-form")
        self._saved: dict[str, str] = {}
        self._fill(made)
        self.save.on_click(lambda _: self._save())
        for field in self.fields.values():
            field.observe(lambda _: self._count(), "value")

    def _laid_out(self, folder: Path) -> list[Any]:
        title = HTML(html.escape(f"The card of {self.skill or 'a skill'} · {folder}"))
        title.add_class("mm-title")
        field = self.fields
        parts = [field[name] for name in SIX_PARTS]
        return [
            title,
            line(self.remark),
            line(field["title"], field["domain"], field["self"]),
            line(field["unit"], field["better"], field["target"]),
            line(self.count),
            *(line(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)),
            line(self.save, self.said),
        ]

    def _fill(self, made: str) -> None:
        """Show the card as it is in the file."""
        remarks, bad = [made], False
        try:
            cards = read_skills(self.file).set_index("skill")
        except (MMError, OSError) as error:
            remarks.append(f"The cards cannot be read, and nothing is written over them. {in_words(error)}")
            cards, bad = cards_table({}).set_index("skill"), True
        if self.skill in cards.index:
            self._saved = {name: _shown(cards.loc[self.skill, name]) for name in FIELDS}
        else:
            remarks += ["" if bad else self._is_new(list(cards.index))]
        for name, field in self.fields.items():
            field.value = self._saved.get(name, "")
        self.remark.say("\n".join(filter(None, remarks)), "bad" if bad else "note")
        self._count()

    def _is_new(self, others: list[str]) -> str:
        book = sessions.look(self.folder)
        hint = did_you_mean(self.skill, [*others, *book.log["skill"].unique()])
        near = f" {hint}" if hint.startswith("Did") and self.skill not in set(book.log["skill"]) else ""
        return f"A new card: Save adds it to skills.toml.{near}"

    def _count(self) -> None:
        """Say how many of the six parts are described."""
        empty = [ABOUT[name][0].casefold() for name in SIX_PARTS if not self.fields[name].value.strip()]
        said = f"{6 - len(empty)} of 6 parts described."
        self.count.say(f"{said} Still empty: {listed(empty)}." if empty else f"{said} It is a whole micromastery.")

    def _save(self) -> None:
        """Write what was changed into skills.toml, or say why not."""
        for field in self.fields.values():
            field.error = ""
        now = {name: field.value.strip() for name, field in self.fields.items()}
        changes: dict[str, object] = {n: v for n, v in now.items() if v != self._saved.get(n, "")}
        if not changes:
            self.said.say("Nothing was changed since it was saved." if self._saved else "Nothing is written yet.")
            return
        try:
            if changes.get("target"):
                changes["target"] = _number(str(changes["target"]))
            save_card(self.file, self.skill, changes)
        except CardError as error:
            self._show(error)
            return
        except (MMError, OSError) as error:
            self.said.say(f"Nothing was saved. {in_words(error)}", "bad")
            return
        self._saved = now
        self.remark.say("")
        self.said.say(f"Saved in skills.toml: {listed(ABOUT[name][0].casefold() for name in changes)}.", "good")

    def _show(self, error: CardError) -> None:
        """Say what is wrong at the fields, or below where it is in the file."""
        here = {f"{self.skill}.{name}": name for name in FIELDS}
        for problem in error.problems:
            if problem.column in here:
                field = self.fields[here[problem.column]]
                field.error = f"Found {problem.found}, expected {problem.expected}. {problem.advice}".strip()
                field.focus()
        wrong = [field.label for field in self.fields.values() if field.error]
        said = f"Please look at: {listed(wrong)}." if wrong else str(error)
        self.said.say(f"Nothing was saved. {said}", "bad")

    def still(self) -> str:
        """Return the card as a table, for a page without a kernel."""
        values = {name: field.value or "–" for name, field in self.fields.items()}
        if self.target.value:
            values["target"] = f"{self.target.value} {self.unit.value}".strip()
        rows = [[ABOUT[name][0], value] for name, value in values.items()]
        return sessions.table(f"The card of {self.skill}: {self.count.value}", [], rows)

    def __repr__(self) -> str:
        return f"Card({self.skill!r}, {str(self.folder)!r})"


def _fields(skill: str) -> dict[str, Field]:
    """Return a field for each of a card's, with an example in it."""
    example = _examples().get(skill) or _examples()[OTHER]
    fields = {}
    for name, (label, what) in ABOUT.items():
        kind = "long" if name in SIX_PARTS else {"better": "choice", "target": "number"}.get(name, "text")
        field = Field(label=label, hint=what, kind=kind, options=BETTER if name == "better" else [])
        field.placeholder = f"such as: {example[name]}" if name in example else ""
        fields[name] = wide(field) if name == "title" else field
    return fields


@cache
def _examples() -> dict[str, dict[str, str]]:
    """Return the cards that travel with mmlib, field by field; the starter's own come last, and so first."""
    from mmlib.reports.shipped import shipped

    found = {}
    for file in (shipped("data/sample/skills.toml"), STARTER / "skills.toml"):
        for row in read_skills(file).to_dict("records"):
            here = {name: _shown(row[name]) for name in FIELDS if _shown(row[name])}
            found[row["skill"]] = found.get(row["skill"], {}) | here
    return found


def _shown(value: object) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _number(text: str) -> float | str:
    """Return a target as a number; what is none stays as it is, to be refused in words."""
    found = numbers(pd.Series([decimal_point(text)])).iloc[0]
    return float(found) if np.isfinite(found) else text
