"""What all commands share: how they print, and the arguments that mean the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

say = Console(soft_wrap=True, highlight=False)

Folder = Annotated[Path, typer.Argument(help="The practice folder, or one log file.", show_default="here")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
