"""The nights of an output folder side by side, read from what each published, and never written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from audit.model.finding import FindingStatus, Tier
from audit.model.night import PullStatus
from audit.notebook.load import NoSuchNight, findings_told, published, run_json_of, with_agency

_OF_RUN = ("run_id", "as_of", "status", "people", "official_accounts", "problems")
NIGHTS = (
    *_OF_RUN, "sources", "not_judged", *(f"{tier}s" for tier in Tier),
    *(status.replace(" ", "_") for status in FindingStatus),
)  # fmt: skip
PANEL = (
    "as_of", "run_id", "finding_id", "rule_id", "tier", "severity", "status", "platform", "agency_code", "agency",
    "disposition",
)  # fmt: skip
_OF_FINDING = tuple(name for name in PANEL if name not in ("as_of", "run_id", "agency"))


def nights(folder: str | Path) -> pd.DataFrame:
    """The nights that are stored in the output folder, oldest first: one row each, with its counts.

    `as_of` is what audit.load takes as `run`. Raises NoSuchNight where there is no such folder, or one of its nights
    cannot be read.
    """
    return _dated(pd.DataFrame([_counts(run_json_of(night)) for night in _there(folder)], columns=list(NIGHTS)))


def panel(folder: str | Path, since: date | str | None = None) -> pd.DataFrame:
    """The findings of all nights (from the day `since` on): one row a night and finding that it tells of.

    A finding that stands is told every night; one that is resolved, on the night that resolved it. Counts are a
    groupby away: `panel.groupby(["as_of", "agency", "rule_id", "status"], observed=True).size()`. It holds no names,
    handles or addresses; `finding_id` leads to them, and `disposition` is as somebody typed it. Texts are categories.
    Raises NoSuchNight as `nights` does.
    """
    first = "" if since is None else str(since)
    told = [_told(night) for night in _there(folder) if night.name >= first]
    whole = pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=list(PANEL))
    return _dated(whole.astype(dict.fromkeys(PANEL[1:], "category")))


def _there(folder: str | Path) -> list[Path]:
    if not Path(folder).is_dir():
        raise NoSuchNight(f"{folder}: there is no such folder. Name the output folder of your audit.toml.")
    return published(Path(folder))


def _counts(run: dict[str, Any]) -> dict[str, Any]:
    statuses = [source["status"] for source in run["sources"]]
    return {
        **{name: run[name] for name in _OF_RUN},
        "sources": len(statuses),
        "not_judged": sum(status != PullStatus.COMPLETE for status in statuses),
        **{f"{tier}s": count for tier, count in run["findings"]["by_tier"].items()},
        **{status.replace(" ", "_"): count for status, count in run["findings"]["by_status"].items()},
    }


def _told(night: Path) -> pd.DataFrame:
    run = run_json_of(night)
    rows = [{name: one[name] for name in _OF_FINDING} for one in findings_told(night)]
    told = pd.DataFrame(rows, columns=list(_OF_FINDING), dtype="str").assign(as_of=run["as_of"], run_id=run["run_id"])
    return with_agency(told, run.get("agencies", {}))[list(PANEL)]


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(as_of=pd.to_datetime(frame["as_of"], format="ISO8601").astype("datetime64[us]"))
