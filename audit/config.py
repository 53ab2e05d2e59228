"""audit.toml and policy packs, read and checked: pydantic fills the very values that the night uses.

What a setting may be stands at its field; a name that stands for something (a connector, a policy pack, a path) is
replaced by what it names.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from datetime import date
from functools import partial
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, NoReturn, TypeVar, get_args, get_type_hints
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, ValidationInfo

from audit.extensions import SHUT, offered_by, shut_connector, take_part
from audit.model.figures import MEASURED
from audit.model.organization import Organization
from audit.model.policy import NOTICE_FIELDS, Barred, NoticeWords, Policy
from audit.model.settings import AgencyAnswer, ConfigError, Extensions, Holds, NightSettings, SourceSettings
from audit.model.thresholds import MailSettings, TrustSettings
from audit.people.addresses import is_state_domain, mail_system
from audit.report.barred import barred_kinds, faults_in_pack, faults_of
from audit.rules import RULES
from audit.settings_file import refuse_swallowed, settings_in
from connectors import reference
from connectors.catalog import CONNECTORS
from connectors.contract import (
    PURPOSES,
    Access,
    Connector,
    Engine,
    Expect,
    Network,
    Purpose,
    Record,
    SourceDown,
    may_be_for_work,
    path_from,
)
from connectors.everybodys import other_state, whose_domain
from connectors.files.cells import identifier
from connectors.http.doors import checked_base, proxy_fault
from connectors.http.secrets import GIVE
from connectors.platforms import fold_domain
from connectors.records import Account, Agency, Exemption, OfficialAccount, Person
from connectors.spark.places import TABLE, on_cluster, places_fault

Checked = TypeVar("Checked")
NO_SETTING = "is not a setting. Check its spelling, or remove it"
PACKS = resources.files("identity_audit_reference") / "policies"
EXCEPTIONS = "exceptions_csv"
OF_EVERY_SOURCE = ("expect", "approval", "purpose")
"""What the table of any source may hold beside its connector and the connector's own options."""


def default_policy() -> Policy:
    """The policy pack of a configuration that names none."""
    return load_policy("maine", Path(), Path("audit.toml"))


@dataclass(frozen=True, slots=True)
class OrganizationSettings:
    """[organization]: whose policy is applied, and the sources that name its agencies and its own accounts."""

    name: Annotated[str, Field(min_length=1)]
    state: Annotated[str, AfterValidator(_postal_code)]
    mail_domains: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_bare_domains)]
    agencies: Annotated[
        SourceSettings,
        BeforeValidator(partial(_source_table, name="agencies", record=Agency, of_file="agencies_csv")),
    ]
    other_domains: Annotated[tuple[str, ...], AfterValidator(_bare_domains)] = ()
    official_accounts: Annotated[
        SourceSettings | None,
        BeforeValidator(
            partial(_source_table, name="official_accounts", record=OfficialAccount, of_file="official_csv")
        ),
    ] = None
    policy: Annotated[Policy, BeforeValidator(_policy_named)] = field(default_factory=default_policy)

    def __post_init__(self) -> None:
        """Raise ValueError where the name, or a domain, is that of another state than the code: profiles would be read
        for that, or its people taken for ours."""
        codes = _states_by_code()
        named = re.fullmatch(_STATE_OF + "(.+)", self.name, re.IGNORECASE)
        meant = next((code for code, name in codes.items() if named and name.casefold() == named[1].casefold()), "")
        if meant not in ("", self.state):
            raise ValueError(
                f"{self.name!r} is another state than {self.state!r}, which is {codes[self.state]}: its own agencies"
                f' would not be found in profiles. Write state = "{meant}", or correct the name'
            )
        for setting in ("mail_domains", "other_domains"):
            for domain in getattr(self, setting):
                if whose := other_state(domain, self.state):
                    raise ValueError(
                        f"{domain!r} in {setting} is {whose}'s, and state is {self.state!r}: every address there would"
                        " count as the State's own. Take it out, or correct state"
                    )

    @property
    def unread(self) -> Organization:
        """The organization before its agencies and its registry are read."""
        return Organization(self.name, self.state, self.mail_domains, self.other_domains)


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """[output]: `folder` and the `reviews` that come back as absolute paths; how many days things are kept.

    `contact` is whom an agency asks about its workbook and where it sends it back; `answer_days` within how many days.
    `password` and, by agency code, `agency_passwords` say where the passwords of workbooks are kept: { env | file }.
    """

    folder: Place = Path("out")
    reviews: Place = Path("reviews")
    retention_days: Annotated[int, Field(ge=1)] = 730
    contact: str = ""
    answer_days: Annotated[int, Field(ge=1, le=366)] | None = None
    password: SecretPlace | None = None
    agency_passwords: Mapping[str, SecretPlace] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError where agencies' workbooks would be closed and the organization's own stay open."""
        if self.agency_passwords and self.password is None:
            raise ValueError(
                "agency_passwords need a password beside them: without it the organization's workbook, which holds the"
                " rows of every agency, would stay open"
            )

    @property
    def answer(self) -> AgencyAnswer:
        """What an agency is told of its answer."""
        return AgencyAnswer(self.contact, self.answer_days)


@dataclass(frozen=True, slots=True)
class AnchorSettings:
    """[anchor]: where the end of the ledger's chain is kept outside after each night, report, purge and restore.

    `file` (absolute) is there already, on another volume; `syslog` a socket's path or "host:port"; `url` takes JSON
    over https, and is { env | file } where it is a secret in itself; `token` goes there as a bearer's.
    """

    file: Annotated[Path, AfterValidator(_from_here)] | None = None
    syslog: Annotated[str, AfterValidator(_socket_or_host)] = ""
    url: Annotated[str | Mapping[str, str], AfterValidator(_told_over_tls)] = ""
    token: SecretPlace | None = None


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """[notice]: `contact` is whom an employee may write to about a notice."""

    contact: str = ""


@dataclass(frozen=True, slots=True)
class OperationsSettings:
    """[operations]: `ping` says where an https address is kept ({ env | file }) that is told how each night ended;
    `expires` are things that run out and that only you know of, by any name, each with its last day."""

    ping: SecretPlace | None = None
    expires: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """audit.toml as a value, a field for each of its tables; `path` is the file itself, absolute."""

    organization: OrganizationSettings
    directory: Annotated[SourceSettings, BeforeValidator(partial(_source_table, name="directory", record=Person))]
    sources: Annotated[
        tuple[Annotated[SourceSettings, BeforeValidator(_named_table)], ...], BeforeValidator(_named_tables)
    ]
    output: OutputSettings
    addresses: Annotated[
        SourceSettings | None, BeforeValidator(partial(_source_table, name="addresses", record=Person))
    ] = None
    """Another system's addresses of the people whom [directory] has."""
    exceptions: Annotated[SourceSettings | None, BeforeValidator(_register_table)] = None
    """The register of uses that somebody has authorised."""
    mail: MailSettings = field(default_factory=MailSettings)
    trust: Annotated[TrustSettings, AfterValidator(_known_rules)] = field(default_factory=TrustSettings)
    notice: NoticeSettings = field(default_factory=NoticeSettings)
    anchor: AnchorSettings = field(default_factory=AnchorSettings)
    holds: Annotated[Holds, BeforeValidator(_with_reasons)] = field(default_factory=Holds)
    night: NightSettings = field(default_factory=NightSettings)
    operations: OperationsSettings = field(default_factory=OperationsSettings)
    network: Annotated[Network, BeforeValidator(_sound_proxy), AfterValidator(_certificates_from_here)] = field(
        default_factory=Network
    )
    engine: Annotated[Engine, BeforeValidator(_sound_engine)] = field(default_factory=Engine)
    extensions: Annotated[Extensions, BeforeValidator(_only_allowed)] = field(default_factory=Extensions)
    """Packages whose code may take part, and what came of it."""
    path: Annotated[Path, BeforeValidator(_never_given)] = Path("audit.toml")

    def __post_init__(self) -> None:
        """Raise ValueError where the directory may lack what nothing else has, the policy allows no exceptions, a
        source lies on a cluster that is not named, or an instance under the State's own name does not say what its
        accounts are for."""
        if self.exceptions is not None and self.organization.policy.exceptions == "forbidden":
            raise ValueError(
                f"[exceptions] the policy «{self.organization.policy.name}» allows no exceptions. Remove the table:"
                " what its file spares is found then"
            )
        lacks = self.directory.options.get("may_lack", ())
        if "employee_id" in lacks:
            raise ValueError("[directory] may_lack: without an employee_id nobody is told from another. Take it out")
        if "full_name" in lacks:
            raise ValueError("[directory] may_lack: without names nobody can look up who is meant. Take it out")
        if "work_email" in lacks and self.addresses is None:
            raise ValueError(
                "[directory] may_lack: without work_email nobody is tied to anything. Add [addresses] with the export"
                " that has the addresses, by employee id"
            )
        for source in self.sources:
            if on_cluster(source.options) and not self.engine.spark:
                raise ValueError(
                    f"[sources.{source.name}] names what lies on a cluster, and nothing says which one. Add"
                    ' [engine] spark = "sc://HOST:15002", or spark = "local[*]" to read it on this machine'
                )
        registry = self.organization.official_accounts
        own = _files_of(registry) if registry else set()
        for source in self.sources:
            if both := own & _files_of(source):
                raise ValueError(
                    f"[sources.{source.name}] reads {min(both)[0]}, and so does official_accounts: every account in it"
                    " would count as the organization's own. Give each its own file, or its own sheet"
                )
        system = mail_system(self.organization.unread)
        for source in self.sources:
            host = urlsplit(str(source.options.get("url", ""))).hostname or ""
            open_to_both = source.connector.purpose is Purpose.PUBLIC and may_be_for_work(source.connector)
            if open_to_both and source.purpose is None and is_state_domain(fold_domain(host), system):
                raise ValueError(_purpose_missing(f"[sources.{source.name}]", source.connector))

    @property
    def folder(self) -> Path:
        """Where audit.toml stands: its paths start from there."""
        return self.path.parent

    @property
    def people(self) -> tuple[SourceSettings, ...]:
        """The sources that say who is employed and whose addresses are whose."""
        return (self.directory,) if self.addresses is None else (self.directory, self.addresses)


def _files_of(source: SourceSettings) -> set[tuple[str, str]]:
    """(path, sheets) of the files that a source names, as they are written."""
    path, sheets = source.options.get("path", []), str(source.options.get("sheet", ""))
    entries = path if isinstance(path, list) else [path]
    return {(os.path.normpath(path_from(Path(), str(one))), sheets) for one in entries}


_STRICTLY = ConfigDict(extra="forbid", str_strip_whitespace=True, arbitrary_types_allowed=True, defer_build=True)
# In a tuple of one each: of a dataclass by itself pydantic takes no word on how strictly it is read.
_READERS: Mapping[type, TypeAdapter[Any]] = {
    Settings: TypeAdapter(tuple[Settings], config=_STRICTLY),
    Policy: TypeAdapter(tuple[Policy], config=_STRICTLY),
}


def load(path: Path) -> Settings:
    """Read audit.toml and everything it names that is configuration (not data).

    Raises ConfigError with the file, the setting and what to do.
    """
    path = _whole(path)
    tables = settings_in(path)
    parties = take_part(_allowed(tables))
    given = _validated(Settings, {"output": {}, **tables}, tables, path)
    if faults := faults_of(given.notice.contact, given.organization.policy.barred):
        raise ConfigError("\n".join(f"{path}: notice.contact: {fault}" for fault in faults))
    directory, *sources = (
        replace(one, network=given.network, engine=given.engine) for one in (given.directory, *given.sources)
    )
    addresses = replace(given.addresses, network=given.network) if given.addresses else None
    return replace(
        given, path=path, directory=directory, addresses=addresses, sources=tuple(sources), extensions=parties
    )


def extensions_of(path: Path) -> Extensions:
    """What audit.toml allows of other packages, loaded, where there is such a file; nothing else of it is looked at."""
    if not path.exists():
        return take_part(())
    try:
        return take_part(_allowed(settings_in(_whole(path))))
    except ConfigError as fault:  # whoever asks what there is may be about to correct it
        return replace(take_part(()), problems=(str(fault),))


def _allowed(tables: Mapping[str, Any]) -> tuple[str, ...]:
    """[extensions] allow, before anything is validated; () where it has not the shape of one, which is told then."""
    table = tables.get("extensions")
    given = table.get("allow") if isinstance(table, dict) else None
    return tuple(given) if isinstance(given, list) and all(isinstance(one, str) and one for one in given) else ()


def _only_allowed(given: Any) -> Any:
    if isinstance(given, dict):
        for key in given.keys() - {"allow"}:
            raise ValueError(f"[extensions] {key} {NO_SETTING}")
    return given


def load_policy(name: str, folder: Path, named_in: Path) -> Policy:
    """Read a policy pack: the name of one that is installed ("maine"), or a path to a .toml file of one's own."""
    tables, path = _pack_tables(name, folder, named_in, seen=())
    lettered = dict(tables)
    if isinstance(clauses := tables.get("clauses"), dict):
        tables["clauses"] = dict(sorted(clauses.items()))
        lettered["clauses"] = tuple(
            {**clause, "letter": letter} if isinstance(clause, dict) else clause
            for letter, clause in tables["clauses"].items()
        )
    unknown = [f"{path}: {fault}" for fault in _unknown_rules(tables)]
    try:
        policy = _validated(Policy, lettered, tables, path)
    except ConfigError as fault:
        raise ConfigError("\n".join((str(fault), *unknown))) from None
    faults = [*unknown, *(f"{path}: notice.{fault}." for fault in _unknown_fields(policy.notice))]
    faults += [f"{path}: barred.{fault}." for fault in _barred_faults(policy.barred)]
    faults += [f"{path}: {setting}: {fault}" for setting, fault in faults_in_pack(policy)]
    if faults:
        raise ConfigError("\n".join(faults))
    return policy


def _unknown_rules(tables: Mapping[str, Any]) -> Iterator[str]:
    """What a pack says by rule of rules that there are not."""
    known = [rule.rule_id for rule in RULES]
    for table in ("severities", "guidance"):
        for rule_id in given if isinstance(given := tables.get(table), dict) else ():
            if rule_id not in known:
                yield f"{table}.{rule_id}: there is no such rule. Remove it, or name one of {', '.join(known)}."


def _barred_faults(barred: Barred) -> Iterator[str]:
    for kind in barred.kinds or ():
        if kind not in barred_kinds():
            yield f"kinds: {kind!r} is no kind of sentence; there are {', '.join(barred_kinds())}"
    if barred.state and barred.state not in _states_by_code():
        yield f'state: {barred.state!r} is not a state\'s postal code of two letters, such as "ME"'


def _unknown_fields(words: NoticeWords | None) -> Iterator[str]:
    """What the words of a notice name in braces although nothing has that name."""
    for setting, text in asdict(words).items() if words else ():
        for part in text.values() if isinstance(text, dict) else (text,):
            for name in (name for _, name, _, _ in Formatter().parse(part) if name is not None):
                if name not in NOTICE_FIELDS:
                    yield f"{setting}: {{{name}}} names nothing; in braces may stand {', '.join(NOTICE_FIELDS)}"


def installed_packs() -> tuple[str, ...]:
    """The names of the policy packs that came with the package."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in PACKS.iterdir() if entry.name.endswith(".toml")))


def _pack_tables(name: str, folder: Path, named_in: Path, seen: tuple[str, ...]) -> tuple[dict[str, Any], Path]:
    if name in seen:
        raise ConfigError(f"{named_in}: policy packs extend each other in a circle: {' → '.join((*seen, name))}.")
    if not name.endswith(".toml"):
        if name not in installed_packs():
            close = difflib.get_close_matches(name.casefold(), installed_packs(), n=1)
            raise ConfigError(
                f"{named_in}: there is no policy pack {name!r}.{f' Did you mean {close[0]!r}?' if close else ''}"
                f" Installed: {', '.join(installed_packs())}; or give the path of your own file, ending in .toml."
            )
        with resources.as_file(PACKS / f"{name}.toml") as installed:
            path = installed
            tables = settings_in(installed)
    else:
        path = _below(folder, name)
        tables = settings_in(path)
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


_STATE_OF = "(?:state|commonwealth|territory) of (?:the )?"


def _states_by_code() -> dict[str, str]:
    return {row["postal"]: row["name"] for row in reference.table("states.csv")}


def _postal_code(given: str) -> str:
    codes = _states_by_code()
    if given.upper() in codes:
        return given.upper()
    named = {name.casefold(): code for code, name in codes.items()}
    plain = re.sub(f"^{_STATE_OF}", "", given.casefold().strip())
    close = difflib.get_close_matches(plain, named, n=1)
    code = named.get(plain) or (named[close[0]] if close else "")
    hint = f'; for {codes[code]} that is "{code}"' if code else ', for example "ME"'
    raise ValueError(f"{given!r} is not a state's postal code of two letters{hint}")


_LABEL = r"[^\s.@/*;,:\"'<>()\[\]\\]+"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


def _bare_domains(domains: tuple[str, ...]) -> tuple[str, ...]:
    for domain in domains:
        if not _DOMAIN.fullmatch(domain.strip(".")):
            raise ValueError(f"{domain!r} is not a mail domain; write it as in an address, for example maine.gov")
        if whose := whose_domain(domain):
            raise ValueError(f"{domain!r} is {whose}; name domains that are the State's alone")
    return domains


def _known_rules(trust: TrustSettings) -> TrustSettings:
    known = [rule.rule_id for rule in RULES]
    for rule_id in trust.looked_at:
        if rule_id not in known:
            raise ValueError(f"[trust] looked_at: there is no rule {rule_id!r}; the rules are {', '.join(known)}")
    return trust


def _with_reasons(given: Any) -> Any:
    """Holds as tables: an id by itself is one without a reason. Ids as HR's are read: without what a spreadsheet, or a
    copy from a page, put around them."""
    if not isinstance(given, dict):
        return given
    return {
        name: [_as_hold(one, name) for one in listed] if isinstance(listed, list) else listed
        for name, listed in given.items()
    }


def _as_hold(given: Any, name: str) -> Any:
    table = given if isinstance(given, dict) else {"id": given}
    written = table.get("id", "")
    if isinstance(written, bool | int | float):
        raise ValueError(f'[holds] {name}: {written} is a number. Write the id between quotation marks: "{written}"')
    return {**table, "id": identifier(written)} if isinstance(written, str) and "id" in table else table


def _kept_in(given: Any) -> Any:
    """Where a secret is kept; the secret itself has no business in audit.toml."""
    if not isinstance(given, dict) or len(given) != 1:
        raise ValueError(f"is not written into audit.toml: {GIVE}")
    for kind in given.keys() - {"env", "file"}:
        raise ValueError(f'{kind} is not a setting; give {{ env = "NAME" }} or {{ file = "PATH" }}')
    return given


def _sound_proxy(given: Any) -> Any:
    if isinstance(given, dict) and "proxy" in given:
        _refuse_proxy(given["proxy"], "[network]")
    return given


def _refuse_elsewhere(options: Mapping[str, Any], connector: Connector[Any], where: str) -> None:
    """Raise ValueError for what lies on a cluster and is misnamed, or is of a connector that reads only files here."""
    if fault := places_fault(options):
        raise ValueError(f"{where} {fault}")
    if on_cluster(options) and TABLE not in connector.options:
        able = ", ".join(sorted(one.name for one in CONNECTORS.values() if TABLE in one.options))
        raise ValueError(
            f"{where} path: {connector.name} reads files of this machine, and this address is none. On a cluster are"
            f" read: {able}. Export it to a file"
        )


def _sound_engine(given: Any) -> Any:
    """[engine] as it may be: no token in it, and an address that Spark has."""
    spark = given.get("spark", "") if isinstance(given, dict) else ""
    if isinstance(spark, str):
        if re.search(r"(?i);[^;=]*(?:token|key|password|secret)[^;=]*=|//[^/]*@", spark):
            raise ValueError(f"[engine] spark is not written into audit.toml with its token: {GIVE}")
        if spark and not re.fullmatch(r"local(?:\[(?:\*|[1-9]\d*)\])?|sc://[^/\s]+(?:/.*)?", spark):
            raise ValueError(
                f'[engine] spark {spark!r} is neither "local[*]" nor the address of a Spark Connect server, such as'
                ' "sc://spark.example.gov:15002"'
            )
    elif isinstance(spark, dict):
        try:
            _kept_in(spark)
        except ValueError as fault:
            raise ValueError(f"[engine] spark: {fault}") from None
    return given


def _refuse_proxy(given: Any, where: str) -> None:
    """Raise ValueError for a proxy with its credential in plain text, or one that is neither address nor place."""
    if isinstance(given, str):
        if fault := proxy_fault(given.strip()):
            raise ValueError(f"{where} proxy {fault}")
        return
    try:
        _kept_in(given)
    except ValueError as fault:
        raise ValueError(f"{where} proxy: {fault}") from None


def _socket_or_host(given: str) -> str:
    host, _, port = given.rpartition(":")
    if given and not given.startswith("/") and not (host and port.isdecimal()):
        raise ValueError(
            f'{given!r} is neither a socket such as "/dev/log" nor "host:port" such as "logs.example.gov:514"'
        )
    return given


def _told_over_tls(given: str | Mapping[str, str]) -> str | Mapping[str, str]:
    if isinstance(given, str):
        try:
            return given and checked_base(given, "url")
        except SourceDown as fault:
            raise ValueError(f"{str(fault).partition(': ')[2].rstrip('.')}") from None
    _kept_in(given)
    return given


def _certificates_from_here(given: Network, info: ValidationInfo) -> Network:
    return replace(given, ca_file=_from_here(given.ca_file, info)) if given.ca_file else given


def _from_here(given: Path, info: ValidationInfo) -> Path:
    return _below(_file(info).parent, given)


def _policy_named(given: Any, info: ValidationInfo) -> Policy:
    if not isinstance(given, str):
        raise ValueError("Input should be a valid string")
    return load_policy(given.strip(), _file(info).parent, _file(info))


def _file(info: ValidationInfo) -> Path:
    assert isinstance(info.context, Path)
    return info.context


_INPUTS = {"agencies", "official_accounts", "directory", "addresses", "exceptions"}
"""Names under which the ledger keeps what it knows of the inputs of a night."""


def _named_tables(given: Any) -> tuple[Any, ...]:
    """The (name, table) of each source, to be read one by one."""
    if not isinstance(given, dict) or not given:
        raise ValueError("names no source; give each a table of its own, [sources.NAME]")
    for name in given.keys() & _INPUTS:
        raise ValueError(f"[sources.{name}] has the name of one of the night's inputs. Give it one of its own")
    return tuple(given.items())


def _register_table(given: Any) -> Any:
    """[exceptions]: a file of the one connector that there is, which need not be named."""
    if isinstance(given, dict):
        given = {"connector": EXCEPTIONS, **given}
    return _source_table(given, name="exceptions", record=Exemption, of_file=EXCEPTIONS)


def _named_table(given: tuple[str, Any]) -> Any:
    return _source_table(given[1], name=given[0], record=Account)


def _never_given(_: Any) -> NoReturn:
    raise ValueError(NO_SETTING)


Place = Annotated[Path, AfterValidator(_from_here), Field(validate_default=True)]
SecretPlace = Annotated[Mapping[str, Annotated[str, Field(min_length=1)]], BeforeValidator(_kept_in)]


def _source_table(given: Any, *, name: str, record: type[Record], of_file: str = "") -> Any:
    """The fields of SourceSettings as one table of audit.toml gives them, with its connector for the connector's name.

    A path alone, or a table with a path and no connector, is read by the connector `of_file`. What has not the shape of
    a table is left to pydantic's refusal. Raises ValueError.
    """
    if of_file and isinstance(given, str):
        given = {"path": given}
    if of_file and isinstance(given, dict) and "path" in given:
        given = {"connector": of_file, **given}
    if not isinstance(given, dict):
        return given
    known = {key: given[key] for key in OF_EVERY_SOURCE if key in given}
    options = {key: value for key, value in given.items() if key not in ("connector", *OF_EVERY_SOURCE)}
    if "connector" not in given:
        return {**known, "name": name, "options": options, "expect": {}}
    where = f"[{name}]" if record is not Account else f"[sources.{name}]"
    asked = str(given["connector"])
    connector = shut_connector(asked, record, options) if asked in SHUT else CONNECTORS.get(asked)
    if connector is None and (package := offered_by("connector", asked)):
        raise ValueError(
            f"{where} connector: {asked!r} is brought by the package {package}, which audit.toml does not allow. If its"
            f' code may run with all rights of this program, add [extensions] allow = ["{package}"]'
        )
    if connector is None or connector.record is not record:
        fitting = sorted(known.name for known in CONNECTORS.values() if known.record is record)
        _unknown(where, "connector", asked, fitting)
    for key in options:
        if key not in connector.options:
            _unknown(where, "option", key, sorted(connector.options))
    refuse_swallowed(options.get("path"), where)
    _refuse_elsewhere(options, connector, where)
    if "proxy" in options:
        _refuse_proxy(options["proxy"], where)
    if name == "addresses" and "may_lack" in connector.options:
        options = {"may_lack": ["employee_id", "full_name"], **options}
    if fault := connector.fault(options):
        raise ValueError(f"{where} {fault}")
    if connector.access is Access.APPROVAL and "approval" not in known and asked not in SHUT:
        raise ValueError(
            f"{where} reads {connector.name}, which needs a written approval. Add [sources.{name}.approval]"
            " with by, on, reference and expires, or remove the source"
        )
    _refuse_purpose(known.get("purpose"), connector, where)
    return {
        **known,
        "name": name,
        "connector": connector,
        "options": options,
        "expect": _expected(known.get("expect", {}), _lacking(connector.expect, options), where),
    }


def _refuse_purpose(given: Any, connector: Connector[Any], where: str) -> None:
    """Raise ValueError for a purpose that the accounts of a connector cannot have, and for none where only the
    operator can know."""
    if given is not None and connector.record is not Account:
        raise ValueError(f"{where} purpose: only a source of accounts has one. Remove the line")
    if given == Purpose.WORK and not may_be_for_work(connector):
        raise ValueError(
            f"{where} purpose: {connector.name} shows accounts of other systems than the organization's own, so"
            " they are not for work by being in it. Remove the line"
        )
    if given is None and connector.purpose is None:
        raise ValueError(_purpose_missing(where, connector))


def _purpose_missing(where: str, connector: Connector[Any]) -> str:
    return (
        f"{where} purpose: is missing, and only you can know what the accounts on a system of your own are for."
        f' Write one of these two lines below connector = "{connector.name}":\n'
        + "\n".join(f"  {line}" for line in PURPOSES.values())
    )


def _lacking(usual: Expect, options: Mapping[str, Any]) -> Expect:
    """What is usual for a connector, of a table that need not have some of it."""
    filled = {name: share for name, share in usual.filled.items() if name not in options.get("may_lack", ())}
    return replace(usual, filled=filled)


def _expected(given: Any, usual: Expect, where: str) -> Any:
    """What is usual for a connector, with what audit.toml says in its place. Raises ValueError."""
    if not isinstance(given, dict):
        return given
    for key in given:
        if key not in Expect.__slots__:
            _unknown(f"{where} expect", "setting", key, list(Expect.__slots__))
    usable = given.get("usable", {})
    for key in usable if isinstance(usable, dict) else ():
        if key not in MEASURED:
            _unknown(f"{where} expect.usable", "figure", key, sorted(MEASURED))
    for key, share in _shares(given):
        if isinstance(share, (int, float)) and not 0 <= share <= 1:
            raise ValueError(f"{where} expect.{key}: {share} is no share from 0 to 1, such as 0.5 for half")
    return {name: getattr(usual, name) for name in Expect.__slots__} | given


def _shares(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The shares of an `expect`, with the setting that each is."""
    for key, value in given.items():
        if key in ("may_shrink", "may_reject", "may_fall"):
            yield key, value
        elif key in ("usable", "filled") and isinstance(value, dict):
            yield from ((f"{key}.{name}", share) for name, share in value.items())


def _unknown(
    where: str, kind: Literal["connector", "option", "setting", "figure"], given: str, known: list[str]
) -> NoReturn:
    raise ValueError(f"{where}: unknown {kind} {given!r}.{_hint(given, known)}")


def _hint(given: str, known: Sequence[str]) -> str:
    """What may have been meant by a name that nothing has, and what there is; without the last full stop."""
    close = difflib.get_close_matches(given, known, n=1)
    meant = f" Did you mean {close[0]!r}?" if close else ""
    return f"{meant} Known here: {', '.join(known)}"


def _validated(kind: type[Checked], given: Mapping[str, Any], tables: Mapping[str, Any], path: Path) -> Checked:
    """What is given, read from the file's tables, as a value. Raises ConfigError with every fault, a line each."""
    try:
        (value,) = _READERS[kind].validate_python((given,), context=path)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        lines = [
            _plain(_place(fault["loc"][1:], tables), fault["type"], fault["msg"], _known_at(kind, fault["loc"][1:-1]))
            for fault in faults
        ]
        raise ConfigError("\n".join(f"{path}: {line}" for line in lines)) from None
    checked: Checked = value
    return checked


def _known_at(kind: Any, place: tuple[int | str, ...]) -> tuple[str, ...]:
    """The settings that the table at a place may hold; () where it is none of fixed names."""
    for part in place:
        kind = kind if isinstance(part, int) else _settings_of(kind).get(part)
    return tuple(_settings_of(kind))


def _settings_of(kind: Any) -> Mapping[str, Any]:
    """Setting → what it is, of the dataclass that a type is, or has as its values."""
    if is_dataclass(kind):
        return {name: what for name, what in get_type_hints(kind).items() if (kind, name) != (Settings, "path")}
    return next((found for one in get_args(kind) if (found := _settings_of(one))), {})


_TABLES = {
    "organization": "Add the table [organization].",
    "directory": "Add the table [directory], which says where the HR directory is.",
    "sources": "Give each source of accounts a table of its own, [sources.NAME].",
}


def _place(parts: tuple[int | str, ...], tables: Any) -> str:
    """Where in the file something stands: a table that became one of several has its name there, not its number."""
    names = []
    for part in parts:
        name = list(tables)[part] if isinstance(part, int) and isinstance(tables, dict) else part
        names.append(str(name))
        tables = tables.get(name) if isinstance(tables, dict) else None
    return ".".join(names)


def _plain(place: str, kind: str, message: str, known: Sequence[str]) -> str:
    """A fault as a line; `known` are the settings that may stand at its place."""
    if kind == "missing":
        return f"{place}: is missing. {_TABLES.get(place, 'Add it.')}"
    if kind == "unexpected_keyword_argument":
        return (
            f"{place}: is not a setting.{_hint(place.rpartition('.')[2], known)}."
            if known
            else f"{place}: {NO_SETTING}."
        )
    if kind == "dataclass_type":
        return f"{place}: is not a table of settings. Write it as one."
    if kind.startswith("date_"):
        return f"{place}: Input should be a valid date. Write it without quotation marks, the year first: 2026-11-20."
    if kind == "path_type":
        return f"{place}: Input should be a valid string."
    said = (
        message.removeprefix("Value error, ")
        .replace("valid tuple", "valid list")
        .replace("Tuple should", "List should")
    )
    if kind == "tuple_type":
        said += '. Write it between brackets: ["…"]'
    stop = "" if "\n" in said else "."  # behind lines to copy a full stop would be copied, too
    return f"{said}{stop}" if said.startswith("[") else f"{place}: {said}{stop}"


def _below(folder: Path, given: Path | str) -> Path:
    return _whole(path_from(folder, given))


def _whole(path: Path) -> Path:
    """A path from the root, links followed as far as they lead: one that leads to itself cannot be opened later."""
    return Path(os.path.realpath(path))
