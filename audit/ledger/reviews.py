"""The ledger's tables for reviewers' workbooks: files read, what each night showed, what could not be placed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from audit.ledger.codec import text_of
from audit.model.decisions import (
    Background,
    Copy,
    Decided,
    Merged,
    Reviews,
    Said,
    TypedWords,
    heading,
    in_own_columns,
    typed_about,
)
from audit.model.finding import Cause, Past
from audit.model.night import ImportProblem, Receipt

REVIEWS = """
CREATE TABLE IF NOT EXISTS reviews (
    file_sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, modified_at TEXT NOT NULL, written_by TEXT NOT NULL,
    run_id TEXT NOT NULL, problems TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS review_rows (
    file_sha256 TEXT NOT NULL REFERENCES reviews ON DELETE CASCADE, position INTEGER NOT NULL,
    finding_id TEXT NOT NULL REFERENCES findings ON DELETE CASCADE, words TEXT NOT NULL, unsettled TEXT NOT NULL,
    PRIMARY KEY (file_sha256, position)
) STRICT;
CREATE TABLE IF NOT EXISTS own_words (
    finding_id TEXT PRIMARY KEY REFERENCES findings ON DELETE CASCADE, words TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS written (
    position INTEGER PRIMARY KEY AUTOINCREMENT, finding_id TEXT NOT NULL REFERENCES findings ON DELETE CASCADE,
    words TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS written_by_finding ON written (finding_id);
CREATE INDEX IF NOT EXISTS review_rows_by_finding ON review_rows (finding_id);
CREATE TABLE IF NOT EXISTS shown (
    run_id TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (run_id, position)
) STRICT;
CREATE TABLE IF NOT EXISTS import_problems (
    run_id TEXT NOT NULL, position INTEGER NOT NULL, place TEXT NOT NULL, finding_id TEXT NOT NULL,
    field TEXT NOT NULL, words TEXT NOT NULL, stands TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (run_id, position)
) STRICT;
"""
"""`written` holds a row only when a finding's words differ from those before; a run showed, of each finding, the last
row up to its position in `shown`. A run that was killed and begun again has several, and may have shown any."""


@dataclass(frozen=True, slots=True)
class ReviewStore:
    """Every word typed into a workbook: `ledger.reviews`. What writes takes part in the caller's transaction."""

    connection: sqlite3.Connection

    def files_read(self) -> dict[str, tuple[ImportProblem, ...]]:
        """Every file that was ever read, by its digest, with the problems it gave."""
        rows = self.connection.execute("SELECT file_sha256, problems FROM reviews")
        return {digest: tuple(ImportProblem(*problem) for problem in json.loads(text)) for digest, text in rows}

    def digests(self) -> frozenset[str]:
        """The digests of the files that were read and that no purge was to remove."""
        return frozenset(
            digest for (digest,) in self.connection.execute("SELECT file_sha256 FROM reviews WHERE name != ''")
        )

    def receipts(self, run_id: str) -> tuple[Receipt, ...]:
        """For each copy that a run read for the first time, what was taken from it; the oldest copy first."""
        taken: dict[str, list[tuple[str, int]]] = {}
        by: dict[str, dict[str, None]] = {}
        for (text,) in self.connection.execute(
            "SELECT content FROM events WHERE run_id = ? AND content ->> 'kind' = 'decided' ORDER BY event_id",
            (run_id,),
        ):
            content = json.loads(text)
            taken.setdefault(content["file_sha256"], []).append((content["finding_id"], len(content["what"])))
            by.setdefault(content["file_sha256"], {}).update(dict.fromkeys(filter(None, [content.get("who", "")])))
        rows = self.connection.execute(
            "SELECT file_sha256, name, written_by, problems FROM reviews WHERE run_id = ? ORDER BY modified_at, name",
            (run_id,),
        )
        return tuple(
            Receipt(
                name, written_by, sum(count for _, count in taken.get(digest, ())),
                len({finding_id for finding_id, _ in taken.get(digest, ())}), len(problems), run_id, digest,
                tuple(by.get(digest, ())), problems,
            )
            for digest, name, written_by, text in rows
            for problems in [tuple(ImportProblem(*problem) for problem in json.loads(text))]
        )  # fmt: skip

    def own_words(self) -> dict[str, dict[str, str]]:
        """Finding id → heading → text of the columns that analysts added."""
        return {finding_id: json.loads(text) for finding_id, text in self.connection.execute("SELECT * FROM own_words")}

    def problems(self, run_id: str) -> tuple[ImportProblem, ...]:
        """What stands on "Import problems" of a run."""
        rows = self.connection.execute(
            "SELECT place, finding_id, field, words, stands, reason FROM import_problems"
            " WHERE run_id = ? ORDER BY position",
            (run_id,),
        )
        return tuple(ImportProblem(*row) for row in rows)

    def began(self, run_id: str) -> str:
        """When a run began, to the minute, as its workbooks say it; "" where the ledger does not know the run."""
        row = self.connection.execute("SELECT started_at FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        return f"{datetime.fromisoformat(row[0]).astimezone(UTC):%Y-%m-%d %H:%M}" if row else ""

    def background(self, copy: Copy) -> Background:
        """What is known about a copy: the words its run showed, and what its last state was read as."""
        positions = self.connection.execute(
            "SELECT position FROM shown WHERE run_id = ? ORDER BY position", (copy.run_id,)
        )
        ends = [position for (position,) in positions]
        shown: dict[str, tuple[TypedWords, ...]] = {}
        since: dict[str, tuple[TypedWords, ...]] = {}
        if ends:
            nights = [self._written_up_to(position) for position in ends]
            ids = {finding_id for night in nights for finding_id in night}
            shown = {finding_id: tuple(night.get(finding_id, {}) for night in nights) for finding_id in ids}
            since = self._written_after(max(ends))
        else:
            shown = {finding_id: ({}, *words) for finding_id, words in self._written_after(0).items()}
        return Background(bool(ends), shown, self._last_reading(copy), since)

    def _written_up_to(self, position: int) -> dict[str, TypedWords]:
        rows = self.connection.execute(
            "SELECT finding_id, words FROM written WHERE position <= ? ORDER BY position", (position,)
        )
        return {finding_id: json.loads(text) for finding_id, text in rows}

    def _written_after(self, position: int) -> dict[str, tuple[TypedWords, ...]]:
        words: dict[str, tuple[TypedWords, ...]] = {}
        rows = self.connection.execute(
            "SELECT finding_id, words FROM written WHERE position > ? ORDER BY position", (position,)
        )
        for finding_id, text in rows:
            words[finding_id] = (*words.get(finding_id, ()), json.loads(text))
        return words

    def _last_reading(self, copy: Copy) -> dict[str, tuple[Said, ...]] | None:
        # A copy that says its night no more, the sheet that said so being gone, is still the copy of its name.
        row = self.connection.execute(
            "SELECT file_sha256 FROM reviews WHERE name = :name AND :run IN (written_by, '')"
            " ORDER BY rowid DESC LIMIT 1",
            {"name": copy.name, "run": copy.run_id},
        ).fetchone()
        if row is None:
            return None
        before: dict[str, tuple[Said, ...]] = {}
        for finding_id, text, unsettled in self.connection.execute(
            "SELECT finding_id, words, unsettled FROM review_rows WHERE file_sha256 = ? ORDER BY position", row
        ):
            said = Said(json.loads(text), frozenset(json.loads(unsettled)))
            before[finding_id] = (*before.get(finding_id, ()), said)
        return before

    def record(self, run_id: str, reviews: Reviews, past: Iterable[Past]) -> None:
        """Keep what was read tonight and what tonight's workbooks will show. The findings are in the ledger already."""
        for copy in reviews.copies:
            self._record_copy(run_id, copy, reviews.merged)
        own = self._record_own(reviews)
        findings = [one.finding for one in past]
        self._record_shown(run_id, {one.finding_id: typed_about(one, own.get(one.finding_id)) for one in findings})
        self.connection.execute("DELETE FROM import_problems WHERE run_id = ?", (run_id,))
        self.connection.executemany(
            "INSERT INTO import_problems VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((run_id, place, *astuple(problem)) for place, problem in enumerate(reviews.problems)),
        )

    def _record_own(self, reviews: Reviews) -> dict[str, dict[str, str]]:
        if not reviews.copies:  # nothing was read: what analysts added stands as it is
            return self.own_words()
        held = {finding_id: own for finding_id, words in reviews.merged.words.items() if (own := in_own_columns(words))}
        self.connection.execute("DELETE FROM own_words")
        rows = ((finding_id, text_of(own, in_order=True)) for finding_id, own in held.items())
        self.connection.executemany("INSERT INTO own_words VALUES (?, ?)", rows)
        return held

    def _record_copy(self, run_id: str, copy: Copy, merged: Merged) -> None:
        problems = [astuple(problem) for problem in merged.problems[copy.sha256]]
        # Only the newest state of a copy is ever asked for.
        self.connection.execute(
            "DELETE FROM review_rows WHERE file_sha256 IN"
            " (SELECT file_sha256 FROM reviews WHERE name = ? AND written_by = ?)",
            (copy.name, copy.run_id),
        )
        self.connection.execute(
            "INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?)",
            (copy.sha256, copy.name, copy.modified_at.isoformat(), copy.run_id, run_id, text_of(problems)),
        )
        self.connection.executemany(
            "INSERT INTO review_rows VALUES (?, ?, ?, ?, ?)",
            (
                (copy.sha256, place, finding_id, text_of(said.words, in_order=True), text_of(sorted(said.open)))
                for place, (finding_id, said) in enumerate(merged.said[copy.sha256])
            ),
        )

    def _record_shown(self, run_id: str, words: Mapping[str, TypedWords]) -> None:
        last = dict(self.connection.execute("SELECT finding_id, words FROM written ORDER BY position"))
        self.connection.executemany(
            "INSERT INTO written (finding_id, words) VALUES (?, ?)",
            (
                (finding_id, text_of(held, in_order=True))
                for finding_id, held in words.items()
                if text_of(held, in_order=True) != last.get(finding_id, "{}")
            ),
        )
        (end,) = self.connection.execute("SELECT coalesce(max(position), 0) FROM written").fetchone()
        self.connection.execute("INSERT OR IGNORE INTO shown VALUES (?, ?)", (run_id, end))

    def forget(self, limit: str, held: Collection[str] = ()) -> None:
        """Forget words typed before `limit` (an ISO day) that no finding holds; the digests of read files stay, and
        what could not be placed of words about the findings `held`."""
        values = {"limit": limit, "held": json.dumps(sorted(held))}
        self.connection.execute(
            "DELETE FROM import_problems WHERE run_id < :limit"
            " AND finding_id NOT IN (SELECT value FROM json_each(:held))",
            values,
        )
        self.connection.execute(
            "UPDATE reviews SET name = '', problems = (SELECT json_group_array(json(told.value))"
            " FROM json_each(reviews.problems) AS told WHERE told.value ->> 1 IN (SELECT value FROM json_each(:held)))"
            " WHERE run_id < :limit",
            values,
        )


def event_of(decided: Decided) -> dict[str, object]:
    """A decision as the chain of events keeps it: who, what before and after, and in which file and row it stood."""
    columns = ", ".join(heading(name) for name in decided.changes)
    by = f" by {decided.who}" if decided.who else ""
    return {
        "finding_id": decided.finding_id,
        "kind": "decided",
        "reason": f"{columns}{by}, in {decided.where}",
        "cause": str(Cause.DECIDED),
        "who": decided.who,
        "what": {name: list(change) for name, change in decided.changes.items()},
        "file_sha256": decided.sha256,
    }
