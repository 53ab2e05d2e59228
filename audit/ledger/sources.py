"""The ledger's tables for sources: how each fared in each run, the accounts it shows, how far its sweep has come."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime

from audit.ledger.codec import insertion, row_of, rows_of, text_of, value_in, value_of
from audit.ledger.measures import MeasureStore
from audit.model.coverage import TOLD, LastAnswer, SweepRecord
from audit.model.measures import SeenAgain
from audit.model.night import Pull, PullStatus
from connectors.contract import Outcome, Tally
from connectors.platforms import are_others
from connectors.records import Account, Provenance

SOURCES = """
CREATE TABLE IF NOT EXISTS sources (
    run_id TEXT NOT NULL REFERENCES runs, source TEXT NOT NULL, connector TEXT NOT NULL, access TEXT NOT NULL,
    status TEXT NOT NULL, read INTEGER NOT NULL, kept INTEGER NOT NULL, dropped INTEGER NOT NULL,
    rejected INTEGER NOT NULL, reason TEXT NOT NULL, read_before INTEGER, kept_by_platform TEXT NOT NULL,
    dropped_by_reason TEXT NOT NULL, requests TEXT NOT NULL DEFAULT '[0, 0, 0]', sweep TEXT NOT NULL DEFAULT 'null',
    approval TEXT NOT NULL DEFAULT '', PRIMARY KEY (run_id, source)
) STRICT;
CREATE TABLE IF NOT EXISTS accounts (
    source TEXT NOT NULL, position INTEGER NOT NULL, platform TEXT NOT NULL, account_id TEXT NOT NULL,
    handle TEXT NOT NULL, content TEXT NOT NULL, run_id TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL DEFAULT '',
    cut INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (source, position)
) STRICT;
CREATE TABLE IF NOT EXISTS sweeps (
    source TEXT NOT NULL, key TEXT NOT NULL, run_id TEXT NOT NULL REFERENCES runs, asked_at TEXT NOT NULL,
    outcome TEXT NOT NULL, told_at TEXT, found INTEGER NOT NULL, PRIMARY KEY (source, key)
) STRICT;
CREATE TABLE IF NOT EXISTS unread_rows (
    source TEXT NOT NULL, digest TEXT NOT NULL, run_id TEXT NOT NULL REFERENCES runs, PRIMARY KEY (source, digest)
) STRICT;
"""
"""`unread_rows` holds the rows of a file that its last complete pull could not read, each with the run in which it
turned up: whoever was shown in that run, or later, stood beside it, and is not it. `sweeps.key` and `accounts.key` are
digests: a handle or an employee's address is not stored for having been asked for. `accounts.cut` is 0 where an older
version stored a profile whole. `told_at` is when the platform last gave an answer, "not found" included."""


def key_digest(source: str, key: str) -> str:
    """What stands for a sweep's key in the ledger."""
    return hashlib.sha256(f"{source}\n{key}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class SourceStore:
    """What sources gave and how they fared: `ledger.sources`. What writes takes part in the caller's transaction."""

    connection: sqlite3.Connection

    def read_before(self, source: str) -> int | None:
        """How many items the last complete pull of a source read, in a finished run; None before the first."""
        row = self.connection.execute(
            "SELECT sources.read FROM sources JOIN runs USING (run_id) WHERE source = ? AND status = ?"
            " AND finished_at IS NOT NULL ORDER BY as_of DESC, runs.rowid DESC LIMIT 1",
            (source, PullStatus.COMPLETE),
        ).fetchone()
        return None if row is None else int(row[0])

    def last_complete(self, source: str) -> date | None:
        """The day of the last finished run in which a source was judged; None before one."""
        row = self.connection.execute(
            "SELECT max(as_of) FROM sources JOIN runs USING (run_id) WHERE source = ? AND status = ?"
            " AND finished_at IS NOT NULL",
            (source, PullStatus.COMPLETE),
        ).fetchone()
        return date.fromisoformat(row[0]) if row[0] else None

    def record_pull(self, run_id: str, pull: Pull) -> None:
        """Note how a source fared tonight, and, where it was healthy, what it held."""
        row = {"run_id": run_id, **row_of(pull, but=("requests", "sweep", "columns", "figures"))}
        row |= {"requests": text_of(astuple(pull.requests)), "sweep": text_of(pull.sweep)}
        self.connection.execute(insertion("sources", row, "OR REPLACE"), row)
        if pull.status is PullStatus.COMPLETE:
            MeasureStore(self.connection).record_columns(pull.source, pull.columns)

    def pulls(self, run_id: str) -> tuple[Pull, ...]:
        """How the sources fared in a run, in the order they were read."""
        rows = self.connection.execute("SELECT * FROM sources WHERE run_id = ? ORDER BY rowid", (run_id,))
        found = []
        for row in rows_of(rows):
            row |= {name: json.loads(row[name]) for name in ("kept_by_platform", "dropped_by_reason", "sweep")}
            found.append(value_in(Pull, {**row, "requests": Tally(*json.loads(row["requests"]))}))
        return tuple(found)

    # Sweeps

    def last_answers(self, source: str) -> dict[str, LastAnswer]:
        """What is remembered of each key of a source's sweep, by digest."""
        rows = self.connection.execute("SELECT key, asked_at, told_at, found FROM sweeps WHERE source = ?", (source,))
        return {
            key: LastAnswer(datetime.fromisoformat(asked), datetime.fromisoformat(told) if told else None, found)
            for key, asked, told, found in rows
        }

    def not_found(self, source: str) -> frozenset[str]:
        """The keys (digests) of a source's sweep whose last answer was that there is nothing by them."""
        rows = self.connection.execute(
            "SELECT key FROM sweeps WHERE source = ? AND outcome = ?", (source, Outcome.NOT_FOUND)
        )
        return frozenset(key for (key,) in rows)

    def _record_sweep(self, source: str, run_id: str, sweep: SweepRecord) -> None:
        """Note how each key asked for tonight went, and forget keys that the sweep has no longer."""
        self.connection.execute(
            "DELETE FROM sweeps WHERE source = ? AND key NOT IN (SELECT value FROM json_each(?))",
            (source, json.dumps(list(sweep.keys))),
        )
        moment = sweep.at.isoformat()
        self.connection.executemany(
            "INSERT INTO sweeps VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET run_id = excluded.run_id,"
            " asked_at = excluded.asked_at, outcome = excluded.outcome, told_at = coalesce(excluded.told_at, told_at),"
            " found = CASE WHEN excluded.told_at IS NULL THEN found ELSE excluded.found END",
            (
                (source, one.key, run_id, moment, one.outcome, moment if one.outcome in TOLD else None, one.found)
                for one in sweep.asked
            ),
        )

    # Accounts

    def replace_accounts(
        self,
        run_id: str,
        source: str,
        accounts: Iterable[tuple[str, Account]],
        sweep: SweepRecord | None = None,
        unread: Mapping[str, Collection[str]] | None = None,
        unread_rows: Collection[str] = (),
    ) -> tuple[SeenAgain, ...]:
        """Put the (key, account) pairs that a source shows tonight in the place of those it showed before; streamed.

        The key is "" for a list. Keys of a sweep that were not asked for keep theirs. `unread` says by key where items
        stand that could not be read tonight ("": anywhere), or whose address was not told: what was shown from there,
        and is not shown tonight with as much, stays as of the run that showed it. `unread_rows` are the digests of a
        file's rows that could not be read: what was last shown before one of them turned up may be that row, and stays
        as well. Returns when accounts of a list were seen that are shown again.
        """
        standing = sweep.standing if sweep else frozenset()
        (last,) = self.connection.execute(
            "SELECT coalesce(max(position), -1) FROM accounts WHERE source = ?", (source,)
        ).fetchone()
        if sweep is None:  # in front of what comes, whose numbers are the same however often a run is begun again
            self.connection.execute("UPDATE accounts SET position = position - ? WHERE source = ?", (last + 1, source))
            last = -1
        self.connection.executemany(
            "INSERT INTO accounts (source, position, platform, account_id, handle, content, run_id, key, cut)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (
                (source, place, account.platform, account.account_id, account.handle, _stored(account), run_id, key)
                for place, (key, account) in enumerate(accounts, start=last + 1)
            ),
        )
        again = self._seen_again(source, last) if sweep is None else ()
        # Only now is everything read, and known what could not be.
        left = {key: places for key, places in (unread or {}).items() if key not in standing}
        if self._forget_what_stood_beside(source, unread_rows, last):
            left = {**left, "": {"", *left.get("", ())}}
        self.connection.execute(
            "DELETE FROM accounts WHERE source = ? AND position <= ? AND key NOT IN (SELECT value FROM json_each(?))",
            (source, last, json.dumps([*standing, *left])),
        )
        if left:
            self._forget_what_was_read(last, source, left)
        self._number_again(source)
        self.record_unread_rows(run_id, source, unread_rows)
        if sweep is not None:
            self._record_sweep(source, run_id, sweep)
        return again

    def _seen_again(self, source: str, last: int) -> tuple[SeenAgain, ...]:
        """Of accounts that stand from before (up to the position `last`) and are shown tonight, both as seen at a time
        that the source says: how many were seen earlier, by platform."""
        seen = (
            "SELECT platform, account_id || ' ' || lower(handle) AS name,"
            " max(json_extract(content, '$.provenance.observed_at')) AS seen FROM accounts"
            " WHERE source = :source AND json_extract(content, '$.dated') AND position {} :last GROUP BY 1, 2"
        )
        rows = self.connection.execute(
            f"WITH old AS ({seen.format('<=')}), new AS ({seen.format('>')}) SELECT platform,"  # noqa: S608
            " sum(julianday(old.seen) - julianday(new.seen) >= 1), sum(new.seen > old.seen), max(new.seen),"
            " max(old.seen) FROM old JOIN new USING (platform, name) WHERE name != ' ' GROUP BY 1 ORDER BY 1",
            {"source": source, "last": last},
        )
        return tuple(SeenAgain(*row) for row in rows)

    def _number_again(self, source: str) -> None:
        """Give the accounts of a source the numbers from 0 on, those that stand from before behind tonight's."""
        old = self.connection.execute(
            "SELECT position FROM accounts WHERE source = ? AND position < 0 ORDER BY position", (source,)
        ).fetchall()
        (last,) = self.connection.execute(
            "SELECT coalesce(max(position), -1) FROM accounts WHERE source = ?", (source,)
        ).fetchone()
        self.connection.executemany(
            "UPDATE accounts SET position = ? WHERE source = ? AND position = ?",
            ((place, source, before) for place, (before,) in enumerate(old, start=max(last, -1) + 1)),
        )

    def _forget_what_stood_beside(self, source: str, digests: Collection[str], last: int) -> bool:
        """Of what stands from before (up to the position `last`), forget what was shown beside all of a source's rows
        that cannot be read: a row which is never mended keeps nothing that goes after it turned up. Whether what is
        left may be one of these rows."""
        known = self.unread_rows(source)
        if not known.keys() >= set(digests):
            return True
        if digests:
            newest = max(known[digest] for digest in digests)
            self.connection.execute(
                "DELETE FROM accounts WHERE source = ? AND position <= ? AND run_id IN"
                " (SELECT run_id FROM runs WHERE rowid >= ?)",
                (source, last, newest),
            )
        return bool(digests)

    def unread_rows(self, source: str) -> dict[str, int]:
        """The digests of the rows that a source's last complete pull could not read, with the place in the order of
        runs of the one in which each turned up."""
        rows = self.connection.execute(
            "SELECT digest, runs.rowid FROM unread_rows JOIN runs USING (run_id) WHERE source = ?", (source,)
        )
        return dict(rows.fetchall())

    def record_unread_rows(self, run_id: str, source: str, digests: Collection[str]) -> None:
        """Note which rows of a source could not be read tonight; those that were known keep their run."""
        self.connection.execute(
            "DELETE FROM unread_rows WHERE source = ? AND digest NOT IN (SELECT value FROM json_each(?))",
            (source, json.dumps(sorted(digests))),
        )
        self.connection.executemany(
            "INSERT OR IGNORE INTO unread_rows VALUES (?, ?, ?)", ((source, digest, run_id) for digest in digests)
        )

    def kept_from_before(self, run_id: str, source: str) -> int:
        """How many accounts of a source stand as an earlier run showed them."""
        (count,) = self.connection.execute(
            "SELECT count(*) FROM accounts WHERE source = ? AND run_id != ?", (source, run_id)
        ).fetchone()
        return int(count)

    def _forget_what_was_read(self, last: int, source: str, unread: Mapping[str, Collection[str]]) -> None:
        """Of what earlier pulls showed for these keys (up to the position `last`), forget what tonight shows again, and
        what none of the unread items can be."""
        names = (
            "key, platform, account_id, handle, json_extract(content, '$.url'),"
            " json_extract(content, '$.registered_email')"
        )
        these = "FROM accounts WHERE source = ? AND key IN (SELECT value FROM json_each(?)) AND position"
        known = (source, json.dumps(list(unread)), last)
        self._forget_what_says_less(source, last, unread)
        tonight = set[tuple[str, tuple[str, str]]]()
        ids: dict[tuple[str, str, str], set[str]] = {}  # of each handle
        for key, *name in self.connection.execute(f"SELECT {names} {these} > ?", known):
            platform, account_id, handle, _, _ = name
            tonight.add((key, _named(*name)))
            ids.setdefault((key, platform, handle.casefold()), set()).add(account_id)

        def shown(key: str, platform: str, account_id: str, handle: str, *more: str) -> bool:
            alike = ids.get((key, platform, handle.casefold()), ()) if handle else ()
            again = (key, _named(platform, account_id, handle, *more)) in tonight
            return again or any(not are_others(account_id, one) for one in alike)

        before = self.connection.execute(
            f"SELECT position, json_extract(content, '$.provenance.where'), {names} {these} <= ?", known
        )
        self.connection.executemany(
            "DELETE FROM accounts WHERE source = ? AND position = ?",
            [
                (source, place)
                for place, where, key, *name in before
                if shown(key, *name) or {"", where}.isdisjoint(unread[key])
            ],
        )

    def _forget_what_says_less(self, source: str, last: int, unread: Mapping[str, Collection[str]]) -> None:
        """Forget what tonight (behind the position `last`) shows of an account in an unread place without its address,
        where an earlier pull showed that."""
        if not any(places - {""} for places in map(set, unread.values())):
            return
        rows = self.connection.execute(
            "SELECT position, key, json_extract(content, '$.provenance.where'),"
            " coalesce(json_extract(content, '$.registered_email'), '') FROM accounts WHERE source = ?",
            (source,),
        ).fetchall()
        told = {(key, where) for position, key, where, address in rows if position <= last and address}
        self.connection.executemany(
            "DELETE FROM accounts WHERE source = ? AND position = ?",
            [
                (source, position)
                for position, key, where, address in rows
                if position > last and not address and where in unread.get(key, ()) and (key, where) in told
            ],
        )

    def accounts(self) -> Iterator[tuple[str, str, str, Account]]:
        """(source, key, run that read it, account) for everything kept, source by source in the order it was read."""
        rows = self.connection.execute("SELECT source, key, run_id, content FROM accounts ORDER BY source, position")
        texts: dict[str, str] = {}
        return (
            (texts.setdefault(source, source), key, run_id, _sharing(value_of(Account, content), texts))
            for source, key, run_id, content in rows
        )

    def accounts_of(self, source: str) -> list[Account]:
        """What one source has shown."""
        rows = self.connection.execute("SELECT content FROM accounts WHERE source = ? ORDER BY position", (source,))
        return [value_of(Account, content) for (content,) in rows]

    def registered(self, sources: Collection[str]) -> Iterator[tuple[str, Account]]:
        """(source, account) of what is kept of these sources with a registered address, cut down to what an account is
        known by and this address."""
        rows = self.connection.execute(
            "SELECT source, platform, account_id, handle, json_extract(content, '$.url'),"
            " json_extract(content, '$.registered_email') AS email FROM accounts"
            " WHERE source IN (SELECT value FROM json_each(?)) AND coalesce(email, '') != ''",
            (json.dumps(sorted(sources)),),
        )
        for source, platform, account_id, handle, url, email in rows:
            origin = Provenance(source, "", None, "")
            account = Account(platform, account_id, handle, url or "", registered_email=email, provenance=origin)
            yield source, account

    def alike_in_two(self, run_id: str, source: str) -> list[tuple[str, str, int, int, int]]:
        """(file or sheet, another, rows that are the same in both, rows of the shorter, of the longer) of what a source
        showed in a run; only such as have a row in common."""
        shown = (
            "WITH shown AS (SELECT DISTINCT json_extract(content, '$.provenance.sha256') AS row,"
            " rtrim(rtrim(json_extract(content, '$.provenance.where'), '0123456789'), ':') AS file"
            " FROM accounts WHERE source = :source AND run_id = :run),"
            " counted AS (SELECT file, count(*) AS rows FROM shown GROUP BY file)"
        )
        rows = self.connection.execute(
            f"{shown} SELECT one.file, other.file, count(*), min(a.rows, b.rows), max(a.rows, b.rows)"  # noqa: S608
            " FROM shown one JOIN shown other USING (row) JOIN counted a ON a.file = one.file"
            " JOIN counted b ON b.file = other.file WHERE one.file < other.file GROUP BY 1, 2 ORDER BY 1, 2",
            {"source": source, "run": run_id},
        )
        return rows.fetchall()

    def change_accounts(self, run_id: str, source: str, change: Callable[[Account], Account]) -> None:
        """Put what `change` makes of each account that a source showed in a run in its place."""
        rows = self.connection.execute(
            "SELECT position, content FROM accounts WHERE source = ? AND run_id = ?", (source, run_id)
        )
        both = ((position, value_of(Account, content)) for position, content in rows)
        changed = [(_stored(new), position) for position, old in both if (new := change(old)) is not old]
        self.connection.executemany(
            "UPDATE accounts SET content = ? WHERE source = ? AND position = ?",
            ((content, source, position) for content, position in changed),
        )

    def whole_accounts(self) -> list[tuple[tuple[str, int], Account]]:
        """What an older version stored whole, by source and position."""
        rows = self.connection.execute("SELECT source, position, content FROM accounts WHERE cut = 0")
        return [((source, position), value_of(Account, content)) for source, position, content in rows]

    def put_cut(self, accounts: Iterable[tuple[tuple[str, int], Account]]) -> None:
        """Put what is kept of accounts in the place of what was stored whole."""
        self.connection.executemany(
            "UPDATE accounts SET content = ?, cut = 1 WHERE source = ? AND position = ?",
            ((_stored(account), *place) for place, account in accounts),
        )


def _sharing(account: Account, texts: dict[str, str]) -> Account:
    """The account with one text in memory for what it says several times, and for reasons that others have, too
    (`texts`): a fifth less of it."""
    origin = account.provenance
    evidence = tuple(
        replace(one, sha256=origin.sha256, observed_at=origin.observed_at)
        if (one.sha256, one.observed_at) == (origin.sha256, origin.observed_at)
        else one
        for one in account.evidence
    )
    said = tuple(replace(one, reason=texts.setdefault(one.reason, one.reason)) for one in account.said)
    return replace(account, evidence=evidence, said=said)


def _named(platform: str, account_id: str, handle: str, url: str, registered_email: str) -> tuple[str, str]:
    """What an account is known again by: of a mailbox that several are registered with, not by the mailbox alone."""
    return platform, account_id or handle.casefold() or url or registered_email.casefold()


def _stored(account: Account) -> str:
    """An account as a row keeps it: its notes were told on their night."""
    return text_of(replace(account, notes=()) if account.notes else account)
