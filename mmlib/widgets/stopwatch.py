"""A stopwatch whose hands move in the page alone: the kernel hears of each press, and of nothing between."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

from traitlets import Bool, Float, Int, observe

from mmlib.widgets.forms import Part, module


class Stopwatch(Part):
    """A stopwatch: start, stop, reset.

    It goes on when the page is closed, and shows the right time when it is opened again: what is kept is when it
    was started, not how far it has come.

    Attributes
    ----------
    running : bool
        Whether it runs.
    banked : float
        Seconds that ran before the last stop.
    started : float
        When it was started last, in seconds since 1970 by the clock of whoever pressed.
    offset : int or None
        Minutes by which the wall clock before the learner is ahead of universal time; None until a page says so.
    began : datetime or None
        The wall-clock time of the first start since the last reset.
    """

    _esm = module("stopwatch")
    SET_BY_PAGE = ("running", "banked", "started", "offset")

    running = Bool(False).tag(sync=True)
    banked = Float(0.0).tag(sync=True)
    started = Float(0.0).tag(sync=True)
    offset = Int(None, allow_none=True).tag(sync=True)

    def __init__(self, **traits: object) -> None:
        self.began: datetime | None = None
        self._since = 0.0
        super().__init__(**traits)

    def start(self) -> None:
        """Start it, or let it go on."""
        if not self.running:
            with self.hold_trait_notifications():
                self.started, self.running = time.time(), True

    def stop(self) -> None:
        """Stop it; the next start goes on from here."""
        if self.running:
            with self.hold_trait_notifications():
                self.banked, self.running = self.seconds, False

    def reset(self) -> None:
        """Put it back to nothing."""
        with self.hold_trait_notifications():
            self.running, self.banked, self.started = False, 0.0, 0.0

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return self.banked + (max(0.0, time.time() - self._since) if self.running else 0.0)

    def now(self) -> datetime:
        """Return the time on the learner's wall, without a zone."""
        if self.offset is None:
            return datetime.now().replace(microsecond=0)
        wall = timezone(timedelta(minutes=self.offset))
        return datetime.now(wall).replace(microsecond=0, tzinfo=None)

    @observe("running", "banked")
    def _pressed(self, change: dict) -> None:
        # The page's clock and the kernel's may differ: each measures with its own.
        if change["name"] == "running" and self.running:
            self._since = time.time()
            self.began = self.began or self.now()
        elif not self.running and not self.banked:
            self.began = None
