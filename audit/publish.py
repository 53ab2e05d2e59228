"""A night's files: workbooks, findings.jsonl, run.json (last), and `latest`. Each file is whole or not there at all."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path

import pandas as pd

from audit import case_file, report
from audit.encryption import write_encrypted
from audit.encryption.passwords import Passwords
from audit.night import Night
from audit.report import workbook
from audit.whole_file import replacing

NIGHT = re.compile(r"\d{4}-\d{2}-\d{2}")


def publish(
    night: Night, output: Path, cases: pd.DataFrame | None = None, *, passwords: Passwords | None = None
) -> Path:
    """Write everything the night has to say below `output`; returns the day's folder. Raises OSError.

    run.json goes first and comes back last: where it stands, the folder is complete. `cases` (audit.case_file.judged)
    are stored beside it; without them, those that the night stored before stay. With `passwords` the workbooks, and
    nothing else, are written encrypted.
    """
    folder = output / night.as_of.isoformat()
    agencies = folder / "agencies"
    agencies.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").unlink(missing_ok=True)
    for draft in (*folder.glob(".*.tmp"), *agencies.glob(".*.tmp")):
        draft.unlink()
    created = datetime.combine(night.as_of, time(), UTC)
    title = f"Identity audit, {night.organization.name}, {night.as_of.isoformat()}"
    store = partial(write_encrypted, password=passwords.main) if passwords else None
    workbook.write(folder / "audit.xlsx", report.sheets(night), created=created, title=title, store=store)
    letters = folder / "notices.xlsx"
    if night.notices:
        sheets = report.notice_sheets(night)
        workbook.write(letters, sheets, created=created, title=f"{title}, notices", store=store)
    else:
        letters.unlink(missing_ok=True)
    written = set()
    for code in report.agency_codes(night):
        path = agencies / f"{file_name(code)}.xlsx"
        store = partial(write_encrypted, password=passwords.of(code)) if passwords else None
        sheets, titled = report.agency_sheets(night, code), f"{title}, agency {code}"
        workbook.write(path, sheets, created=created, title=titled, store=store)
        written.add(path)
    for stale in set(agencies.glob("*.xlsx")) - written:
        stale.unlink()
    with replacing(folder / "findings.jsonl") as file:
        file.writelines(f"{line}\n".encode() for line in report.jsonl(night))
    if cases is not None:
        case_file.write(folder / case_file.NAME, cases, night.run_id)
    with replacing(folder / "run.json") as file:
        file.write(json.dumps(report.run_json(night), ensure_ascii=False, indent=2).encode() + b"\n")
    point_latest(output, folder)
    return folder


def file_name(code: str) -> str:
    """An agency code as a file name that every system takes."""
    return re.sub(r"[^\w-]+", "_", code) or "_"


def remove_before(output: Path, limit: date) -> int:
    """Remove the folders of nights before `limit`; returns how many."""
    old = [folder for folder in output.iterdir() if folder.is_dir() and NIGHT.fullmatch(folder.name)]
    old = [folder for folder in old if folder.name < limit.isoformat()]
    for folder in old:
        shutil.rmtree(folder)
    return len(old)


def point_latest(output: Path, folder: Path) -> None:
    """Let `latest` name the day's folder: a link where the system allows one, else a copy."""
    latest, draft = output / "latest", output / f".latest.{secrets.token_hex(4)}.tmp"
    try:
        draft.symlink_to(folder.name, target_is_directory=True)
    except (OSError, NotImplementedError):
        shutil.copytree(folder, draft)
    if latest.is_dir() and not latest.is_symlink():
        shutil.rmtree(latest)
    draft.replace(latest)
