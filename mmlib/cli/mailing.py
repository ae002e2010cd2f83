"""mm report --mail and --send: the built reports as mails beside them, and sent where asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mmlib.cli.building import complain
from mmlib.cli.shared import say
from mmlib.errors import MMError, counted

if TYPE_CHECKING:
    from mmlib.reports.mail.mailing import Mailed
    from mmlib.reports.many import Outcome


class Post:
    """What mails need, looked at before anything is built: the addresses, and the server where they are sent."""

    def __init__(self, folder: Path, *, send: bool, force: bool) -> None:
        from mmlib.reports.mail import addresses, posting
        from mmlib.reports.mail import message as mail

        mail.check_rasters()
        self._folder, self._force = folder, force
        self._addresses = addresses.read_addresses(folder)
        self._server = posting.server(os.environ) if send else None
        self._sender = self._server.sender if self._server else posting.sender_of(os.environ)
        if send and not self._addresses:
            raise MMError(
                f"{folder}: {addresses.NAME} is not there or names nobody: there is nobody to send to. Write it with "
                "learner,address in its first row, then a row for each, as ada,ada@example.org."
            )

    def mail(self, outcome: Outcome) -> bool:
        """Write, and send where asked; return whether all went well."""
        from mmlib.reports.mail.mailing import mailed, sent

        jobs = [*(job for job, _ in outcome.built), *outcome.skipped]
        own = [job for job in jobs if str(job.parameters.get("folder", self._folder)) == str(self._folder)]
        shelves = dict.fromkeys(Path(job.out).parent for job in own)
        well = True
        for out in shelves:
            places = sorted(job.place for job in own if Path(job.out).parent == out)
            done = mailed(out, places, self._addresses, sender=self._sender)
            if self._server:
                sent(out, done, self._server, force=self._force)
            self._tell(done, out)
            well = well and not done.failed
        return well

    def _tell(self, done: Mailed, out: Path) -> None:
        for notice in done.notices:
            say.print(notice, markup=False)
        if self._server:
            several = counted(len(done.sent), "report")
            say.print(f"{several} sent through {self._server.host}." if done.sent else "Nothing to send.", markup=False)
        elif len(done.written) == 1:
            say.print(str(done.written[0].path), markup=False)
        elif done.written:
            say.print(f"{counted(len(done.written), 'mail')} beside the reports: {out}", markup=False)
        if done.failed:
            complain(f"{counted(len(done.failed), 'report')} not {'sent' if self._server else 'mailed'}:")
        for place, why in done.failed:
            complain(f"  {place}: {why}")
