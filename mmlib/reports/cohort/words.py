"""What the report of a cohort says in words: its headlines, questions, advice, and what it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from mmlib.errors import counted
from mmlib.reports.cohort.suppression import FEWEST, STATES, common, hidden, share, unit_of
from mmlib.reports.story import Fragment, Tile, Tiles, tiles
from mmlib.words import capital, date, duration, listed, number

SMALL = (
    "This cohort is still small: fewer than five people have practised here so far. A number about so few would tell "
    "of each of them, so this report keeps all numbers to itself until there are five. Meanwhile everybody can have a "
    "report of their own: <code>mm report FOLDER --learner NAME</code>."
)
TOLD = {
    "awake": "still practise",
    "falling asleep": "are falling asleep, after a longer rest than is usual for them",
    "quit": "have not practised for more than 28 days",
}


class Words(NamedTuple):
    """A section's heading and question, how its numbers are told, what to do with them, and what it takes.

    `rows` is what the section's table has rows of; `care` says how the numbers are told, `missing` what it takes for
    the section to have an answer.
    """

    heading: str
    question: str
    rows: str
    care: str
    advice: str
    missing: str


SECTIONS = {
    "practice": Words(
        "Practice",
        "How much does the group practise, what does it spend its time on, and who has stopped?",
        "",
        "",
        "If the groups differ, begin with the last: with the key you know whom to ask what got in the way. Ask, do not "
        "urge. And look at the skills: one that takes nearly all the time could do with a second one beside it, and "
        "one that hardly gets any with a smaller door.",
        "how the group practises: five people with practice in the period that is told of",
    ),
    "curves": Words(
        "Learning curves",
        "How fast does each skill improve, and how far are the learners apart?",
        "skill",
        "",
        "Where the band narrows, one lesson for all is enough. Where it widens, offer two variations, an easier and a "
        "harder one. Where the mean hardly moves, change something for everybody: isolate a part, slow down, count "
        "something else. The curve of the mean is nobody’s own, so judge no learner by it.",
        "learning curves: a skill in which five people have eight scored trials each",
    ),
    "survival": Words(
        "Staying with it",
        "How long do people stay with a skill before they rest for more than four weeks?",
        "",
        "The line falls in steps of at least five people, and counts are rounded to fives.",
        "Where the line falls steeply is the time for a word, a visit or a duet: shortly before, not after. If it "
        "falls in the first days, the door was too big: make the first session smaller. A skill that was left is no "
        "failure, and some are taken up again.",
        "how long people stay with a skill: five people whose rest of more than four weeks could be seen",
    ),
    "synergy": Words(
        "Synergy",
        "Does one skill go better after a week with more of another, over all learners who practise both?",
        "pair",
        "The numbers of learners are rounded to fives.",
        "If a pair stands out, try it out: let chance decide in which weeks the second skill is practised "
        "(<code>mm experiment plan</code>), and look again in two months. If none does, do not conclude that nothing "
        "feeds anything: with few learners only large links can be seen. It is an association, not an effect.",
        "whether one skill feeds another: five people who practise the same two skills, with scores, for weeks",
    ),
    "achievement": Words(
        "A second field",
        "Do those who practise a second field beside their main one achieve more? Root-Bernstein compared the hobbies "
        "of laureates with those of other scientists; this is the same table for this cohort.",
        "domain",
        "Counts of people are rounded to fives.",
        "Use it to ask, not to prescribe. Who is more committed practises longer, finds time for a second field and "
        "achieves more, so look at the blue bars, among learners who practise as much, and not at the grey ones. All "
        "hours count, also those after the milestone: nothing here says what came first.",
        "whether a second field goes with achievement: for a domain of the cards, five people each with and without "
        "it, among those with and without a milestone of the same kind",
    ),
}


@dataclass(frozen=True)
class Section:
    """A part of the report: its question, its chart and what a teacher can do; silent where there is no answer.

    Attributes
    ----------
    name : str
        A key of `SECTIONS`.
    shown : bool
        Whether it has an answer.
    left_out : int
        How many rows of its table may not be told.
    missing : str
        What it takes to have one; empty where it has, or where the whole report is silent.
    """

    name: str
    shown: bool
    left_out: int = 0
    missing: str = ""

    @property
    def question(self) -> Fragment | None:
        """Its heading and question."""
        return question(self.name, self.left_out) if self.shown else None

    @property
    def advice(self) -> Fragment | None:
        """What a teacher can do with it."""
        return advice(self.name) if self.shown else None

    def draw(self, chart: Callable[..., Any], *tables: pd.DataFrame, **options: Any) -> Any:
        """Return the Axes of a chart of these tables; None where the section is silent."""
        return chart(*tables, **options) if self.shown else None


def question(name: str, left_out: int = 0) -> Fragment:
    """Return a section's heading and question, and how its numbers are told."""
    words = SECTIONS[name]
    said = [words.question, words.care]
    if left_out:
        are = "is" if left_out == 1 else "are"
        said.append(f"{counted(left_out, words.rows)} {are} left out: too few people stand behind a number.")
    return Fragment(f"<h2>{words.heading}</h2><p>{' '.join(filter(None, said))}</p>")


def advice(name: str) -> Fragment:
    """Return what a teacher can do with a section's answer."""
    return Fragment(f"<p><strong>What you can do with it.</strong> {SECTIONS[name].advice}</p>")


def missing(name: str) -> str:
    """Return what a section is about, and what it takes for it to have an answer."""
    return SECTIONS[name].missing


def title(month: pd.Period | None, as_of: str) -> Fragment:
    """Return the report's heading.

    Examples
    --------
    >>> title(pd.Period("2026-10"), "2026-10-31")
    '<h1>The cohort in October 2026</h1>'
    >>> title(None, "2026-10-24"), title(pd.Period("2026-10"), "2026-10-09")
    ('<h1>The cohort until 24 October 2026</h1>', '<h1>The cohort in October 2026, until 9 October</h1>')
    """
    last = pd.Timestamp(as_of or "1970-01-01")
    if month is None:
        return Fragment(f"<h1>The cohort{f' until {date(last)}' if as_of else ''}</h1>")
    until = f", until {last.day} {last:%B}" if as_of and last < month.end_time.normalize() else ""
    return Fragment(f"<h1>The cohort in {month:%B %Y}{until}</h1>")


def small() -> Fragment:
    """Return why the report of a small cohort is silent."""
    return Fragment(f"<p>{SMALL}</p>")


def headlines(totals: pd.DataFrame, log: pd.DataFrame) -> Tiles:
    """Return the headline numbers of a period.

    Parameters
    ----------
    totals : DataFrame
        `repetition.totals` of the period by learner and skill, of at least five learners.
    log : DataFrame
        All sessions so far.
    """
    active, everybody = totals["learner"].nunique(), log["learner"].nunique()
    known = active == everybody or FEWEST <= active <= everybody - FEWEST
    of_all = f"of {everybody:,} so far" if active < everybody else ""
    told = [Tile(f"{active:,}" if known else "Nearly all", "people practised", of_all, "people",
                 active if known else float("nan"))]  # fmt: skip
    if unit_of(totals) == "minutes":
        minutes = totals["minutes"].sum()
        each = f"{duration(minutes / active)} each, on average" if known and totals["minutes"].notna().all() else ""
        told.append(Tile(duration(minutes), "practised", each, "practised", minutes))
    sessions = int(totals["sessions"].sum())
    each = f"{number(sessions / active)} each, on average" if known else ""
    told.append(Tile(f"{sessions:,}", "sessions", each, "sessions", sessions))
    people_of = totals.groupby("skill")["learner"].nunique()
    many = int((people_of >= FEWEST).sum())
    rare = int((people_of < FEWEST).sum())
    fewer = f"and {counted(rare, 'rarer one')}" if rare else ""
    told.append(Tile(str(many), f"{'skill' if many == 1 else 'skills'} shared by five and more", fewer, "skills", many))
    return tiles(told)


def story(log: pd.DataFrame, totals: pd.DataFrame, rest: pd.DataFrame, month: pd.Period | None) -> Fragment:
    """Return in two sentences how many practised, and how many have stopped.

    Parameters
    ----------
    log : DataFrame
        All sessions so far.
    totals : DataFrame
        `repetition.totals` of the period by learner and skill; empty where fewer than five learners practised.
    rest : DataFrame
        `repetition.rest` of all learners, all skills as one.
    month : Period or None
        The month that is told of.
    """
    everybody, when = log["learner"].nunique(), "so far" if month is None else f"in {month:%B %Y}"
    if totals.empty:
        first = f"Fewer than five of {everybody} people practised {when}."
    else:
        who = f"{everybody:,}" if month is None else capital(share(totals["learner"].nunique(), everybody))
        named = len(common(totals))
        shared = f"{counted(named, 'skill')} {'is' if named == 1 else 'are'} shared by five of them and more"
        have = "have practised" if month is None else "practised"
        first = f"{who} people {have} {when}; {shared if named else 'no skill is shared by five of them'}."
    # Who rested for the month and who for 28 days are nearly the same people: both numbers would tell of the others.
    said = [first, _stopped(rest["state"].value_counts().reindex(list(STATES), fill_value=0)) if month is None else ""]
    return Fragment(f'<ol class="story">{"".join(f"<li>{escape(each)}</li>" for each in said if each)}</ol>')


def _stopped(counts: pd.Series) -> str:
    """Return how many still practise, are falling asleep and have stopped, of few only that they are few."""
    whole, secret = int(counts.sum()), hidden(counts)
    told = {state: int(counts[state]) for state in counts.index if not secret[state] and counts[state]}
    if not told:
        state = counts.idxmax()
        if whole - counts[state] < FEWEST:
            return f"{capital(share(int(counts[state]), whole))} people {TOLD[state]}."
        return "How many still practise cannot be told: too few are in one of the groups."
    said = [f"{whole if n == whole else n:,} {TOLD[state]}" for state, n in told.items()]
    if whole in told.values():
        return f"All {said[0]}."
    rest = "" if not secret.any() else "; the others are not told apart, as too few are in one of their groups"
    return f"Of {whole} people {listed(said)}{rest}."


def groups(alike: pd.DataFrame, *, lasting: bool) -> Fragment:
    """Return the table of the learners who practised last at about the same time, with the means of each group."""
    unit, size = ("Hours", 60) if alike["minutes"].max() >= 120 else ("Minutes", 1)
    timed = alike["minutes"].notna().all()
    heads = ["Group", "People", "Sessions", "Days", *([unit] if timed else []), "Days of rest"]
    rows, who = [], []
    for letter, row in zip("ABCDEFGH", alike.to_dict("records"), strict=False):
        cells = [letter, f"{row['n']:,}", f"{row['sessions']:.1f}", f"{row['days']:.1f}"]
        cells += [f"{row['minutes'] / size:.1f}"] if timed else []
        cells += [f"{row['days_since']:.0f}"]
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
        who.append(f"<dt>Group {letter}</dt><dd>{escape(', '.join(row['learners']))}</dd>")
    head = f"<thead><tr>{''.join(f'<th>{each}</th>' for each in heads)}</tr></thead>"
    caption = "<caption>Who practises alike: means of groups, the latest practice first</caption>"
    table = f"<table>{caption}{head}<tbody>{''.join(rows)}</tbody></table>"
    kept = "They are the same from month to month" if lasting else "They hold until the log changes"
    names = f"<p>The names are pseudonyms. {kept}; who is who stands in the key alone.</p>"
    return Fragment(f'{table}<dl class="provenance">{"".join(who)}</dl>{names}')


def not_yet(reasons: Sequence[str]) -> Fragment | None:
    """Return what the report cannot tell yet, and what it would take; nothing where it tells all."""
    if not reasons:
        return None
    items = "".join(f"<li>{escape(capital(reason))}.</li>" for reason in reasons)
    return Fragment(f"<h2>What it cannot tell yet</h2><p>And what it would take:</p><ul>{items}</ul>")


def protection(*, lasting: bool) -> Fragment:
    """Return how the report keeps people unknown, and where that ends."""
    said = [
        "Every number rests on at least five people. Rarer skills are added up without their names, a group of fewer "
        "is not told, and neither is what would give it away beside a total. For the same reason some counts are "
        "rounded to fives.",
        "Nobody’s notes were read, and no learner has a row, a dot or a line of their own.",
        "Whoever knows the group well may still guess, and two reports that differ by one newcomer differ by that "
        "newcomer. Show it to the group; give it to others only if the group agrees.",
    ]
    if not lasting:
        said.append("To keep the pseudonyms from month to month, build it with <code>mm report FOLDER --cohort</code>.")
    return Fragment("<h2>How it protects people</h2>" + "".join(f"<p>{each}</p>" for each in said))
