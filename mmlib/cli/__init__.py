"""mm, the command line: each command is one call of the library."""

from __future__ import annotations

import json
import os
import sys
import warnings
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from mmlib.cli.experiment import experiment
from mmlib.cli.importing import export, import_
from mmlib.cli.lab import lab
from mmlib.cli.report import report
from mmlib.cli.shared import AsJson, Folder, say
from mmlib.cli.workshop import gather, workshop
from mmlib.errors import InputError, MMError, PracticeError, SetAsideWarning, counted, did_you_mean
from mmlib.reports.spared import spare

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Learning analytics for small skills: repetition, payoff and synergy from a practice log.",
    epilog="Begin with **mm init my-practice**, or with an export: **mm import toggl FILE --into my-practice**.",
)
app.add_typer(experiment, name="experiment")


def _rating(text: str) -> typer.models.OptionInfo:
    return typer.Option(help=text, metavar="1-5", rich_help_panel="How it felt")


def _detail(text: str) -> typer.models.OptionInfo:
    return typer.Option(help=text, rich_help_panel="What was special")


def main() -> None:
    """Run the command line: a user's error is one clear message and exit code 2, never a traceback."""
    # Small matrices are quicker on one core, and threads that wait for one another slow down the rest of the machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    warnings.showwarning = _warn
    spare()
    try:
        app()
    except MMError as error:
        print(f"mm: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except OSError as error:
        print(f"mm: {error.filename or 'a file'}: {error.strerror or error}.", file=sys.stderr)  # noqa: T201
        sys.exit(2)


def _warn(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    if issubclass(category, SetAsideWarning):
        print(f"mm: {message}", file=sys.stderr)  # noqa: T201


@app.command(epilog="Example: **mm init my-practice**")
def init(folder: Annotated[Path, typer.Argument(help="The folder to make.", show_default="here")] = Path()) -> None:
    """Make a practice folder: an empty log, two example cards, and a README that explains the columns."""
    from mmlib.practice import new_practice

    made = new_practice(folder)
    for file in made:
        say.print(f"made {file}", markup=False)
    if not made:
        say.print(f"{folder}: a practice folder already; nothing was changed.", markup=False)
    say.print("Next: mm log juggling --minutes 15 --score 23" + ("" if folder == Path() else f" --into {folder}"))


@app.command(epilog="Example: **mm log juggling --minutes 15 --score 23 --payoff 4 --part isolate**")
def log(
    skill: Annotated[str, typer.Argument(help="Which skill.")],
    minutes: Annotated[str | None, typer.Option(help="How long: 15, 1:30 or 1h30.")] = None,
    score: Annotated[str | None, typer.Option(help="Performance, in the skill's unit.")] = None,
    reps: Annotated[str | None, typer.Option(help="Repetitions done.")] = None,
    successes: Annotated[str | None, typer.Option(help="How many came off.")] = None,
    start: Annotated[str | None, typer.Option(help="2026-10-31 18:30.", show_default="now")] = None,
    payoff: Annotated[str | None, _rating("Reward felt in doing it.")] = None,
    praise: Annotated[str | None, _rating("Reward from others.")] = None,
    flow: Annotated[str | None, _rating("Absorbed, lost track of time.")] = None,
    challenge: Annotated[str | None, _rating("1 too easy, 3 just right, 5 too hard.")] = None,
    support: Annotated[str | None, _rating("Tools, time and place were ready.")] = None,
    mood_before: Annotated[str | None, _rating("Mood before.")] = None,
    mood_after: Annotated[str | None, _rating("Mood after.")] = None,
    part: Annotated[str | None, _detail("entry_trick, isolate, combine, repeat or experiment.")] = None,
    variation: Annotated[str | None, _detail("What was tweaked.")] = None,
    self: Annotated[str | None, _detail("The self it honoured, if not the card's.")] = None,
    note: Annotated[str | None, _detail("Anything worth keeping.")] = None,
    learner: Annotated[str, typer.Option(help="Who practised.")] = "me",
    into: Annotated[Path, typer.Option(help="The practice folder.", show_default="here")] = Path(),
    new: Annotated[bool, typer.Option("--new", help="A new skill, though its name is near to another's.")] = False,
) -> None:
    """Add one practice session to the log."""
    row = {name: value for name, value in locals().items() if value is not None and name not in ("into", "new")}
    from mmlib.log import append_sessions
    from mmlib.practice import load

    known = set(load(into, errors="quarantine").skills["skill"])  # a bad row elsewhere is no reason not to log
    hint = did_you_mean(skill, known)
    if skill not in known and hint.startswith("Did") and not new:
        raise PracticeError(f'No skill "{skill}" so far. {hint} To begin a new skill, add --new.')
    row["start"] = start or datetime.now().isoformat(sep=" ", timespec="minutes")
    try:
        append_sessions(into, row)
    except InputError as error:
        said = [f"{p.column}: found {p.found}, expected {p.expected}. {p.advice}" for p in error.problems]
        raise MMError("Nothing was added.\n" + "\n".join(said)) from None
    remark = "" if skill in known else " A new skill: describe it in skills.toml."
    say.print(f"{into / 'log.csv'}: one session of {skill} on {row['start']} added.{remark}", markup=False)


@app.command(epilog="Example: **mm check my-practice**")
def check(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """Look for mistakes in a log, its cards and milestones; exit with 2 if there are any."""
    from mmlib.practice import load

    try:
        practice = load(folder)
    except InputError as error:
        if as_json:
            typer.echo(json.dumps({"ok": False, "problems": [vars(problem) for problem in error.problems]}, indent=2))
            raise typer.Exit(2) from None
        raise
    log, skills = practice.log, practice.skills
    cardless = skills.loc[~skills["has_card"], "skill"].tolist()
    facts = {
        "ok": True,
        "sessions": len(log),
        "learners": log["learner"].nunique(),
        "skills": log["skill"].nunique(),
        "first": None if log.empty else str(log["start"].min()),
        "last": None if log.empty else str(log["start"].max()),
        "without_card": cardless,
    }
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    say.print(
        f"{folder}: no mistakes. {counted(facts['sessions'], 'session')}, {counted(facts['skills'], 'skill')}, "
        f"{counted(facts['learners'], 'learner')}"
        + (f", {facts['first'][:10]} to {facts['last'][:10]}." if facts["first"] else "."),
        markup=False,
    )
    if cardless:
        say.print(f"Without a card in skills.toml: {', '.join(cardless)}.", markup=False)


app.command("import", epilog="Example: **mm import cstimer_20261031.txt --into cube --tz Europe/Paris**")(import_)
app.command("export", epilog="Example: **mm export xapi my-practice --out statements.json**")(export)


app.command(epilog="Example: **mm report my-practice --month 2026-10**")(report)


@app.command(epilog="Example: **mm skills my-practice**")
def skills(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """List the skills: sessions, hours, last practice, unit, target, and whether there is a card."""
    from mmlib.measures.repetition import totals
    from mmlib.practice import load

    practice = load(folder)
    done = totals(practice.log.assign(learner="all"), by="skill").set_index("skill")
    last = practice.log.groupby("skill")["start"].max()
    rows = practice.skills.set_index("skill").assign(
        sessions=done["sessions"], minutes=done["minutes"], last=last.dt.strftime("%Y-%m-%d")
    )
    rows["sessions"] = rows["sessions"].fillna(0).astype(int)
    rows = rows.sort_values("sessions", ascending=False, kind="stable")
    if as_json:
        chosen = rows[["sessions", "minutes", "last", "domain", "unit", "better", "target", "self", "has_card"]]
        typer.echo(chosen.reset_index().to_json(orient="records", indent=2))
        return
    table = Table(
        "skill", "sessions", "hours", "last", "domain", "unit", "target", "card", box=None, header_style="bold"
    )
    for right in (1, 2, 6):
        table.columns[right].justify = "right"
    for row in rows.reset_index().to_dict("records"):
        hours = "" if row["minutes"] != row["minutes"] else f"{row['minutes'] / 60:,.1f}"
        target = "" if row["target"] != row["target"] else f"{row['target']:g}"
        texts = [row[name] if isinstance(row[name], str) else "" for name in ("last", "domain", "unit")]
        card = "yes" if row["has_card"] else "no"
        table.add_row(row["skill"], f"{row['sessions']:,}", hours, *texts, target, card)
    say.print(table, markup=False)


app.command(epilog="Example: **mm lab my-practice --learner ada**")(lab)
app.command(epilog="Example: **mm workshop tuesday --solutions**")(workshop)
app.command(epilog="Example: **mm gather handed-in/\\*.zip --into room**")(gather)
