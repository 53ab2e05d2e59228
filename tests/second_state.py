"""A state that is not the sample's, as its clerk hands it over: five exports, and the truth about them. Invented."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

DOMAIN = "nh.gov"
AGENCIES = (
    "Department of Transportation",
    "Department of Health and Human Services",
    "Fish and Game Department",
    "Department of Environmental Services",
    "Department of Safety",
)
GIVEN = ("Anna", "Ben", "Clara", "David", "Elena", "Frank", "Grace", "Henry", "Iris", "Jack")
FAMILY = ("Abbott", "Bishop", "Carver", "Dunlap", "Ellery", "Fiske", "Granger", "Holt", "Ingram", "Judkins")
LEFT, ON_LEAVE, ALIAS, SUPERVISOR = 7, 8, 20, 0
"""Which of the hundred workers left, is on leave, has mail under an alias, supervises an official account."""

ROADS = "New Hampshire Department of Transportation"

FINDINGS = {
    ("E-1", "finding", "facebook", "100210"),  # a mail that only members are sent
    ("E-1", "finding", "instagram", "100211"),
    ("E-1", "finding", "x", "100212"),
    ("E-1", "finding", "facebook", "100220"),  # under an alias that Active Directory alone knows
    ("E-2", "lead", "facebook", ""),  # to the mailbox of somebody who left in June
    ("E-2", "lead", "instagram", "100240"),  # an export that does not say whether the address was confirmed
    ("A-1", "lead", "x", ""),  # an agency's name on a person's account that no address ties
    ("C-1", "lead", "x", ""),
}
"""(Rule, tier, platform, employee id) of everything that is to be found, and nothing else is."""


def worker(number: int) -> tuple[str, str, str, str]:
    """Employee id, given name, family name and address."""
    given, family = GIVEN[number % 10], FAMILY[(number + number // 10) % 10]
    return f"1002{number:02}", given, family, f"{given}.{family}@{DOMAIN}".lower()


def account_name(number: int) -> str:
    """What a worker signs in with; also the name of an alias."""
    _, given, family, _ = worker(number)
    return f"{given[0]}{family}{number}".lower()


def write_exports(folder: Path) -> list[Path]:
    """Write the five exports and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _workers(folder / "All_Workers_2026-11-20.xlsx"),
        _active_directory(folder / "ad_users.csv"),
        _registry(folder / "social_media_directory.csv"),
        _trace(folder / "trace_export.xlsx"),
        _accounts(folder / "usernames.csv"),
    ]


def _workers(path: Path) -> Path:
    """An HR report: titles above, one column of names "Last, First", US dates, a total below."""
    titles = [["State of New Hampshire"], ["All Workers"], ["Effective Date", "11/20/2026"], []]
    headings = ["Employee ID", "Worker", "Business Title", "Supervisory Organization", "Department"]
    headings += ["Worker Status", "Worker Type", "Hire Date", "Termination Date", "Email - Work"]
    rows = []
    for number in range(100):
        employee_id, given, family, address = worker(number)
        status = {LEFT: "Terminated", ON_LEAVE: "On Leave"}.get(number, "Active")
        left, agency = "06/30/2026" if number == LEFT else "", AGENCIES[number % 5]
        unit = f"{agency} ({FAMILY[number % 10]})"
        hired = f"{1 + number % 12:02}/{1 + number % 28:02}/2015"
        row = [employee_id, f"{family}, {given}", "Analyst", unit, agency, status, "Employee", hired, left]
        rows.append([*row, address])
    return _book(path, [*titles, headings, *rows, ["Total: 100"]])


def _active_directory(path: Path) -> Path:
    """Users with their aliases under two names of one mail system; the last three are nobody."""
    headings = ["SamAccountName", "EmployeeID", "Name", "GivenName", "Surname", "mail", "proxyAddresses", "Enabled"]
    rows = []
    for number in range(100):
        employee_id, given, family, address = worker(number)
        name, local = account_name(number), address.partition("@")[0]
        aliases = f"SMTP:{address};smtp:{name}@{DOMAIN};smtp:{local}@state.nh.us"
        enabled = str(number not in (LEFT, ON_LEAVE))
        rows.append([name, employee_id, f"{family}, {given}", given, family, address, aliases, enabled])
    for name in ("svc-print", "room.a1", "helpdesk"):
        rows.append([name, "", name, "", "", f"{name}@{DOMAIN}", f"SMTP:{name}@{DOMAIN}", "True"])
    return _csv(path, [headings, *rows])


def _registry(path: Path) -> Path:
    """A page of official accounts as a state publishes it: one row an agency, a column for each platform."""
    roads, health, game, _, safety = AGENCIES
    answers = [worker(number)[3] for number in (SUPERVISOR, 1, 2, 4)]
    return _csv(
        path,
        [
            ["Agency", "Facebook", "X (Twitter)", "Instagram", "YouTube", "Contact Email"],
            [roads, "https://www.facebook.com/NHDOTnews", "@NewHampshireDOT", "nhdot", "", answers[0]],
            [health, "NHDHHS", "@NHDHHSPIO", "", "https://www.youtube.com/@NHDHHS", answers[1]],
            [
                game,
                "facebook.com/nhfishandgame",
                "https://twitter.com/NHFishandGame (main)",
                "nhfg; nhwild",
                "N/A",
                answers[2],
            ],
            [safety, "none", "@NHDeptSafety", "", "", answers[3]],
        ],
    )


def _trace(path: Path) -> Path:
    """A message trace that was opened in Excel and saved as a workbook."""
    headings = ["origin_timestamp_utc", "sender_address", "recipient_status", "message_subject", "total_bytes"]
    headings += ["message_id", "network_message_id", "directionality"]
    facebook = ("security@facebookmail.com", "New login to Facebook")
    told = [
        (worker(10)[3], *facebook),
        (worker(11)[3], "no-reply@mail.instagram.com", "New login on Instagram"),
        (worker(12)[3], "info@x.com", "New login to X from Chrome on Windows"),
        (worker(LEFT)[3], *facebook),
        (f"{account_name(ALIAS)}@{DOMAIN}", *facebook),
        (worker(SUPERVISOR)[3], *facebook),
        *((worker(number)[3], "news@vendor.example", "The week in paving") for number in range(100)),
    ]
    sent_at = datetime(2026, 11, 18, 3, 0, 7)  # noqa: DTZ001  (cells have no zone)
    rows = [
        [sent_at + timedelta(minutes=n), sender, f"{to}##Receive, Delivered", subject, 2000, f"<{n}@a>", n, "In"]
        for n, (to, sender, subject) in enumerate(told)
    ]  # fmt: skip
    return _book(path, [["Message trace results"], headings, *rows])


def _accounts(path: Path) -> Path:
    """What a monitoring contract delivers."""
    return _csv(
        path,
        [
            ["Platform", "Profile URL", "Username", "Name", "Biography", "Email"],
            ["Instagram", "https://www.instagram.com/annahikes", "annahikes", "Anna A.", "I hike", worker(40)[3]],
            ["X", "https://x.com/NewHampshireDOT", "NewHampshireDOT", "NHDOT", "New Hampshire DOT, official", ""],
            ["X", "https://x.com/BenPavesRoads", "BenPavesRoads", f"Ben, {ROADS}", f"Engineer at the {ROADS}", ""],
        ],
    )  # fmt: skip


def _book(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def _csv(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path
