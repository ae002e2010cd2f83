"""mm report: one report or many, what lies on the shelf, notebooks of one's own, and reports by mail."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import typer

from mmlib.cli import building, custom, mailing, shelving
from mmlib.cli.choosing import Choice
from mmlib.cli.shared import Folder, say
from mmlib.errors import MMError

WHICH, HOW, SHELF = "Which reports", "How they are built", "What is there"
OWN, MAIL = "A notebook of your own", "Mail"
NEEDS = {  # an option, as it is called here -> the one that it belongs to
    "dry_run": "prune",
    "as_json": "status",
    "send": "mail",
    "name": "notebook",
    "parameter": "notebook",
}
APART = (  # what does not go together
    *[("status", name) for name in ("prune", "notebook", "mail")],
    *[("prune", name) for name in ("notebook", "mail", "learner", "month", "cohort")],
    *[("notebook", name) for name in ("every", "missing", "cohort", "mail", "scheduler", "jobs")],
    ("missing", "force"),
    ("cohort", "learner"),
)


def _option(panel: str, text: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=text, rich_help_panel=panel, **more)


def report(
    folder: Folder = Path(),
    learner: Annotated[
        str | None, _option(WHICH, "Who: ada, or ada,bob.", metavar="NAMES", show_default="the only one")
    ] = None,
    month: Annotated[
        str | None,
        _option(WHICH, "2026-10, 2026-01..2026-10, 2026-06.., or a list.", metavar="MONTHS", show_default="the newest"),
    ] = None,
    every: Annotated[bool, _option(WHICH, "Every learner and month with practice.", "--all")] = False,
    missing: Annotated[
        bool, _option(WHICH, "The same, and no word if none is missing or stale: for a schedule.", "--missing")
    ] = False,
    cohort: Annotated[bool, _option(WHICH, "One report of all learners together, without names.", "--cohort")] = False,
    to: Annotated[str, _option(HOW, "html, pdf or both.", metavar="FORMATS")] = "html,pdf",
    out: Annotated[Path, _option(HOW, "Where reports go.", metavar="FOLDER")] = Path("reports"),
    errors: Annotated[
        str, _option(HOW, "raise: stop at bad rows; quarantine: set them aside.", metavar="WHAT")
    ] = "raise",
    force: Annotated[bool, _option(HOW, "Also those that are up to date.", "--force")] = False,
    jobs: Annotated[
        int | None, _option(HOW, "How many at a time.", metavar="N", min=1, show_default="one per core")
    ] = None,
    retries: Annotated[int, _option(HOW, "How often a failed one is tried again.", metavar="N", min=0)] = 0,
    scheduler: Annotated[
        str | None, _option(HOW, "Build on a Dask cluster: tcp://10.0.0.5:8786.", metavar="ADDRESS")
    ] = None,
    quiet: Annotated[bool, _option(HOW, "No progress.", "--quiet", "-q")] = False,
    status: Annotated[bool, _option(SHELF, "List what is built, stale and missing.", "--status")] = False,
    as_json: Annotated[bool, _option(SHELF, "The list as JSON, for scripts.", "--json")] = False,
    prune: Annotated[bool, _option(SHELF, "Remove reports that the log no longer has.", "--prune")] = False,
    dry_run: Annotated[bool, _option(SHELF, "Only say what would be removed.", "--dry-run")] = False,
    notebook: Annotated[Path | None, _option(OWN, "A notebook with a parameters cell.", metavar="FILE")] = None,
    parameter: Annotated[
        list[str] | None,
        _option(OWN, "A value for one of them; may be repeated.", "--parameter", "-p", metavar="NAME=VALUE"),
    ] = None,
    name: Annotated[
        str | None, _option(OWN, "The files' name.", metavar="NAME", show_default="from notebook and values")
    ] = None,
    help_notebook: Annotated[
        bool, _option(OWN, "List its parameters: types, defaults, meaning.", "--help-notebook")
    ] = False,
    mail: Annotated[bool, _option(MAIL, "Write each report as a mail, beside it (.eml).", "--mail")] = False,
    send: Annotated[bool, _option(MAIL, "… and send it.", "--send")] = False,
) -> None:
    """Build monthly reports as HTML and PDF; what is up to date is not built again."""
    asked = SimpleNamespace(**locals())
    _check(asked)
    formats = tuple(kind.strip() for kind in to.split(","))
    choice = Choice(folder, out, learner, month, formats, errors, every=every or missing, cohort=cohort)
    if help_notebook:
        custom.describe(notebook)
    elif notebook:
        custom.run(asked, formats)
    elif status:
        shelving.status(choice.wanted(), out, as_json=as_json)
    elif prune:
        shelving.prune(choice.wanted(), out, dry_run=dry_run)
    else:
        _build(asked, choice)


def _check(asked: SimpleNamespace) -> None:
    """Refuse options that do not go together."""
    given = {name for name, value in vars(asked).items() if value not in (None, False, [])}
    for name, partner in NEEDS.items():
        if name in given and partner not in given:
            raise MMError(f"{_typed(name)} belongs to {_typed(partner)}, which is missing.")
    for one, other in APART:
        if one in given and other in given:
            raise MMError(f"{_typed(one)} and {_typed(other)} do not go together.")


def _typed(name: str) -> str:
    return {"as_json": "--json", "every": "--all"}.get(name, "--" + name.replace("_", "-"))


def _build(asked: SimpleNamespace, choice: Choice) -> None:
    if not (asked.every or asked.missing):
        from mmlib.reports.warm import warm_up

        warm_up()  # one report will most likely be built: the kernel's imports need not wait for ours
    post = mailing.Post(asked.folder, send=asked.send, force=asked.force) if asked.mail else None
    found, notices = choice.jobs()
    if not found and not asked.missing:
        raise MMError(f"month: found {asked.month}, expected months with practice; nobody asked for has any then.")
    for notice in notices:
        say.print(notice, markup=False)
    outcome = building.build(
        found,
        quiet=asked.quiet,
        processes=asked.jobs,
        scheduler=asked.scheduler,
        retries=asked.retries,
        force=asked.force,
    )
    building.tell(outcome, several=len(found) > 1, silent=asked.missing)
    mailed = post.mail(outcome) if post else True
    building.end(outcome.failed)
    if not mailed:
        raise typer.Exit(1)
