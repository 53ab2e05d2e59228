"""Small models of what takes exports in: what a ServiceNow transform map, Jira's CSV importer, an event store and a
reader of OSCAL do with what is already there."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

NEW, IN_PROGRESS, ON_HOLD, CLOSED = "1", "2", "3", "7"


def read_csv(lines: list[str]) -> list[dict[str, str]]:
    """The records of a CSV, read as RFC 4180 has it."""
    return list(csv.DictReader(io.StringIO("".join(lines), newline=""), strict=True))


@dataclass
class ServiceNow:
    """The table incident behind a transform map that coalesces on correlation_id and copies no empty field."""

    incidents: list[dict[str, str]] = field(default_factory=list)

    def take(self, lines: list[str]) -> None:
        for row in read_csv(lines):
            met = [one for one in self.incidents if one["correlation_id"] == row["correlation_id"]]
            assert len(met) < 2, "a coalesce field that is ambiguous"
            if not met:
                self.incidents.append(dict.fromkeys(row, "") | {"state": NEW})
                met = self.incidents[-1:]
            met[0].update({name: text for name, text in row.items() if text})

    def states(self) -> dict[str, str]:
        return {one["correlation_id"]: one["state"] for one in self.incidents}


@dataclass
class Jira:
    """A project behind the CSV importer: a row with the key of an issue updates it, one without a key makes another."""

    issues: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, lines: list[str]) -> None:
        for row in read_csv(lines):
            key = row.pop("Issue Key")
            if not key:
                key = f"HR-{len(self.issues) + 1}"
                self.issues[key] = {"Status": "To Do"}
            self.issues[key].update({name: text for name, text in row.items() if text})

    def exported(self, path: Path) -> Path:
        """Its own CSV, as "Export CSV (all fields)" heads it, the newest issue first."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["Summary", "Issue key", "Issue id", "Status", "Custom field (Finding ID)"])
            for number, (key, one) in reversed(list(enumerate(self.issues.items(), 10_000))):
                writer.writerow([one["Summary"], key, number, one["Status"], one["Finding ID"]])
        return path

    def states(self) -> dict[str, str]:
        assert max(Counter(one["Finding ID"] for one in self.issues.values()).values(), default=1) == 1
        return {one["Finding ID"]: one["Status"] for one in self.issues.values()}


@dataclass
class Events:
    """The newest event of each finding. Whatever is updated or closed was created before."""

    newest: dict[str, dict] = field(default_factory=dict)

    def take(self, lines: list[str]) -> None:
        for line in lines:
            event = json.loads(line)
            uid = event["finding_info"]["uid"]
            assert (uid not in self.newest) == (event["activity_name"] == "Create")
            self.newest[uid] = event


@dataclass
class Assessments:
    """The newest word about each finding in the documents that were read."""

    newest: dict[str, dict] = field(default_factory=dict)

    def take(self, text: str) -> None:
        (result,) = json.loads(text)["assessment-results"]["results"]
        found = result.get("findings", [])
        assert len({one["uuid"] for one in found}) == len(found)
        self.newest |= {one["uuid"]: one for one in found}
