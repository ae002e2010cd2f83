"""mm experiment: draw the plan of an experiment of one, and say what it has shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from mmlib.cli.shared import AsJson, say
from mmlib.errors import MMError, PracticeError, did_you_mean

experiment = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="A randomised experiment of one: does one skill feed another?",
    epilog="Begin with **mm experiment plan --to ukulele --from harmonica --weeks 12**",
)


@experiment.command("plan", epilog="Example: **mm experiment plan --to ukulele --from harmonica --weeks 12**")
def plan_(
    to: Annotated[str, typer.Option(help="The skill that may gain.")],
    from_: Annotated[str, typer.Option("--from", help="The skill that may feed it.")],
    weeks: Annotated[int, typer.Option(help="How long.")] = 8,
    block_days: Annotated[int, typer.Option(help="The length of a block with or without it.")] = 7,
    window_days: Annotated[int, typer.Option(help="For how many days practice is thought to show.")] = 7,
    minutes: Annotated[int, typer.Option(help="Minutes a day that the calendar asks for.")] = 20,
    start: Annotated[str | None, typer.Option(help="2026-11-02.", show_default="next Monday")] = None,
    seed: Annotated[int | None, typer.Option(help="The draw's seed.", show_default="drawn")] = None,
    into: Annotated[Path, typer.Option(help="The practice folder.", show_default="here")] = Path(),
) -> None:
    """Draw a plan of blocks with and without a second skill; write its table, and a calendar for the phone."""
    import secrets

    from mmlib.charts.synergy.experiment_words import could_show
    from mmlib.experiments import write_plan
    from mmlib.measures.synergy import experiment_power, plan_experiment
    from mmlib.practice import load

    practice = load(into, errors="quarantine")
    for skill in (to, from_):
        if skill not in set(practice.skills["skill"]):
            raise PracticeError(f'No skill "{skill}". {did_you_mean(skill, practice.skills["skill"])}')
    lengths = {"weeks": weeks, "block_days": block_days, "window_days": window_days}
    plan = plan_experiment(
        to, from_, start=_day(start), seed=secrets.randbelow(10**6) if seed is None else seed, **lengths
    )
    files = write_plan(plan, into, minutes=minutes)
    table = Table("block", "from", "to", from_, box=None, header_style="bold")
    for row in plan.to_dict("records"):
        days = (f"{row[name]:%a %d %b %Y}" for name in ("start", "end"))
        table.add_row(str(row["block"]), *days, "yes" if row["condition"] == "with" else "no")
    say.print(table, markup=False)
    say.print(f"{to} as usual all the time. Written: {files[0]} and {files[1].name}, for a calendar.", markup=False)
    if {to, from_} <= set(practice.log["skill"]):
        for row in experiment_power(practice.log, plan).to_dict("records"):
            who = "" if practice.log["learner"].nunique() == 1 else f"{row['learner']}: "
            say.print(f"{who}{could_show(row)}", markup=False)
    say.print(f"Log every session of both; when it is over: mm experiment effect {files[0]}", markup=False)


def _day(start: str | None) -> datetime:
    """Return a date as it was typed, or next Monday."""
    if start is None:
        now = datetime.now()
        return now + timedelta(days=7 - now.weekday())
    try:
        return datetime.fromisoformat(start)
    except ValueError:
        raise MMError(f'--start: found "{start}", expected a date. Write 2026-11-02.') from None


@experiment.command("effect", epilog="Example: **mm experiment effect experiment-harmonica-ukulele-2026-11-02.csv**")
def effect_(
    plan: Annotated[Path, typer.Argument(help="The plan's table, beside the log.")],
    learner: Annotated[str | None, typer.Option(help="Who.", show_default="everybody in the log")] = None,
    as_of: Annotated[str | None, typer.Option(help="The last day that counts.", show_default="today")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what an experiment has shown, once its plan has ended."""
    from mmlib.charts.synergy.experiment_words import told
    from mmlib.experiments import read_plan
    from mmlib.measures.synergy import experiment_effect
    from mmlib.practice import load

    table, log = read_plan(plan), load(plan.parent, learner=learner).log
    found = experiment_effect(log, table, as_of=datetime.now() if as_of is None else _day(as_of))
    if as_json:
        typer.echo(found.to_json(orient="records", indent=2))
        return
    for row in found.to_dict("records"):
        who = "" if len(found) == 1 else f"{row['learner']}: "
        say.print(who + "\n".join(told(row)), markup=False)
    if found.empty:
        say.print(f"{plan.parent}: the log holds no sessions yet.", markup=False)
