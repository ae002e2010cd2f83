"""The command line as a module: python -m mmlib.cli."""

from __future__ import annotations

from mmlib.cli import main

main()
