"""Secrets: read from the environment or a file, shown to nobody; and foreign text made fit for a log."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, quote_plus

from connectors.contract import Source, SourceDown, path_from

HIDDEN = "(hidden)"
UNNAMED = "(hidden: its name looks like the secret itself; audit.toml says where a secret is kept, never what it is)"
GIVE = 'give { env = "NAME" } for an environment variable, or { file = "PATH" } for a file that only the audit may read'
ADDRESS = re.compile(r"(?P<address>[^\s<>\"'@,;:()/=?&]+(?:@|%40)[\w.-]+)|[^\s<>\"'@,;:()/=?&]+")
"""An address, or a run that holds none: taken whole, it is not looked through again from each of its letters."""
WEB = re.compile(
    r"(?<![a-z0-9+.-])((?=\b[a-z]|[a-z0-9+.-]*?[+.-][a-z])[a-z0-9+.-]++://)(?:[^\s/?#@\"'<>]*+@)?([^\s?#\"'<>]*+)"
    r"[^\s\"'<>)]*+",
    re.IGNORECASE,
)
"""An address on the web: its scheme, then what may be shown of it; neither who logs in nor the query."""
NAMED = re.compile(
    r"(?i)((?:authorization|bearer|basic|token|secret|password|passwd|api[-_]?key|access[-_]?token|client[-_]?secret|"
    r"signature|cookie)[\"']?+(?:\s*+[:=]|[^\S ]*+ )\s*+[\"']?+)(?:bearer |basic )?[^\s\"'&,;]++"
)
TOKENISH = re.compile(r"(?<![\w+=.-])(?=[\w+=.-]*\d)(?=[\w+=.-]*[A-Za-z])[\w+=.-]{24,}")
"""A long run of letters and digits mixed: a key, a session, a signed token."""
ISSUED = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:gh[opsur]_|github_pat_|glpat-|xox[a-z]-|sk-|[sr]k_live_|hf_|npm_|AKIA|ASIA|AIza|ya29\.|eyJ|EAA)"
    r"[\w.-]{8,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
)
"""How tokens begin that say so themselves (GitHub, GitLab, Slack, Stripe, Amazon, Google, Meta, JSON Web Tokens), and
UUIDs."""
RUN = re.compile(r"[A-Za-z0-9]{16,}")
TURNS, NO_WORD = 0.25, 24
"""The share of letters after which small, capital and digits change, beyond anything that people write; and how long no
word is."""
SHORTEST_KNOWN = 6
"""Letters of a secret from which on it is looked for in every text: shorter ones are parts of words."""

_known: set[str] = set()
"""Every secret that this process has read, as it stands and as addresses on the web write it."""


class Secret:
    """A secret that prints as where it came from. `reveal` hands it out, in the one place that sends it."""

    __slots__ = ("_value", "origin")

    def __init__(self, value: str, origin: str) -> None:
        self._value = value
        self.origin = origin
        if len(value) >= SHORTEST_KNOWN:
            _known.update((value, quote(value, safe=""), quote_plus(value)))

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return f"<secret from {self.origin}>"

    def __format__(self, specification: str) -> str:
        return format(repr(self), specification)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


def secret(given: Any, folder: Path, what: str, *, lines: bool = False) -> Secret:
    """The secret that audit.toml points to: { env = "NAME" } or { file = "PATH" } (relative to `folder`).

    White space around it is left out; only with `lines` may it have several. Raises SourceDown, which names the place
    and never the content.
    """
    if not isinstance(given, Mapping) or len(given) != 1 or not {"env", "file"} & set(given):
        raise SourceDown(f"{what} is not written into audit.toml: {GIVE}.")
    kind, place = next((str(kind), str(place)) for kind, place in given.items())
    origin = f"{'environment variable' if kind == 'env' else 'file'} {UNNAMED if looks_secret(place) else place}"
    value = os.environ.get(place, "") if kind == "env" else _content(path_from(folder, place), what)
    if not (value := value.strip()):
        raise SourceDown(f"{what}: the {origin} is not set or empty. Set it for the account that runs the audit.")
    if any(letter < " " or letter == "\x7f" for letter in ("".join(value.splitlines()) if lines else value)):
        raise SourceDown(f"{what}: the {origin} holds a line break or control character. It must hold the secret only.")
    return Secret(value, origin)


def read_secret(source: Source, name: str, *, lines: bool = False) -> Secret:
    """The secret that an option of the source points to. Raises SourceDown as `secret` does."""
    return secret(source.options.get(name), source.folder, f"{source.name}: {name}", lines=lines)


def redact(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Text without the given secrets and those that were read before, anything that looks like one, e-mail addresses,
    and queries of web addresses."""
    for known in sorted({*_known, *(one.reveal() for one in secrets)}, key=len, reverse=True):
        text = text.replace(known, HIDDEN)
    text = NAMED.sub(rf"\1{HIDDEN}", WEB.sub(r"\1\2", text))
    text = ADDRESS.sub(lambda found: HIDDEN if found["address"] else found[0], text)
    text = ISSUED.sub(HIDDEN, TOKENISH.sub(HIDDEN, text))
    return RUN.sub(lambda found: HIDDEN if looks_random(found[0]) else found[0], text)


def looks_secret(name: str) -> bool:
    """Whether the name of a variable or of a file looks like a secret that somebody typed in its place."""
    return bool(ISSUED.search(name)) or any(looks_random(run) for run in RUN.findall(name))


def looks_random(run: str) -> bool:
    """Whether a run of letters and digits is none that people write: too long, or of another kind too often."""
    kinds = ["9" if letter.isdigit() else "a" if letter.islower() else "A" for letter in run]
    turns = sum(this != after for this, after in pairwise(kinds))
    return turns >= TURNS * len(run) or (len(run) >= NO_WORD and len(set(kinds)) == 1 and kinds[0] != "9")


def _content(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SourceDown(
            f"{what}: the file {UNNAMED if looks_secret(str(path)) else path} cannot be read ({reason})."
        ) from None
