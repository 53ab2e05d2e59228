"""What stands around a night: network, certificates, approvals, disk, clock, the lock. Only reads."""

from __future__ import annotations

import json
import os
import shutil
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509

from audit.config import Settings
from audit.ledger import NAME as LEDGER
from audit.ledger import nights_beside
from audit.model.settings import SourceSettings
from audit.night import lock
from audit.night.toml import toml
from audit.verbs.refusals import refusal_in_words
from connectors.contract import Source, SourceDown
from connectors.files import paths
from connectors.http.secrets import read_secret, secret

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
SOON = 30
"""Days before its end from which on a certificate or an approval is told."""
PACKED = (".gz", ".zip", ".xlsx", ".parquet")
UNPACKED = 10
"""How many times its size a packed file may take while it is read."""
AMPLE = 3
"""How many times what a night needs the disk should have free."""
AHEAD = timedelta(hours=1)
"""How far a file's time may lie ahead of the clock: machines differ a little."""
MARKS = {"ok": "ok      ", "note": "note    ", "PROBLEM": "PROBLEM "}


@dataclass(frozen=True)
class Surrounding:
    """One thing that was looked at: `verdict` is "ok", "note" or "PROBLEM"; `values` are its figures, for machines."""

    subject: str
    verdict: str
    said: str
    values: Mapping[str, Any] = field(default_factory=dict)
    stops: bool = False
    """Whether no run could do its work."""

    def __str__(self) -> str:
        """The line of the screen."""
        return f"{MARKS[self.verdict]} {self.subject}: {self.said}"

    def as_json(self) -> dict[str, Any]:
        """For `doctor --json`."""
        return asdict(self)


def surroundings(
    settings: Settings, as_of: date, now: datetime, variables: Mapping[str, str], last_start: datetime | None
) -> Iterator[Surrounding]:
    """All of it. `now` and `last_start`, the start of the last night, are aware times."""
    for sentence in unused_variables(settings, variables):
        yield Surrounding("environment", "note", sentence)
    yield from certificates(settings, now)
    yield from approvals(settings, as_of)
    yield from running_out(settings, as_of)
    yield from tokens(settings, now)
    yield from told_anyway("disk", disks(settings))
    yield from told_anyway("clock", clock(settings, now, last_start))
    yield from told_anyway("lock", (held(folder) for folder in [settings.output.folder]))
    yield from told_anyway("anchor", anchors(settings))
    yield from missing_addresses(settings)


def told_anyway(subject: str, found: Iterator[Surrounding]) -> Iterator[Surrounding]:
    """What a check finds; where the system refuses it something, that, so that the other checks go on."""
    try:
        yield from found
    except OSError as fault:
        yield Surrounding(subject, "PROBLEM", refusal_in_words(fault), stops=True)


def missing_addresses(settings: Settings) -> Iterator[Surrounding]:
    """Whether the addresses and the token are there with which others are told of a night: it would end without."""
    kept = {
        "[operations] ping": settings.operations.ping,
        "[anchor] url": settings.anchor.url,
        "[anchor] token": settings.anchor.token,
    }
    for place, given in kept.items():
        if given and not isinstance(given, str):
            try:
                secret(given, settings.folder, place)
            except SourceDown as fault:
                yield Surrounding("told", "note", f"{fault} Until then nobody is told of a night there.")


def anchors(settings: Settings) -> Iterator[Surrounding]:
    """Whether the file of [anchor] can be added to, and stands on another volume than the ledger."""
    path, output = settings.anchor.file, settings.output.folder
    if path is None:
        return
    if not (path.is_file() and os.access(path, os.W_OK)):
        what = "cannot be added to" if path.exists() else "is not there: make it once, empty, on its volume"
        yield Surrounding("anchor", "note", f"{path} {what}. Nothing outside will vouch for the night.")
    elif output.exists() and path.stat().st_dev == output.stat().st_dev:
        yield Surrounding(
            "anchor", "note", f"{path} is on the ledger’s own volume: who can write one can mostly write the other."
        )
    else:
        yield Surrounding("anchor", "ok", str(path))


def unused_variables(settings: Settings, variables: Mapping[str, str]) -> Iterator[str]:
    """A sentence for proxies and one for certificates that the environment names and [network] does not.

    None where no source has a network. What stands in a proxy's variable is not told: it may be a credential.
    """
    if not any("timeout" in source.connector.options for source in every_source(settings)):
        return
    network = settings.network
    proxies = [name for name in PROXIES if variables.get(name)]
    if proxies and network.proxy not in [{"env": name} for name in proxies]:
        yield _unused(proxies, bool(network.proxy), f'proxy = {{ env = "{proxies[0]}" }}')
    bundles = [name for name in BUNDLES if variables.get(name)]
    if bundles and network.ca_file not in [Path(variables[name]) for name in bundles]:
        yield _unused(bundles, bool(network.ca_file), f"ca_file = {toml(variables[bundles[0]])}")


def _unused(names: list[str], said: bool, line: str) -> str:
    are = "is" if len(names) == 1 else "are"
    advice = (
        "[network] in audit.toml says what is."
        if said
        else f"where the way out of your network needs it, say so in audit.toml: [network] {line}"
    )
    return f"{' and '.join(names)} {are} set and not used; {advice}"


def every_source(settings: Settings) -> tuple[SourceSettings, ...]:
    """The sources of a night, inputs included, without the register of exceptions."""
    given = settings.organization
    official = (given.official_accounts,) if given.official_accounts else ()
    return (given.agencies, *official, *settings.people, *settings.sources)


def certificates(settings: Settings, now: datetime) -> Iterator[Surrounding]:
    """How long the certificates last that audit.toml names: authorities that are trusted, and those that prove who
    asks. Of several authorities in one file the one that ends first is told; it is a PROBLEM where none is left."""
    if settings.network.ca_file:
        yield _certificates("[network] ca_file", settings.network.ca_file, now)
    for source in every_source(settings):
        shown = Source(source.name, settings.folder, source.options)
        if "ca_file" in source.options:
            place = f"[sources.{source.name}] ca_file" if source in settings.sources else f"[{source.name}] ca_file"
            yield _certificates(place, shown.place(str(source.options["ca_file"])), now)
        if "certificate" in source.options:
            try:
                pem = read_secret(shown, "certificate", lines=True).reveal().encode()
            except SourceDown as fault:
                yield Surrounding("certificate", "PROBLEM", str(fault))
                continue
            yield _lasting(f"{source.name} certificate", pem, now)


def _certificates(place: str, path: Path, now: datetime) -> Surrounding:
    try:
        content = path.read_bytes()
    except OSError as error:
        return Surrounding("certificate", "PROBLEM", f"{place} {path} cannot be read ({error.strerror}).")
    return _lasting(f"{place} {path}", content, now)


def _lasting(place: str, pem: bytes, now: datetime) -> Surrounding:
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        return Surrounding("certificate", "PROBLEM", f"{place} holds no certificate in PEM.")
    over = [one for one in found if one.not_valid_after_utc < now]
    early = [one for one in found if one.not_valid_before_utc > now]
    first = min(found if len(over) == len(found) else set(found) - set(over), key=lambda one: one.not_valid_after_utc)
    ends_at = first.not_valid_after_utc
    left = (ends_at - now).days
    values = {"place": place, "ends": ends_at.date().isoformat(), "days_left": left, "expired": len(over)}
    many = f" (the first of {len(found):,} to end)" if len(found) > 1 else ""
    if len(over) == len(found):
        return Surrounding("certificate", "PROBLEM", f"{place} expired on {ends_at:%Y-%m-%d}. Have it renewed.", values)
    if len(early) == len(found):
        return Surrounding(
            "certificate",
            "PROBLEM",
            f"{place} holds only from {first.not_valid_before_utc:%Y-%m-%d} on. Is the clock right?",
            values,
        )
    gone = f"; {len(over):,} of {len(found):,} have expired" if over else ""
    said = f"{place} holds until {ends_at:%Y-%m-%d}, {left:,} days{many}{gone}"
    return Surrounding("certificate", "note" if left <= SOON or over else "ok", said, values)


def approvals(settings: Settings, as_of: date) -> Iterator[Surrounding]:
    """Who allowed what, and for how long it lasts."""
    for source in settings.sources:
        if (given := source.approval) is None:
            continue
        left = (given.expires - as_of).days
        values = {"source": source.name, "by": given.by, "until": given.expires.isoformat(), "days_left": left}
        if left < 0:
            said, verdict = (
                f"{source.name}: {given}: it has expired. Have it renewed; until then it is not read.",
                "PROBLEM",
            )
        elif as_of < given.on:
            said, verdict = f"{source.name}: {given}: it begins only then.", "PROBLEM"
        else:
            said = f"{source.name}: {given}, {left:,} days"
            verdict = "note" if left <= SOON else "ok"
        yield Surrounding("approval", verdict, said, values)


def running_out(settings: Settings, as_of: date) -> Iterator[Surrounding]:
    """What [operations] expires names: secrets, contracts, licences, of which nobody else knows when they end."""
    for name, last in settings.operations.expires.items():
        left = (last - as_of).days
        values = {"name": name, "until": last.isoformat(), "days_left": left}
        if left < 0:
            said, verdict = f"{name} expired on {last}. Have it renewed, and write its new day.", "PROBLEM"
        else:
            said, verdict = f"{name} lasts until {last}, {left:,} days", "note" if left <= SOON else "ok"
        yield Surrounding("expires", verdict, said, values)


def tokens(settings: Settings, now: datetime) -> Iterator[Surrounding]:
    """How long those tokens last that say so themselves (JSON Web Tokens, RFC 7519 4.1.4); of others nobody knows."""
    for source in every_source(settings):
        for name, given in source.options.items():
            if not (isinstance(given, Mapping) and len(given) == 1 and {"env", "file"} & given.keys()):
                continue
            shown = Source(source.name, settings.folder, source.options)
            with suppress(SourceDown):  # one that cannot be read is told where the source is tried
                ends_at = _end_of(read_secret(shown, name, lines=True).reveal())
                if ends_at is not None:
                    yield _token(f"{source.name} {name}", ends_at, now)


def _token(place: str, ends_at: datetime, now: datetime) -> Surrounding:
    left = (ends_at - now).days
    values = {"place": place, "ends": ends_at.date().isoformat(), "days_left": left}
    if ends_at < now:
        return Surrounding("token", "PROBLEM", f"{place} expired on {ends_at:%Y-%m-%d}. Have it renewed.", values)
    said = f"{place} holds until {ends_at:%Y-%m-%d}, {left:,} days"
    return Surrounding("token", "note" if left <= SOON else "ok", said, values)


def _end_of(token: str) -> datetime | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return None


def disks(settings: Settings) -> Iterator[Surrounding]:
    """Whether there is room for a night: as much again as the last one and the ledger take, and for files unpacked."""
    output, inputs = settings.output.folder, list(_input_files(settings))
    read = sum(size for _, size in inputs)
    nights = nights_beside.folders(output)
    written = sum(size for _, size in _sizes(nights[-1])) if nights else read
    ledger = sum(path.stat().st_size for path in output.glob(f"{LEDGER}*")) if output.is_dir() else 0
    yield _room("output", output, written + ledger, "the last night and the ledger" if nights else "the files it reads")
    temporary = sum(size * (UNPACKED if path.suffix.lower() in PACKED else 1) for path, size in inputs)
    yield _room("temporary files", output / lock.SCRATCH, temporary, "the files it reads, unpacked")


def _room(what: str, folder: Path, needed: int, measure: str) -> Surrounding:
    there = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(there).free
    values = {"folder": str(folder), "free": free, "needed": needed}
    said = f"{what} {folder}: {_size(free)} free; a night needs about {_size(needed)} ({measure})"
    if free < needed:
        return Surrounding("disk", "PROBLEM", f"{said}. Make room.", values, stops=True)
    return Surrounding("disk", "note" if free < AMPLE * needed else "ok", said, values)


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def _sizes(folder: Path) -> Iterator[tuple[Path, int]]:
    return ((path, path.stat().st_size) for path in folder.rglob("*") if path.is_file())


def _input_files(settings: Settings) -> Iterator[tuple[Path, int]]:
    """The files that the sources read, with their sizes; what is not there is told elsewhere."""
    for source in every_source(settings):
        if "path" not in source.options:
            continue
        try:
            yield from (
                (one, one.stat().st_size) for one in paths(Source(source.name, settings.folder, source.options))
            )
        except (OSError, SourceDown):
            continue


def clock(settings: Settings, now: datetime, last_start: datetime | None) -> Iterator[Surrounding]:
    """The time as this machine has it, against what must lie behind it: the last night, and the files."""
    here = now.astimezone()
    said = f"{here:%Y-%m-%d %H:%M}, time zone {here.tzname()} (UTC{here:%z})"
    values = {"now": here.isoformat(), "zone": here.tzname()}
    if last_start and now < last_start:
        yield Surrounding(
            "clock",
            "PROBLEM",
            f"{said}; the last night began at {last_start.astimezone():%Y-%m-%d %H:%M}. Set the clock right: a night"
            " before the last one is refused.",
            {**values, "last_night": last_start.isoformat()},
            stops=True,
        )
        return
    newest = max(((path.stat().st_mtime, path) for path, _ in _input_files(settings)), default=None)
    if newest and datetime.fromtimestamp(newest[0], UTC) > now + AHEAD:
        at = datetime.fromtimestamp(newest[0], UTC).astimezone()
        yield Surrounding(
            "clock",
            "note",
            f"{said}; {newest[1]} is of {at:%Y-%m-%d %H:%M}, which is to come. Is this clock right, or the one of the"
            " machine that wrote it?",
            {**values, "newest_file": at.isoformat()},
        )
        return
    yield Surrounding("clock", "ok", said, values)


def held(output: Path) -> Surrounding:
    """Whether a run is at work in the output folder, or one was killed there."""
    by = lock.holder(output)
    if by is None:
        with suppress(FileNotFoundError, NotADirectoryError):
            (output / lock.HOLDER).stat()  # where this is refused, nothing is known
        return Surrounding("lock", "ok", "no run is at work")
    values = {**asdict(by), "gone": by.gone}
    if by.gone:
        said = f"a run was cut short ({by}) and left {lock.HOLDER} behind. It holds nothing; the next run goes on."
        return Surrounding("lock", "note", said, values)
    said = f"a run is at work: {by}. Another must wait for it. If that is no identity-audit any more, nothing is held."
    return Surrounding("lock", "note", said, values)
