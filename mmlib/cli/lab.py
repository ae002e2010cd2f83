"""mm lab: JupyterLab on a practice folder, with notebooks that are set to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from mmlib.cli.shared import Folder, say
from mmlib.errors import PracticeError, counted, did_you_mean


def lab(
    folder: Folder = Path(),
    learner: Annotated[
        str | None, typer.Option(help="Whose practice the notebooks show.", show_default="who practised last")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say the address.")] = False,
    port: Annotated[int | None, typer.Option(help="Where it answers.", show_default="8888, or the next free")] = None,
) -> None:
    """Open JupyterLab on a practice folder: a notebook to start from, and one to explore each theme."""
    from mmlib.practice import load
    from mmlib.words import listed

    log = load(folder).log
    learners = sorted(log["learner"].unique())
    if learner and learners and learner not in learners:
        raise PracticeError(f'{folder}: no learner "{learner}" in the log. {did_you_mean(learner, learners)}')
    last = "me" if log.empty else log.loc[log["start"].idxmax(), "learner"]
    base = folder if folder.is_dir() else folder.parent
    shows = _copy(folder, base / "notebooks", learner, last)
    others = [name for name in learners if name != shows]
    if others and not learner:
        more = [f"{len(others) - 8} more"] if len(others) > 8 else []
        say.print(f"They show {shows}; the log also holds {listed([*others[:8], *more])}.", markup=False)
        say.print(f"To choose one: mm lab {folder} --learner {others[0]}", markup=False)
    if log.empty:
        say.print("The log is empty so far: begin with the form or a drill in start.ipynb.", markup=False)
    first = "start.ipynb" if folder.is_dir() else "repetition.ipynb"
    raise typer.Exit(_serve(base, f"notebooks/{first}", no_browser, port))


def _copy(folder: Path, to: Path, learner: str | None, last: str) -> str:
    """Copy the notebooks, say what became of those that were there, and return whom the first of them shows."""
    from mmlib.reports.shipped import copy_notebooks, parameter_values, reset_parameters
    from mmlib.words import listed

    place = ".." if folder.is_dir() else f"../{folder.name}"
    patterns = ["explore/*.ipynb", *(["start.ipynb"] if folder.is_dir() else [])]  # a form needs a whole folder
    copies = [copy_notebooks(each, to, {"folder": place, "learner": learner or last}) for each in patterns]
    files = [path for each in copies for path in each.files]
    for path in files:
        # A copy that shows this folder already keeps its learner, unless another one is asked for.
        if learner or parameter_values(path).get("folder") != place:
            reset_parameters(path, {"folder": place, "learner": learner or last})
    say.print(f"{to}: {counted(len(files), 'notebook')}.", markup=False)
    for words, kind in (
        ("Renewed, for this mmlib has newer ones:", "renewed"),
        ("Kept as you have changed them, though this mmlib has newer ones (rename yours to get them):", "kept"),
    ):
        if names := [path.name for each in copies for path in getattr(each, kind)]:
            say.print(f"{words} {listed(names)}.", markup=False)
    return str(parameter_values(files[0]).get("learner", learner or last))


def _serve(root: Path, first: str, no_browser: bool, port: int | None) -> int:
    """Run JupyterLab until it is stopped; it prints its own address, also where no browser can be opened."""
    options = [f"--ServerApp.root_dir={root.resolve()}", f"--LabApp.default_url=/lab/tree/{first}"]
    options += ["--ServerApp.log_level=WARN", "--LabApp.log_level=WARN"]  # else the address drowns
    options += ["--no-browser"] if no_browser else []
    options += [f"--ServerApp.port={port}"] if port else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container; it listens on this machine only, and wants its token
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}  # the kernel of this Python, which has mmlib
    say.print("JupyterLab starts; stop it here with Ctrl+C.", markup=False)
    with subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env=environment) as server:
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:  # it has got it too, and asks whether to stop
                continue
