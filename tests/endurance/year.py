"""A year of a made state, night after night: everything changes as in life, and an oracle looks at every night.

    python -m tests.endurance.year --seed N [--nights 365] [--people 40]

People are hired, leave, come back, marry, move, get other ids; their addresses and ids are given again to others;
accounts are renamed, deleted and come back; exports fail, shrink, are cut or change their headings; the directory
fails; reviewers decide, contest each other, leave copies; the policy pack changes; old nights are purged. The oracle
knows the world and the files that a night writes, and no word of how the product judges. Prints what it saw, and each
violation.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import audit.cli
import audit.config
from audit.night.inputs import InputUnusable
from audit.night.run import run
from tests.editing import Book
from tests.states import DAY, NOON, State, account, person

GIVEN = ("Ada", "Noor", "Lee", "Remy", "Pat", "Ines", "Tomas", "Wren", "Odd", "Jun")
FIRST, LAST = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fern", "Gorse"), ("moor", "water", "field", "wick", "ton")
AGENCIES = {"17": "Department of Transportation", "16": "Department of Public Safety", "10": "Department of Labor"}
SOURCES, RETENTION = ("alpha", "beta"), 25
FAILS = ("missing", "half written", "shrunk", "other headings", "empty")
BROKEN = ("cut in its last row", "with a row that cannot be read")
HARMLESS = ("late", *BROKEN)
OF_PEOPLE = ("hire", "leave", "return", "marry", "transfer", "forgotten", "registry", "number")
OF_ACCOUNTS = ("open", "rename", "delete", "come back", "other address")
LIVE = frozenset(("new", "open", "reopened"))
RULES = ("E-1", "E-2")

Key = tuple[str, str, str]
"""Account id, rule, employee id."""


@dataclass
class Human:
    """Somebody in the world; `names` are all full names that this one ever had."""

    names: list[str]
    employee_id: str
    mailbox: str
    agency: str
    since: date
    until: date | None = None

    @property
    def row(self) -> dict[str, str]:
        given, family = self.names[-1].split()
        gone = {"status": "terminated", "end_date": str(self.until)} if self.until else {}
        more = {"work_email": self.mailbox, "agency_code": self.agency, "start_date": str(self.since)}
        return person(self.employee_id, given, family, **more, **gone)


@dataclass
class Handle:
    """An account of the world, in the export of one source, registered with a mailbox since a day."""

    number: int
    source: str
    handle: str
    mailbox: str
    created: date
    shown: bool = True

    @property
    def account_id(self) -> str:
        return str(7_000_000 + self.number)

    @property
    def row(self) -> dict[str, str]:
        created = f"{self.created}T12:00:00Z"
        return account(
            self.handle, account_id=self.account_id, registered_email=self.mailbox, created_at=created, observed_at=""
        )


@dataclass
class Typed:
    """Words that somebody typed about a finding, which named somebody then."""

    word: str
    finding_id: str
    named: Human | None
    night: int
    gone: bool = False
    taken: bool = False


@dataclass
class World:
    """The truth, and the chance that moves it."""

    folder: Path
    chance: random.Random
    size: int
    day: date = DAY
    night: int = 0
    people: list[Human] = field(default_factory=list)
    accounts: list[Handle] = field(default_factory=list)
    free: list[Human] = field(default_factory=list)
    """Who left, and whose mailbox or id nobody has been given yet."""
    policy: str = "maine"
    typed: list[Typed] = field(default_factory=list)
    given: dict[str, list[Handle]] = field(default_factory=dict)
    """What each source's last export that was taken said, as copies."""
    good: dict[str, bytes] = field(default_factory=dict)
    """The file of that export."""
    cut: set[str] = field(default_factory=set)
    """Ids of accounts whose row is cut, or broken, tonight."""
    registered: dict[str, str] = field(default_factory=dict)
    """The mailbox of each account, as its row said when it was last read."""
    broken: int = 0
    """Which row of the export was broken last, from 0."""
    supervisor: str = ""
    supervised: str = ""
    """The supervisor of the night before: that this one no longer answers for the account is told once."""
    last: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Findings by id, as the last night's findings.jsonl has them."""
    happened: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    met: dict[tuple[str, str], Human] = field(default_factory=dict)
    """Who alone held the mailbox of an account (its id, the mailbox) when the account was first seen under it: whoever
    holds it later may have nothing to do with the account, also where the two were employed side by side."""
    either: set[str] = field(default_factory=set)
    """Ids of accounts whose mailbox somebody else held before: a lead, until a purge has forgotten that."""
    seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    serial: int = 0

    # The world moves

    def begin(self) -> None:
        """Everybody who is there on the first day."""
        for _ in range(self.size):
            self.hire(DAY - timedelta(days=self.chance.randrange(400, 3000)))
        for _ in range(self.size // 2):
            self.open_account()

    def hire(self, since: date) -> None:
        self.serial += 1
        n = self.serial
        name = f"{GIVEN[n % 10]} {FIRST[n // 10 % 7]}{LAST[n // 70 % 5]}{'abcdefghij'[n // 350 % 10]}"
        given, family = name.split()
        new = Human(
            [name], f"{10_000 + n}", f"{given}.{family}@maine.gov".lower(), self.chance.choice([*AGENCIES]), since
        )
        if self.free and self.chance.random() < 0.6:
            old = self.free.pop(self.chance.randrange(len(self.free)))
            if self.chance.random() < 0.5:
                new.mailbox, old.mailbox = old.mailbox, ""
                self.happened["address given again"] += 1
            else:
                new.employee_id = old.employee_id
                self.people.remove(old)
                self.happened["id given again"] += 1
        self.people.append(new)

    def open_account(self) -> None:
        self.serial += 1
        owner = self.chance.choice([one for one in self.people if one.mailbox])
        created = owner.since + timedelta(days=self.chance.randrange(1, 300))
        mailbox = owner.mailbox if self.chance.random() < 0.85 else f"nobody{self.serial}@maine.gov"
        source = self.chance.choice(SOURCES)
        self.accounts.append(Handle(self.serial, source, f"quiet{self.serial}bird", mailbox, min(created, self.day)))

    def move(self) -> None:
        """What happens between two nights."""
        for _ in range(self.chance.randrange(4)):
            what = self.chance.choice((*OF_PEOPLE, *OF_ACCOUNTS, "policy"))
            self.happened[what] += 1
            if what in OF_PEOPLE:
                self.move_people(what)
            elif what in OF_ACCOUNTS:
                self.move_accounts(what)
            else:
                self.policy = "iowa" if self.policy == "maine" else "maine"

    def move_people(self, what: str) -> None:
        here, gone = ([one for one in self.people if bool(one.until) is left] for left in (False, True))
        one, yesterday = self.chance.choice(here), self.day - timedelta(days=1)
        match what:
            case "hire":
                self.hire(self.day - timedelta(days=self.chance.randrange(1, 9)))
            case "leave" if len(here) > self.size // 2:
                one.until = yesterday
                self.free.append(one)
            case "return" if gone:
                back = self.chance.choice(gone)
                if back.mailbox:
                    back.since, back.until = yesterday, None
                    self.free = [other for other in self.free if other is not back]
            case "marry":
                self.serial += 1
                one.names.append(f"{one.names[-1].split()[0]} Wed{LAST[self.serial % 5]}{self.serial}")
            case "transfer":
                one.agency = self.chance.choice([*AGENCIES])
            case "forgotten" if len(gone) > 5:
                old = self.chance.choice(gone)
                self.people.remove(old)
                self.free = [other for other in self.free if other is not old]
            case "registry":
                self.supervisor = one.employee_id
            case "number" if one.mailbox:  # HR gives the same person another id
                self.serial += 1
                new = f"N{self.serial}"
                self.supervisor = new if self.supervisor == one.employee_id else self.supervisor
                one.employee_id = new

    def move_accounts(self, what: str) -> None:
        handle = self.chance.choice(self.accounts)
        match what:
            case "open":
                self.open_account()
            case "rename":
                handle.handle = f"new{handle.handle}"[-15:]
            case "delete":
                handle.shown = False
            case "come back":
                handle.shown = True
            case "other address":
                handle.mailbox = self.chance.choice([one.mailbox for one in self.people if one.mailbox])

    def type(self) -> None:
        """Reviewers take copies of the last night's workbooks, and type; two of them may type about one finding."""
        if not self.last or self.chance.random() < 0.4:
            return
        if self.chance.random() < 0.2:  # those that are read by now
            for path in (self.folder / "reviews").glob("*.xlsx"):
                path.unlink()
        folder = self.folder / "out" / "latest"
        sources = [folder / "audit.xlsx", *sorted((folder / "agencies").glob("*.xlsx"))]
        ids = [name for name, row in self.last.items() if row["status"] != "resolved"]
        for _ in range(self.chance.randrange(1, 3)):
            book = Book.of(self.chance.choice(sources))
            for finding_id in self.chance.sample(ids, min(len(ids), 3)):
                self.serial += 1
                word = f"word{self.serial}x"
                if book.type(finding_id, "Note", word):
                    decided = self.chance.choice(("confirmed", "not the employee", "accepted"))
                    book.type(finding_id, "Disposition", decided)
                    book.type(finding_id, "Reviewer", f"Reviewer {self.chance.randrange(3)}")
                    self.typed.append(Typed(word, finding_id, self.called(self.last[finding_id]), self.night))
            book.save(self.folder / "reviews" / f"{self.night}-{self.serial}.xlsx")

    def called(self, finding: dict[str, Any]) -> Human | None:
        """Whom a finding names, by the name alone: ids pass from one to another."""
        return next((one for one in self.people if finding["employee_name"] in one.names), None)

    # A night

    def go(self) -> None:
        """One night, looked at."""
        self.supervised = self.supervisor
        if self.night:
            self.move()
            self.type()
        state = State(self.folder, [one.row for one in self.people], agencies=AGENCY_ROWS)
        state.official = [{**OFFICIAL, "supervisor_employee_id": self.supervisor}]
        state.options = dict.fromkeys(SOURCES, 'registration = "verified"')
        state.options["organization"] = f'policy = "{self.policy}"'
        state.options["beta"] += f'\n[output]\nfolder = "out"\nreviews = "reviews"\nretention_days = {RETENTION}'
        shown = {name: [one for one in self.accounts if one.source == name and one.shown] for name in SOURCES}
        state.accounts = {name: [one.row for one in rows] for name, rows in shown.items()}
        before = {name: (self.folder / f"{name}.csv") for name in SOURCES}
        old = {name: path.read_bytes() for name, path in before.items() if path.exists()}
        config = state.write()
        failed: dict[str, str] = {}
        self.cut = set()
        for name, path in before.items():
            fate = self.chance.random()
            how = "" if not self.night or fate < 0.75 else self.chance.choice((*FAILS, *HARMLESS))
            if how == "late" and (name not in old or name not in self.given):
                how = ""
            if how:
                self.happened[f"export {how}"] += 1
                self.spoil(path, how, old.get(name, b""))
            if how in FAILS:
                failed[name] = how
            elif how == "late":
                path.write_bytes(self.good[name])
            else:
                if how in BROKEN:
                    self.cut.add(shown[name].pop(self.broken if how == BROKEN[1] else -1).account_id)
                self.given[name] = [Handle(**vars(one)) for one in shown[name]]
                self.good[name] = path.read_bytes()
        settings = audit.config.load(config)
        noon = NOON + (self.day - DAY)
        if self.night and self.chance.random() < 0.05:
            self.without_directory(settings, noon)
        began = time.process_time()
        night = run(settings, self.day, clock=lambda: noon)
        self.seconds.append(time.process_time() - began)
        self.sizes.append((self.folder / "out" / "ledger.sqlite").stat().st_size)
        judged = {pull.source for pull in night.pulls if pull.status == "complete"}
        for name in SOURCES:
            cut = bool(self.cut & {one.account_id for one in self.accounts if one.source == name})
            if (name in judged) == (name in failed) and not (cut and name not in judged):  # too large a share, perhaps
                reason = next(pull.reason for pull in night.pulls if pull.source == name)
                self.violate(
                    f"{name} ({failed.get(name, 'sound')}) was {'' if name in judged else 'not '}judged: {reason}"
                )
        self.look(judged)
        if self.night % 20 == 19:
            self.purge(config, noon)

    def spoil(self, path: Path, how: str, old: bytes) -> None:
        text = path.read_text("utf-8")
        lines = text.splitlines(keepends=True)
        match how:
            case "missing":
                path.unlink()
            case "half written":
                path.write_text(text[: len(text) // 3], "utf-8")
            case "shrunk":
                path.write_text("".join(lines[: len(lines) // 4]), "utf-8")
            case "other headings":
                head = lines[0].replace("registered_email", "field_9").replace("platform", "field_1")
                path.write_text("".join([head, *lines[1:]]), "utf-8")
            case "empty":
                path.write_text(lines[0], "utf-8")
            case "with a row that cannot be read":
                self.broken = self.chance.randrange(len(lines) - 1)
                lines[self.broken + 1] = lines[self.broken + 1].rstrip("\n") + ",and,more,than,there,are,headings\n"
                path.write_text("".join(lines), "utf-8")
            case "cut in its last row":
                path.write_text(text[: -len(lines[-1]) + 12], "utf-8")

    def without_directory(self, settings: Any, noon: datetime) -> None:
        """The directory does not come: nothing happens, and nothing is touched."""
        path = self.folder / "hr.csv"
        kept = path.read_bytes()
        path.unlink()
        self.happened["directory missing"] += 1
        latest = (self.folder / "out" / "latest" / "findings.jsonl").read_bytes()
        try:
            run(settings, self.day, clock=lambda: noon)
            self.violate("a night without its directory was judged")
        except InputUnusable:
            if (self.folder / "out" / "latest" / "findings.jsonl").read_bytes() != latest:
                self.violate("a night without its directory touched the last one's files")
        path.write_bytes(kept)

    def purge(self, config: Path, noon: datetime) -> None:
        self.happened["purge"] += 1
        vars(audit.cli)["now"] = lambda: noon
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
            code = audit.cli.main(["purge", "--yes", "--as-of", str(self.day), "--config", str(config)])
            sound = audit.cli.main(["verify", "--config", str(config)])
        if code or sound:
            self.violate(f"purge ended with {code}, verify with {sound}: {told.getvalue().strip()[-600:]}")
        held = {name for name, *_ in self.rows("SELECT finding_id FROM findings")}
        for one in self.typed:
            one.gone = one.gone or one.finding_id not in held or one.night < self.night - RETENTION

    # The oracle

    def expected(self, source: str) -> set[Key]:
        """What the last export that a source gave, and tonight's directory, make true."""
        found = set()
        for one in self.given.get(source, ()):
            owner = self.owner(one)
            if owner and self.met.setdefault((one.account_id, one.mailbox), owner) is not owner:
                self.either.add(one.account_id)
            sure = owner and (owner.until is None or owner.until >= self.day) and owner.since <= one.created
            found.add((one.account_id, "E-1" if sure else "E-2", owner.employee_id if owner and sure else ""))
        return found

    def owner(self, account: Handle) -> Human | None:
        """Who alone holds an account's mailbox tonight."""
        owners = [other for other in self.people if other.mailbox == account.mailbox]
        return owners[0] if len(owners) == 1 else None

    def look(self, judged: set[str]) -> None:
        """Hold what the night wrote against the world."""
        folder = self.folder / "out" / str(self.day)
        rows = [json.loads(line) for line in (folder / "findings.jsonl").read_text("utf-8").splitlines()]
        tonight = {row["finding_id"]: row for row in rows}
        if len(tonight) != len(rows):
            self.violate("a finding stands twice")
        of_source = {one.account_id: one.source for one in self.accounts}
        for name in SOURCES:
            mine = [row for row in rows if row["rule_id"] in RULES and of_source.get(row["account_id"]) == name]
            if name in judged:
                live = Counter(
                    (row["account_id"], row["rule_id"], row["employee_id"] if row["rule_id"] == "E-1" else "")
                    for row in mine if row["status"] in LIVE
                )  # fmt: skip
                wanted = self.expected(name)
                unread = {row["account_id"] for row in mine if row["status"] == "not rechecked"}
                lost = {key for key in wanted - live.keys() if key[0] not in unread | self.either}
                more = {key for key in live.keys() - wanted if key[0] not in self.cut | self.either}
                for row in mine:
                    stood = self.registered.get(row["account_id"]) == row["mailbox"]
                    if row["account_id"] in self.cut and row["status"] == "resolved" and self.was(row) and stood:
                        self.violate(f"resolved by a row that was cut: {row['finding_id']}")
                for word, keys in (("lost", lost), ("too many", more)):
                    for key in sorted(keys):
                        self.violate(f"{word}: {key} of {name}, given {self.about(key[0])}")
                self.violations += [f"night {self.night}: doubled {key}" for key, count in live.items() if count > 1]
                self.registered |= {one.account_id: one.mailbox for one in self.given[name]}
            else:
                for row in mine:
                    if row["status"] in ("new", "resolved", "reopened") and self.was(row):
                        self.violate(f"{row['status']} by a failed source: {row['finding_id']} {row['because']}")
        for name, row in self.last.items():
            if row["status"] != "resolved" and name not in tonight:
                self.violate(f"vanished: {name}")
        self.words(tonight, folder)
        self.copies(tonight, folder)
        self.last = tonight

    def was(self, row: dict[str, Any]) -> bool:
        """Whether a status is of tonight: a resolved finding may be listed for some nights."""
        before = self.last.get(row["finding_id"])
        return before is None or before["status"] != row["status"]

    def about(self, account_id: str) -> str:
        one = next(one for one in self.accounts if one.account_id == account_id)
        return f"{one}, owners {[other for other in self.people if other.mailbox == one.mailbox]}"

    def words(self, tonight: dict[str, dict[str, Any]], folder: Path) -> None:
        """Each typed word is somewhere, and stands against nobody but whom its finding named."""
        problems = {str(cell) for row in Book.of(folder / "audit.xlsx").sheets["Import problems"] for cell in row}
        events = [text for (text,) in self.rows("SELECT content FROM events WHERE content ->> 'kind' = 'decided'")]
        taken = " ".join(text for text in events if text)
        notes = {row["note"]: row for row in tonight.values() if row["note"]}
        for one in self.typed:
            if one.gone:
                continue
            row = notes.get(one.word)
            if one.word not in taken and (one.taken or (one.night == self.night and one.word not in problems)):
                self.violate(f"lost the word {one}")
            one.taken = one.word in taken
            if row is None:
                continue
            if row["finding_id"] != one.finding_id:
                self.violate(f"{one} stands at {row['finding_id']}")
            now = self.called(row)
            if row["employee_name"] and one.named is not None and now is not one.named and row["status"] != "resolved":
                self.violate(f"{one} stands against {row['employee_name']} ({row['status']})")

    def copies(self, tonight: dict[str, dict[str, Any]], folder: Path) -> None:
        """An agency's copy holds its own people's findings, all of them, and nobody else's name."""
        whole = Book.of(folder / "audit.xlsx")
        listed = {name for name, _ in whole.words({"note"})} & tonight.keys()
        seen: set[str] = set()
        for path in (folder / "agencies").glob("*.xlsx"):
            book, code = Book.of(path), path.stem.partition(" ")[0]
            ids = {name for name, _ in book.words({"note"})} & tonight.keys()
            seen |= ids
            for name in sorted(ids):
                if tonight[name]["agency_code"] != code:
                    self.violate(f"{path.name} holds {name} of the agency {tonight[name]['agency_code']!r}")
            text = "\n".join(str(cell) for rows in book.sheets.values() for row in rows for cell in row)
            for one in self.people:
                supervises = code == OFFICIAL["agency_code"] and one.employee_id in (self.supervisor, self.supervised)
                if one.agency != code and one.names[-1] in text and not supervises:
                    self.violate(f"{path.name} names {one.names[-1]} of the agency {one.agency}")
        missing = {name for name in listed if tonight[name]["agency_code"] in AGENCIES} - seen
        if missing:
            self.violate(f"in no agency's copy: {sorted(missing)}")

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "out" / "ledger.sqlite")) as ledger:
            return ledger.execute(question).fetchall()

    def violate(self, what: str) -> None:
        self.violations.append(f"night {self.night} ({self.day}): {what}")


AGENCY_ROWS = [{"agency_code": code, "name": name} for code, name in AGENCIES.items()]
OFFICIAL = {"platform": "x", "handle": "MaineDOT1", "account_id": "555", "agency_code": "17", "status": "active"}


def lived(folder: Path, seed: int, nights: int, people: int) -> World:
    """A world after so many nights in a folder."""
    world = World(folder, random.Random(seed), people)
    (folder / "reviews").mkdir(parents=True)
    world.begin()
    for world.night in range(nights):
        world.day = DAY + timedelta(days=world.night)
        world.go()
    return world


def told(world: World, seed: int) -> str:
    """What a world was like."""
    third = max(len(world.seconds) // 3, 1)
    early, late = (sum(part) / len(part) for part in (world.seconds[1 : third + 1], world.seconds[-third:]))
    growth = (world.sizes[-1] - world.sizes[len(world.sizes) // 2]) / max(len(world.sizes) // 2, 1)
    happened = ", ".join(f"{count} {what}" for what, count in sorted(world.happened.items()))
    return (
        f"seed {seed}: {len(world.seconds)} nights, {len(world.typed)} edits, {world.happened['purge']} purges,"
        f" {len(world.violations)} violations; the ledger grew by {growth:,.0f} bytes a night in the second half, to"
        f" {world.sizes[-1]:,}; {early:.2f} s a night in the first third, {late:.2f} s in the last\n  {happened}"
    )


def main() -> int:
    """Print it; 1 where anything was violated."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--nights", type=int, default=365)
    words.add_argument("--people", type=int, default=40)
    asked = words.parse_args()
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="year-") as place:
        world = lived(Path(place) / "state", asked.seed, asked.nights, asked.people)
    for one in world.violations:
        print(f"VIOLATION {one}")
    print(told(world, asked.seed))
    return int(bool(world.violations))


if __name__ == "__main__":
    sys.exit(main())
