"""A night's files: workbooks, findings.jsonl, run.json (last), and `latest`. Each file is whole or not there at all."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path

import pandas as pd

from audit import report
from audit.ledger.nights_beside import LATEST, NIGHT, RUN_JSON, sha256
from audit.model.night import Night
from audit.model.settings import NO_ANSWER, AgencyAnswer
from audit.night import cases_file
from audit.night.reviews_folder import typed_in_place
from audit.night.stopping import stop_if_asked
from audit.workbook import write
from audit.workbook.encrypted import write_encrypted
from audit.workbook.passwords import Passwords
from audit.workbook.whole_file import make_folder, remove_drafts, replacing

RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever ending follows (learn.microsoft.com, "Naming Files, Paths")."""
LONGEST = 120
"""Bytes of a code that stand in a file's name: with digest, ending and the name of a draft below what systems take."""
DIGITS = 32
"""Digits of a code's digest in its file's name: so many that nobody can make two codes that share them."""


def publish(
    night: Night,
    output: Path,
    cases: Iterable[pd.DataFrame] | None = None,
    *,
    passwords: Passwords | None = None,
    answer: AgencyAnswer = NO_ANSWER,
) -> Path:
    """Write everything the night has to say below `output`; returns the day's folder. Raises OSError.

    run.json goes first and comes back last: where it stands, the folder is complete, and each of its files has the
    digest that stands there. `cases` (audit.night.cases_file.judged_parts) are stored beside it; without them, those
    that the night stored before stay. `latest` is left alone by a night of chosen sources, and by a
    rehearsal. With `passwords` the workbooks, and nothing else, are written encrypted. `answer` is what agencies are
    told of theirs.
    """
    stop_if_asked()
    folder = output / night.as_of.isoformat()
    agencies = folder / "agencies"
    make_folder(agencies)
    (folder / RUN_JSON).unlink(missing_ok=True)
    created = datetime.combine(night.as_of, time(), UTC)
    title = f"Identity audit, {night.organization.name}, {night.as_of.isoformat()}"
    store = partial(write_encrypted, password=passwords.main) if passwords else None
    write.write_workbook(folder / "audit.xlsx", report.sheets(night), created=created, title=title, store=store)
    letters = folder / "notices.xlsx"
    if night.notices:
        sheets = report.notice_sheets(night)
        write.write_workbook(letters, sheets, created=created, title=f"{title}, notices", store=store)
    else:
        letters.unlink(missing_ok=True)
    offboarding = folder / "leavers.xlsx"
    if night.leavers:
        sheets = report.leavers_book(night)
        write.write_workbook(offboarding, sheets, created=created, title=f"{title}, leavers", store=store)
    else:
        offboarding.unlink(missing_ok=True)
    names = {agency.agency_code: agency.name for agency in night.organization.agencies}
    books = {}
    for code in report.agencies_with_a_book(night):
        stop_if_asked()
        path = agencies / parcel_name(code, names.get(code, ""), night.as_of)
        store = partial(write_encrypted, password=passwords.of(code)) if passwords else None
        sheets, titled = report.agency_sheets(night, code, answer), f"{title}, agency {code}"
        write.write_workbook(path, sheets, created=created, title=titled, store=store)
        with replacing(path.with_suffix(".txt")) as file:
            said = report.mail_text(report.reader_of(night, code), answer, path.name, locked=passwords is not None)
            file.write(said.encode(errors="replace"))
        books[code] = path
    written = {one for path in books.values() for one in (path, path.with_suffix(".txt"))}
    for stale in {*agencies.glob("*.xlsx"), *agencies.glob("*.txt")} - written:
        stale.unlink()
    stop_if_asked()
    with replacing(folder / "findings.jsonl") as file:
        file.writelines(f"{line}\n".encode() for line in report.jsonl(night))
    if cases is not None:
        cases_file.write_cases(folder / cases_file.NAME, cases, night.run_id)
    stop_if_asked()
    with replacing(folder / RUN_JSON) as file:
        places = {code: path.relative_to(folder).as_posix() for code, path in books.items()}
        told = report.run_json(night, _digests(folder, written), places)
        file.write(json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n")
    if night.whole:
        point_latest(output, folder)
    return folder


def _digests(folder: Path, agencies: Collection[Path]) -> dict[str, str]:
    """Path below the night's folder → SHA-256, for every file that the night has written."""
    own = (folder / name for name in ("audit.xlsx", "notices.xlsx", "leavers.xlsx", "findings.jsonl", cases_file.NAME))
    paths = sorted((*(path for path in own if path.exists()), *agencies))
    return {path.relative_to(folder).as_posix(): sha256(path) for path in paths}


def parcel_name(code: str, name: str, day: date) -> str:
    """The name of an agency's copy for people: "17 Department of Transportation 2026-11-20.xlsx".

    What stands before the first space is made of the code alone and is no other code's, whatever agencies are called.
    """
    plain = " ".join(_NOT_IN_NAMES.sub(" ", unicodedata.normalize("NFC", name)).split())
    plain = plain.encode()[:_NAME_BYTES].decode(errors="ignore").strip(" .,-")
    return " ".join(filter(None, (file_name(code), plain, day.isoformat()))) + ".xlsx"


_NAME_BYTES = 70
"""Of an agency's name: with the longest code, day, ending and the name of a draft below what systems take."""
_NOT_IN_NAMES = re.compile(r"[^\w &'(),.-]+")
"""What Windows refuses in a name, what no eye sees, and what a shell would take for its own."""


def file_name(code: str) -> str:
    """A file name, without its ending, that every system takes and that no other code has.

    It is made of the code alone, so that it stays whatever codes come and go. A code that can be a name, written in
    capitals as far as there are any, is its own. Any other bears digits of its digest behind what is left of it:
    "17/A" would read "17_A" else, which may be another's name; "dot" and "DOT" are one name to Windows; and a code that
    ends as with such digits may be what is made of another.
    """
    name = letters_of_code(code)
    if code == name == _in_capitals(code) != "" and not RESERVED.fullmatch(code) and not ENDS_IN_DIGEST.search(code):
        return code
    return f"{name}_{hashlib.sha256(code.encode(errors='surrogatepass')).hexdigest()[:DIGITS]}"


ENDS_IN_DIGEST = re.compile(rf"_[0-9a-f]{{{DIGITS}}}$", re.IGNORECASE)
"""The end of a file name that a code alone would not have."""


def letters_of_code(code: str) -> str:
    """What is left of a code: letters, digits, "-" and "_", not too many."""
    name = re.sub(r"[^\w-]+", "_", unicodedata.normalize("NFC", code))
    return name.encode()[:LONGEST].decode(errors="ignore")


def _in_capitals(code: str) -> str:
    """The same for all codes that a system takes for one name: without regard to case, width or composition."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", code).casefold())
    return unicodedata.normalize("NFC", folded.upper())


def nights_before(output: Path, limit: date) -> list[Path]:
    """The folders of nights before `limit`, oldest first."""
    found = [folder for folder in output.iterdir() if folder.is_dir() and NIGHT.fullmatch(folder.name)]
    return sorted(folder for folder in found if folder.name < limit.isoformat())


def point_latest(output: Path, folder: Path) -> None:
    """Let `latest` name the day's folder: a link where the system allows one, else a copy. What somebody typed into
    workbooks of a copy is archived before it goes."""
    latest, draft = output / LATEST, output / f".latest.{secrets.token_hex(4)}.tmp"
    try:
        try:
            draft.symlink_to(folder.name, target_is_directory=True)
        except (OSError, NotImplementedError):
            shutil.copytree(folder, draft)
        if latest.is_dir() and not latest.is_symlink():
            typed_in_place(output)
            shutil.rmtree(latest)
        elif not draft.is_symlink():  # a folder takes no link's or file's place
            latest.unlink(missing_ok=True)
        draft.replace(latest)
    except BaseException:
        remove_drafts([output])
        raise
