"""A night in figures, for whoever watches machines: counts alone, nobody's name and no source's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.model.finding import FindingStatus
from audit.model.night import Night, PullStatus

PREFIX = "identity_audit"


@dataclass(frozen=True, slots=True)
class Ended:
    """When a night ended, how long it took, and when the last one ended in which every source was judged."""

    at: datetime
    seconds: float
    whole_at: datetime | None


def prometheus_lines(night: Night, ended: Ended) -> Iterator[str]:
    """The figures in Prometheus' text format 0.0.4 (prometheus.io, "Exposition formats"), a line each, ends included.

    A rule and a status that nothing is in has a zero: an alert on it can tell that from a figure that is not there.
    """
    yield from _gauge("night_end_timestamp_seconds", "When the last night ended.", {"": ended.at.timestamp()})
    whole = {"": ended.whole_at.timestamp()} if ended.whole_at else {}
    yield from _gauge(
        "whole_night_end_timestamp_seconds", "When the last night ended in which every source was judged.", whole
    )
    yield from _gauge("night_duration_seconds", "How long the last night took.", {"": ended.seconds})
    pulls = Counter(pull.status for pull in night.pulls)
    yield from _gauge(
        "sources", "Sources by what became of them.", {f'{{status="{one}"}}': pulls[one] for one in PullStatus}
    )
    found = Counter((one.rule_id, one.status) for one in night.findings)
    rules = [rule.rule_id for rule in night.rules]
    labelled = {f'{{rule="{rule}",status="{one}"}}': found[rule, one] for rule in rules for one in FindingStatus}
    yield from _gauge("findings", "Findings and leads of the last night.", labelled)
    yield from _gauge("problems", "Rows, files and settings that could not be used.", {"": len(night.problems)})


def health(night: Night, code: int, seconds: float) -> dict[str, Any]:
    """What a health check is told of a night that came to an end."""
    return {
        **failed(code),
        "as_of": night.as_of.isoformat(),
        "seconds": round(seconds),
        "sources": Counter(str(pull.status) for pull in night.pulls),
        "findings": Counter(str(one.status) for one in night.findings),
        "problems": len(night.problems),
    }


def failed(code: int) -> dict[str, Any]:
    """What it is told of one that did not: the exit code alone."""
    return {"program": "identity-audit", "exit_code": code}


def _gauge(name: str, meaning: str, values: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {PREFIX}_{name} {meaning}\n# TYPE {PREFIX}_{name} gauge\n"
    yield from (f"{PREFIX}_{name}{labels} {round(value, 3):.15g}\n" for labels, value in values.items())
