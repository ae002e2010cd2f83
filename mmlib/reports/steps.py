"""How far a report is: a bar on the terminal, or whoever asks to be told; the libraries' own talk is kept away."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

NOISY = ("papermill", "nbclient", "nbconvert", "traitlets", "asyncio")
Reached = Callable[[int], None]


def steps(name: str, total: int, progress: bool | Callable[[float], object]) -> AbstractContextManager[Reached]:
    """Return a context that gives a function to call with the number of steps that are done.

    Parameters
    ----------
    name : str
        The report's, which stands before the bar.
    total : int
        How many steps there are.
    progress : bool or callable
        Show a bar on the terminal; or what is called with the share that is done, from 0 to 1.

    Examples
    --------
    >>> with steps("ada", 4, lambda share: print(share)) as reached:
    ...     reached(3)
    0.75
    """
    return _told(progress, total) if callable(progress) else _bar(name, total, shown=progress)


@contextmanager
def _told(tell: Callable[[float], object], total: int) -> Iterator[Reached]:
    def reached(done: int) -> None:
        tell(min(done / total, 1.0))

    yield reached


@contextmanager
def _bar(name: str, total: int, *, shown: bool) -> Iterator[Reached]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not (shown and console.is_terminal)
    ) as bar:
        task = bar.add_task(name, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' talk away from the terminal: what matters comes as an exception."""
    loggers = [logging.getLogger(name) for name in NOISY]
    before = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
