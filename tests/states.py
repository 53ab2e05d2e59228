"""Small invented states on disk, for tests that run a night."""

import csv
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import audit.config
import audit.night.run
from audit.model.finding import Finding
from audit.model.night import Night

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = date(2026, 11, 20)
HR = (
    "employee_id,given_name,family_name,preferred_name,work_email,other_emails,agency_code,agency,title,status,"
    "start_date,end_date"
)
ACCOUNTS = (
    "platform,account_id,handle,url,display_name,bio,location,links,emails,registered_email,created_at,observed_at"
)
OFFICIAL = "platform,handle,account_id,url,agency_code,supervisor_employee_id,registered_email,status,reviewed_on"
AGENCIES = "agency_code,name,acronyms,parent_code,aliases,domains,handles"


@dataclass
class State:
    """A small invented state on disk: rows are dicts, columns not named are empty."""

    folder: Path
    people: list[dict[str, str]] = field(default_factory=list)
    accounts: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    official: list[dict[str, str]] = field(default_factory=list)
    agencies: list[dict[str, str]] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    """Extra TOML lines by source name ("directory" and "organization" too)."""

    def write(self) -> Path:
        """Write the inputs; the path of audit.toml."""
        write_csv(self.folder / "hr.csv", HR, self.people)
        write_csv(self.folder / "agencies.csv", AGENCIES, self.agencies)
        write_csv(self.folder / "official.csv", OFFICIAL, self.official)
        lines = [
            "[organization]", 'name = "State of Maine"', 'state = "ME"', 'mail_domains = ["maine.gov", "state.me.us"]',
            'other_domains = ["courts.maine.gov"]', 'agencies = "agencies.csv"', 'official_accounts = "official.csv"',
            self.options.get("organization", ""),
            "[directory]", 'connector = "hr_csv"', 'path = "hr.csv"', self.options.get("directory", ""),
        ]  # fmt: skip
        for name, rows in self.accounts.items():
            write_csv(self.folder / f"{name}.csv", ACCOUNTS, rows)
            lines += [f"[sources.{name}]", 'connector = "accounts_csv"', f'path = "{name}.csv"']
            lines.append(self.options.get(name, ""))
        path = self.folder / "audit.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def night(self, day: date = DAY, *, only: tuple[str, ...] = ()) -> Night:
        """Judge a day, at noon or as many days later."""
        at = max(NOON, NOON + (day - DAY))
        return audit.night.run.run(audit.config.load(self.write()), day, only=only, clock=lambda: at)

    def findings(self, day: date = DAY) -> dict[str, list[Finding]]:
        """Tonight's findings by the account's handle (else id, else mailbox)."""
        found: dict[str, list[Finding]] = {}
        for finding in self.night(day).findings:
            found.setdefault(finding.handle or finding.account_id or finding.mailbox, []).append(finding)
        return found


def rewritten(state: State, name: str, change: dict[str, str]) -> None:
    """Write the state's files, with words of one of them replaced; `State.night` then leaves them as they are."""
    state.write()
    path = state.folder / name
    text = path.read_text(encoding="utf-8")
    for this, by in change.items():
        assert this in text
        text = text.replace(this, by)
    path.write_text(text, encoding="utf-8")
    state.write = lambda: state.folder / "audit.toml"  # type: ignore[method-assign]


def written(folder: Path) -> bytes:
    """Everything below a folder, workbooks unpacked: what is not in it was not kept."""
    pieces = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        pieces.append(path.read_bytes())
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                pieces += [book.read(name) for name in book.namelist()]
    return b"\n".join(pieces)


def write_csv(path: Path, header: str, rows: list[dict[str, str]]) -> None:
    """Rows below a header; columns that a row does not name are empty."""
    names = header.split(",")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)


def person(employee_id: str, given: str, family: str, **more: str) -> dict[str, str]:
    """A row of hr.csv; `more` are columns to change."""
    return {
        "employee_id": employee_id,
        "given_name": given,
        "family_name": family,
        "work_email": f"{given}.{family}@maine.gov".lower(),
        "agency_code": "17",
        "status": "active",
        "start_date": "2019-04-01",
        **more,
    }


def account(handle: str, **more: str) -> dict[str, str]:
    """A row of an export of accounts on X; `more` are columns to change."""
    account_id = f"9000{sum(map(ord, handle)):08d}"
    return {"platform": "x", "handle": handle, "account_id": account_id, "observed_at": "2026-11-19T02:00:00Z", **more}


def small_state(folder: Path) -> State:
    """Four people, three agencies, one official account, and an export that is empty."""
    return State(
        folder,
        people=[
            person("00017", "Ada", "Thibodeau"),
            person("00018", "Lee", "Ouellette", agency_code="16-222", title="Trooper"),
            person("00019", "Remy", "Cyr", status="terminated", end_date="2025-01-31"),
            person("00020", "Noor", "Haddad", other_emails="n.haddad@maine.gov;noor@example.org", status="leave"),
        ],
        agencies=[
            {"agency_code": "17", "name": "Department of Transportation", "acronyms": "MaineDOT;DOT"},
            {"agency_code": "16", "name": "Department of Public Safety", "acronyms": "DPS"},
            {"agency_code": "16-222", "name": "Maine State Police", "acronyms": "MSP", "parent_code": "16"},
        ],
        official=[
            {
                "platform": "x",
                "handle": "MaineDOT1",
                "account_id": "555",
                "agency_code": "17",
                "status": "active",
                "supervisor_employee_id": "00017",
                "registered_email": "ada.thibodeau@maine.gov",
            },
        ],
        accounts={"export": []},
    )
