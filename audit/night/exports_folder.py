"""Where exports stand below the output folder, what they have said so far, and the key that stand-ins are made with."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from audit.model.settings import ConfigError
from audit.night.publish import file_name
from audit.report.exports.selection import Sent, TicketState
from audit.workbook.whole_file import replacing

FOLDER = "exports"
KEY = "stand-ins.key"
"""Made once. Who has it and the HR directory can tell whom a stand-in means; without it the next ones are others."""
_RECORD = ".said.json"


def export_path(output: Path, name: str, ending: str, agency_code: str) -> Path:
    """The file of an export; no other agency has it, one whose code differs in capitals alone included."""
    return output / FOLDER / f"{_stem(name, agency_code)}{ending}"


def record_path(output: Path, name: str, agency_code: str, to: Path | None) -> Path:
    """What an export has said so far; one that is written `to` another place is another export."""
    digest = hashlib.sha256(str(to.absolute()).encode(errors="surrogateescape")).hexdigest()[:8] if to else ""
    return output / FOLDER / f"{_stem(name, agency_code)}{digest and f' to {digest}'}{_RECORD}"


def _stem(name: str, agency_code: str) -> str:
    return f"{name}-{file_name(agency_code)}" if agency_code else name


def read_record(path: Path) -> dict[str, Sent] | None:
    """What an export has said so far, by finding id; None where it said nothing. Raises ConfigError for damage."""
    try:
        told = json.loads(path.read_bytes())
        return {
            finding_id: Sent(
                date.fromisoformat(one["first_on"]), date.fromisoformat(one["last_on"]), TicketState(one["state"]),
                date.fromisoformat(one["since"]),
            )
            for finding_id, one in told.items()
        }  # fmt: skip
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ConfigError(
            f"{path} cannot be read ({fault}), so nobody knows what was exported before. Put it back from a backup, or"
            " remove it: whatever is closed by now is then exported once more."
        ) from fault


def write_record(path: Path, said: Mapping[str, Sent]) -> None:
    """Keep what an export has said. Raises OSError."""
    with replacing(path) as file:
        plain = {finding_id: asdict(one) for finding_id, one in said.items()}
        file.write(json.dumps(plain, default=str, indent=0).encode() + b"\n")


def stand_in_secret(output: Path) -> str:
    """The key of an output folder, made where there is none. Raises ConfigError for an empty one, and OSError."""
    path = output / FOLDER / KEY
    if not path.exists():
        with replacing(path) as file:
            file.write(secrets.token_hex(32).encode() + b"\n")
    key = path.read_text(encoding="utf-8", errors="replace").strip()
    if not key:
        raise ConfigError(
            f"{path} is empty. Put it back from a backup; or remove it, and every stand-in and reference of OCSF and"
            " OSCAL will be another."
        )
    return key


def exports_before(output: Path, limit: date) -> list[Path]:
    """The exports written before `limit`: all but the key, and the records, which forget by themselves."""
    files = (path for path in (output / FOLDER).glob("*") if path.is_file() and not path.name.startswith("."))
    kept = (KEY, _RECORD)
    return sorted(path for path in files if not path.name.endswith(kept) and _day_of_writing(path) < limit)


def _day_of_writing(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
