"""One thing that was measured of a night's inputs: a share, and whether it will do. A plain value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MEASURED: Mapping[str, str] = {
    "address": "people with an address have one under the organization's mail domains",
    "status": "people have a status that is a known word",
    "name": "people have a readable name",
    "agency": "people belong to an agency of the agencies file",
    "supervisors": "supervisors of official accounts are in the directory",
    "same_id": "mailboxes belong to the same employee id as at the last run",
    "still_there": "people of the last run are still in the directory",
    "once": "people of the shorter of two files stand there alone, or otherwise",
    "newer": "exports are the newest that was handed in",
    "arrived": "mails of platforms arrived in a mailbox",
    "platform_mails": "mails are a platform's",
}
"""What is measured of a directory, whether an export is no older one (`newer`, of accounts as well), and whether a mail
log is one of mailboxes (the last two); `expect.usable` in audit.toml sets bounds by these names."""


READ_AGAIN = "read_again"
"""The key of the figure that says how many may stand in rows which could not be read."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured: `part` of `whole`. `held` is whether that will do; if not, `advice` says what to do.

    `key` names it in settings and in run.json; `source` is the table of audit.toml it is about.
    """

    source: str
    key: str
    meaning: str
    part: int
    whole: int
    held: bool = True
    advice: str = ""

    @property
    def share(self) -> float:
        """`part` of `whole`, 1 where there is nothing to be a part of."""
        return self.part / self.whole if self.whole else 1.0

    @property
    def said(self) -> str:
        """The figure in words, for a place that names the source already."""
        return f"{self.part:,} of {self.whole:,} {self.meaning} ({self.share:.0%})"

    def __str__(self) -> str:
        """As Start here shows it."""
        return f"{self.source}: {self.said}"
