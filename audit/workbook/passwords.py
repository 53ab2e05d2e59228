"""The passwords of workbooks: which one closes which workbook, and which ones may open a reviewer's copy."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from audit.config import ConfigError, Settings
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


def passwords(settings: Settings, agency_codes: Collection[str] | None = None) -> Passwords | None:
    """The passwords that audit.toml points to, read; None where it names none, and workbooks stay plain.

    Raises ConfigError where one is missing, empty or longer than Excel takes, and where one is for an agency that is
    not among `agency_codes` (None: not known yet, not asked).
    """
    if settings.password is None:
        return None
    main = _read(settings, settings.password, "[output] password")
    agencies = {
        code: _read(settings, kept, f"[output.agency_passwords] {code}")
        for code, kept in settings.agency_passwords.items()
    }
    if agency_codes is not None and (unknown := sorted(agencies.keys() - set(agency_codes))):
        raise ConfigError(
            f"{settings.path}: [output.agency_passwords] {', '.join(unknown)}: there is no agency with this code. "
            "Write the codes as the agencies' file has them."
        )
    return Passwords(main, agencies)


def _read(settings: Settings, kept: Mapping[str, Any], what: str) -> Secret:
    try:
        read = secret(kept, settings.folder, what)
    except SourceDown as fault:
        raise ConfigError(f"{settings.path}: {fault}") from None
    # As keyboards type it: "é" is one letter, however the file spells it.
    typed = Secret(unicodedata.normalize("NFC", read.reveal()), read.origin)
    if len(typed.reveal()) > LONGEST:
        raise ConfigError(
            f"{settings.path}: {what}: the {read.origin} holds more than the {LONGEST} letters Excel takes."
        )
    return typed
