"""audit.toml and policy packs, read and checked into plain values. The only module that knows pydantic."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import Any, Literal, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from audit.model.figures import MEASURED
from audit.model.finding import Severity
from audit.model.policy import NOTICE_FIELDS, Clause, NoticeWords, Policy
from audit.model.thresholds import MailSettings, TrustSettings
from audit.rules import RULES
from connectors import reference
from connectors.catalog import CONNECTORS
from connectors.contract import Access, Connector, Expect, Purpose
from connectors.records import Account, Agency, OfficialAccount, Person

Model = TypeVar("Model", bound=BaseModel)
PACKS = resources.files("identity_audit_reference") / "policies"


class ConfigError(Exception):
    """audit.toml or a policy pack cannot be used: the message says which file, which setting, and what to do."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who allowed a source that needs it, when, on what paper, and until when."""

    by: str
    on: date
    reference: str
    expires: date

    def __str__(self) -> str:
        """As run.json and the workbook name it."""
        return f"{self.reference}, by {self.by} on {self.on.isoformat()}, until {self.expires.isoformat()}"


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One table of audit.toml that a connector reads: which connector, its options, what a healthy pull looks like."""

    name: str
    connector: Connector[Any]
    options: Mapping[str, Any]
    expect: Expect
    approval: Approval | None = None
    purpose: Purpose | None = None
    """What its accounts are for, where audit.toml says it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """audit.toml as a value. Paths are absolute; `folder` is where audit.toml stands.

    `password` and, by agency code, `agency_passwords` say where the passwords of workbooks are kept: { env | file }.
    """

    path: Path
    folder: Path
    organization_name: str
    state: str
    mail_domains: tuple[str, ...]
    other_domains: tuple[str, ...]
    agencies: SourceSettings
    official_accounts: SourceSettings | None
    policy: Policy
    directory: SourceSettings
    sources: tuple[SourceSettings, ...]
    mail: MailSettings
    output: Path
    reviews: Path
    retention_days: int
    trust: TrustSettings = field(default_factory=TrustSettings)
    contact: str = ""
    """Whom an employee may write to about a notice."""
    password: Mapping[str, str] | None = None
    agency_passwords: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class _Approval(_Strict):
    by: str = Field(min_length=1)
    on: date
    reference: str = Field(min_length=1)
    expires: date


class _Source(BaseModel):
    model_config = ConfigDict(extra="allow")
    connector: str
    expect: dict[str, Any] = Field(default_factory=dict)
    approval: _Approval | None = None
    purpose: Purpose | None = None


class _Organization(_Strict):
    name: str = Field(min_length=1)
    state: str
    mail_domains: list[str] = Field(min_length=1)
    other_domains: list[str] = Field(default_factory=list)
    agencies: str | _Source
    official_accounts: str | _Source | None = None
    policy: str = "maine"

    @field_validator("state")
    @classmethod
    def _postal_code(cls, given: str) -> str:
        codes = {row["postal"]: row["name"] for row in reference.table("states.csv")}
        if given.upper() in codes:
            return given
        named = {name.casefold(): code for code, name in codes.items()}
        plain = re.sub(r"^(state|commonwealth|territory) of (the )?", "", given.casefold().strip())
        close = difflib.get_close_matches(plain, named, n=1)
        code = named.get(plain) or (named[close[0]] if close else "")
        hint = f'; for {codes[code]} that is "{code}"' if code else ', for example "ME"'
        raise ValueError(f"{given!r} is not a state's postal code of two letters{hint}")

    @field_validator("mail_domains", "other_domains")
    @classmethod
    def _bare_domains(cls, domains: list[str]) -> list[str]:
        for domain in domains:
            if "@" in domain or "/" in domain or "." not in domain.strip("."):
                raise ValueError(f"{domain!r} is not a mail domain; write it as in an address, for example maine.gov")
        return domains


class _Mail(_Strict):
    stale_after_days: int = Field(default=548, ge=1)
    burst_platforms: int = Field(default=5, ge=2)
    burst_minutes: int = Field(default=60, ge=1)


class _Trust(_Strict):
    bound: float = Field(default=0.80, ge=0, le=1)
    lead_bound: float = Field(default=0.50, ge=0, le=1)
    at_least: int = Field(default=10, ge=1)
    looked_at: dict[str, date] = Field(default_factory=dict)

    @field_validator("looked_at")
    @classmethod
    def _known_rules(cls, days: dict[str, date]) -> dict[str, date]:
        known = [rule.rule_id for rule in RULES]
        for rule_id in days:
            if rule_id not in known:
                raise ValueError(f"there is no rule {rule_id!r}; the rules are {', '.join(known)}")
        return days


class _Notice(_Strict):
    contact: str = ""


class _Kept(_Strict):
    """Where a secret is kept; the secret itself has no business in audit.toml."""

    env: str | None = Field(default=None, min_length=1)
    file: str | None = Field(default=None, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_place(cls, given: Any) -> Any:
        if not isinstance(given, dict) or len(given) != 1:
            raise ValueError(
                'is not written into audit.toml: give { env = "NAME" } for an environment variable, or'
                ' { file = "PATH" } for a file that only the audit may read'
            )
        return given


class _Output(_Strict):
    folder: str = "out"
    reviews: str = "reviews"
    retention_days: int = Field(default=730, ge=1)
    password: _Kept | None = None
    agency_passwords: dict[str, _Kept] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_for_all(self) -> _Output:
        if self.agency_passwords and self.password is None:
            raise ValueError(
                "agency_passwords need a password beside them: without it the organization's workbook, which holds the"
                " rows of every agency, would stay open"
            )
        return self


class _Audit(_Strict):
    organization: _Organization
    directory: _Source
    sources: dict[str, _Source] = Field(min_length=1)
    output: _Output = Field(default_factory=_Output)
    mail: _Mail = Field(default_factory=_Mail)
    trust: _Trust = Field(default_factory=_Trust)
    notice: _Notice = Field(default_factory=_Notice)


class _Clause(_Strict):
    text: str
    in_scope: bool
    note: str = ""


class _NoticeWords(_Strict):
    subject: str
    greeting: str
    opening: str
    seen: str
    quoted: str
    clause: str
    proves_not: dict[str, str]
    fix: dict[str, str]
    objection: str
    nobody: str
    rights: str
    closing: str

    @field_validator("*")
    @classmethod
    def _known_fields(cls, words: str | dict[str, str]) -> str | dict[str, str]:
        for text in words.values() if isinstance(words, dict) else (words,):
            for name in (name for _, name, _, _ in Formatter().parse(text) if name is not None):
                if name not in NOTICE_FIELDS:
                    raise ValueError(f"{{{name}}} names nothing; in braces may stand {', '.join(NOTICE_FIELDS)}")
        return words


class _Pack(_Strict):
    name: str
    source: str
    disclaimer: str
    rights: str
    clauses: dict[str, _Clause]
    severities: dict[str, Severity]
    guidance: dict[str, str]
    notice: _NoticeWords | None = None


def load(path: Path) -> Settings:
    """Read audit.toml and everything it names that is configuration (not data).

    Raises ConfigError with the file, the setting and what to do.
    """
    path = path.resolve()
    audit = _validated(_Audit, _toml(path), path)
    folder, organization = path.parent, audit.organization
    return Settings(
        path=path,
        folder=folder,
        organization_name=organization.name,
        state=organization.state.upper(),
        mail_domains=tuple(organization.mail_domains),
        other_domains=tuple(organization.other_domains),
        agencies=_reference(organization.agencies, "agencies", "agencies_csv", Agency, path),
        official_accounts=(
            _reference(organization.official_accounts, "official_accounts", "official_csv", OfficialAccount, path)
            if organization.official_accounts
            else None
        ),
        policy=load_policy(organization.policy, folder, path),
        directory=_source("directory", audit.directory, Person, path),
        sources=tuple(_source(name, source, Account, path) for name, source in audit.sources.items()),
        mail=MailSettings(
            timedelta(days=audit.mail.stale_after_days),
            audit.mail.burst_platforms,
            timedelta(minutes=audit.mail.burst_minutes),
        ),
        output=_below(folder, audit.output.folder),
        reviews=_below(folder, audit.output.reviews),
        retention_days=audit.output.retention_days,
        trust=TrustSettings(**audit.trust.model_dump()),
        contact=audit.notice.contact,
        password=_place(audit.output.password),
        agency_passwords={
            code: place for code, kept in audit.output.agency_passwords.items() if (place := _place(kept))
        },
    )


def _place(kept: _Kept | None) -> dict[str, str] | None:
    return kept.model_dump(exclude_none=True) if kept else None


def load_policy(name: str, folder: Path, named_in: Path) -> Policy:
    """Read a policy pack: the name of one that is installed ("maine"), or a path to a .toml file of one's own."""
    tables, path = _pack_tables(name, folder, named_in, seen=())
    pack = _validated(_Pack, tables, path)
    return Policy(
        name=pack.name,
        source=pack.source,
        clauses=tuple(Clause(letter, **clause.model_dump()) for letter, clause in sorted(pack.clauses.items())),
        disclaimer=pack.disclaimer,
        rights=pack.rights,
        severities=pack.severities,
        guidance=pack.guidance,
        notice=NoticeWords(**pack.notice.model_dump()) if pack.notice else None,
    )


def installed_packs() -> tuple[str, ...]:
    """The names of the policy packs that came with the package."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in PACKS.iterdir() if entry.name.endswith(".toml")))


def _pack_tables(name: str, folder: Path, named_in: Path, seen: tuple[str, ...]) -> tuple[dict[str, Any], Path]:
    if name in seen:
        raise ConfigError(f"{named_in}: policy packs extend each other in a circle: {' → '.join((*seen, name))}.")
    if not name.endswith(".toml"):
        if name not in installed_packs():
            raise ConfigError(
                f"{named_in}: there is no policy pack {name!r}. Installed: {', '.join(installed_packs())};"
                " or give the path of your own file, ending in .toml."
            )
        with resources.as_file(PACKS / f"{name}.toml") as installed:
            path = installed
            tables = _toml(installed)
    else:
        path = _below(folder, name)
        tables = _toml(path)
    base = tables.pop("extends", None)
    if base is None:
        return tables, path
    below, _ = _pack_tables(str(base), path.parent, path, (*seen, name))
    return _overlaid(below, tables), path


def _overlaid(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        known = merged.get(key)
        merged[key] = _overlaid(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _reference(given: str | _Source, name: str, connector: str, record: type[Any], path: Path) -> SourceSettings:
    source = _Source(connector=connector, path=given) if isinstance(given, str) else given  # type: ignore[call-arg]
    return _source(name, source, record, path)


def _source(name: str, given: _Source, record: type[Any], path: Path) -> SourceSettings:
    where = f"[{name}]" if record is not Account else f"[sources.{name}]"
    connector = CONNECTORS.get(given.connector)
    if connector is None or connector.record is not record:
        fitting = sorted(known.name for known in CONNECTORS.values() if known.record is record)
        _unknown(path, where, "connector", given.connector, fitting)
    options = given.model_extra or {}
    for key in options:
        if key not in connector.options:
            _unknown(path, where, "option", key, sorted(connector.options))
    _refuse_swallowed(options.get("path"), path, where)
    for key in given.expect.get("usable", {}) if isinstance(given.expect.get("usable", {}), dict) else ():
        if key not in MEASURED:
            _unknown(path, f"{where} expect.usable", "figure", key, sorted(MEASURED))
    try:
        expect = Expect(**{**_fields(connector.expect), **given.expect})
    except TypeError as error:
        raise ConfigError(f"{path}: {where} expect: {error}. It takes {', '.join(_fields(Expect()))}.") from None
    approval = Approval(**given.approval.model_dump()) if given.approval else None
    if connector.access is Access.APPROVAL and approval is None:
        raise ConfigError(
            f"{path}: {where} reads {connector.name}, which needs a written approval. Add [sources.{name}.approval]"
            " with by, on, reference and expires, or remove the source."
        )
    if given.purpose and record is not Account:
        raise ConfigError(f"{path}: {where} purpose: only a source of accounts has one. Remove the line.")
    elsewhere = connector.adds_up or connector.access in (Access.PUBLIC, Access.APPROVAL)
    if given.purpose is Purpose.WORK and elsewhere:
        raise ConfigError(
            f"{path}: {where} purpose: {connector.name} shows accounts of other systems than the organization's own, so"
            " they are not for work by being in it. Remove the line."
        )
    return SourceSettings(name, connector, options, expect, approval, given.purpose)


def _fields(expect: Expect) -> dict[str, Any]:
    return {name: getattr(expect, name) for name in Expect.__slots__}


def _unknown(
    path: Path, where: str, kind: Literal["connector", "option", "figure"], given: str, known: list[str]
) -> NoReturn:
    close = difflib.get_close_matches(given, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise ConfigError(f"{path}: {where}: unknown {kind} {given!r}.{hint} Known here: {', '.join(known)}.")


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file. Give its path, or write one with `identity-audit init DIR`."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text ({error}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}. {_backslashed(path, str(error))}") from None


_LINE = re.compile(r"at line (\d+)")
_SLASHES = "A backslash has a meaning of its own between double quotes. Write a Windows path in single quotes"


def _backslashed(path: Path, fault: str) -> str:
    """What to do about a line that is no TOML: a Windows path between double quotes is the usual one."""
    found = _LINE.search(fault)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    line = lines[int(found[1]) - 1] if found and int(found[1]) <= len(lines) else ""
    quoted = re.search(r'"([^"]*\\[^"]*)', line)
    return f"{_SLASHES}, or with forward slashes: {_plain_path(quoted[1])}." if quoted else "Correct that line."


def _plain_path(written: str) -> str:
    single = written.replace("\\\\", "\\")
    return f"'{single}' or \"{single.replace(chr(92), '/')}\""


_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\x1b": "\\e"}


def _refuse_swallowed(value: Any, path: Path, where: str) -> None:
    """Raise ConfigError for a path in which TOML took "\\t" or "\\n" for a tab or a new line."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and any(letter in text for letter in _ESCAPES):
            written = "".join(_ESCAPES.get(letter, letter) for letter in text)
            raise ConfigError(
                f"{path}: {where} holds a path with a backslash. {_SLASHES}, or with forward slashes:"
                f" {_plain_path(written)}."
            )


def _validated(model: type[Model], tables: dict[str, Any], path: Path) -> Model:
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        lines = [
            f"{path}: {'.'.join(str(part) for part in fault['loc'])}: {_plain(fault['type'], fault['msg'])}"
            for fault in error.errors()
        ]
        raise ConfigError("\n".join(lines)) from None


def _plain(kind: str, message: str) -> str:
    if kind == "missing":
        return "is missing. Add it."
    if kind == "extra_forbidden":
        return "is not a setting. Check its spelling, or remove it."
    return message.removeprefix("Value error, ") + "."


def _below(folder: Path, given: str) -> Path:
    return (folder / Path(given).expanduser()).resolve()
