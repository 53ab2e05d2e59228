"""The passwords of workbooks: which one closes which workbook, and which ones may open a reviewer's copy."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from audit.model.settings import ConfigError
from connectors.contract import SourceDown
from connectors.http.secrets import Secret, secret

LONGEST = 255
"""Letters that Excel takes for a password to open (Microsoft, "Excel specifications and limits")."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """The password of the organization's workbook, and those of agencies that have one of their own, by their codes."""

    main: Secret
    agencies: Mapping[str, Secret] = field(default_factory=dict)

    def of(self, agency_code: str) -> Secret:
        """The password that closes an agency's workbook."""
        return self.agencies.get(agency_code, self.main)

    def to_try(self, name: str) -> tuple[Secret, ...]:
        """Every password once, those first that a file of this name probably has."""
        agency = PurePath(name).stem.casefold()
        codes = sorted(self.agencies, key=lambda code: (not agency.startswith(code.casefold()), code))
        named = [code for code in codes if agency.startswith(code.casefold())]
        tried = [*(self.agencies[code] for code in named), self.main, *(self.agencies[code] for code in codes)]
        return tuple({one.reveal(): one for one in tried}.values())


def passwords(
    main: Mapping[str, str] | None,
    agencies: Mapping[str, Mapping[str, str]],
    audit_toml: Path,
    agency_codes: Collection[str] | None = None,
) -> Passwords | None:
    """The passwords that audit.toml points to, read; None where it names none, and workbooks stay plain.

    `main` and, by agency code, `agencies` say where each is kept: { env | file }, from the folder of `audit_toml` on.
    Raises ConfigError where one is missing, empty or longer than Excel takes, and where one is for an agency that is
    not among `agency_codes` (None: not known yet, not asked).
    """
    if main is None:
        return None
    closing_all = _read(main, audit_toml, "[output] password")
    own = {code: _read(kept, audit_toml, f"[output.agency_passwords] {code}") for code, kept in agencies.items()}
    if agency_codes is not None and (unknown := sorted(own.keys() - set(agency_codes))):
        raise ConfigError(
            f"{audit_toml}: [output.agency_passwords] {', '.join(unknown)}: there is no agency with this code. "
            "Write the codes as the agencies' file has them."
        )
    return Passwords(closing_all, own)


def _read(kept: Mapping[str, str], audit_toml: Path, what: str) -> Secret:
    try:
        read = secret(kept, audit_toml.parent, what)
    except SourceDown as fault:
        raise ConfigError(f"{audit_toml}: {fault}") from None
    # As keyboards type it: "é" is one letter, however the file spells it.
    typed = Secret(unicodedata.normalize("NFC", read.reveal()), read.origin)
    if len(typed.reveal()) > LONGEST:
        raise ConfigError(f"{audit_toml}: {what}: the {read.origin} holds more than the {LONGEST} letters Excel takes.")
    return typed
