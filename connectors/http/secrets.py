"""Secrets: read from the environment or a file, shown to nobody; and foreign text made fit for a log."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from connectors.contract import Source, SourceDown

HIDDEN = "(hidden)"
GIVE = 'give { env = "NAME" } for an environment variable, or { file = "PATH" } for a file that only the audit may read'
ADDRESS = re.compile(r"[^\s<>\"'@,;:()/=?&]+(?:@|%40)[\w.-]+")
WEB = re.compile(
    r"\b([a-z][a-z0-9+.-]*://)(?:[^\s/?#@\"'<>]*@)?([^\s/?#\"'<>]*)([^\s?#\"'<>]*)[^\s\"'<>)]*", re.IGNORECASE
)
NAMED = re.compile(
    r"(?i)((?:authorization|bearer|basic|token|secret|password|passwd|api[-_]?key|access[-_]?token|client[-_]?secret|"
    r"signature|cookie)[\"']?\s*[:= ]\s*[\"']?)(?:bearer |basic )?[^\s\"'&,;]+"
)
TOKENISH = re.compile(r"(?<![\w+.-])(?=[\w+=.-]*\d)(?=[\w+=.-]*[A-Za-z])[\w+=.-]{24,}")
"""A long run of letters and digits mixed: a key, a session, a signed token."""


class Secret:
    """A secret that prints as where it came from. `reveal` hands it out, in the one place that sends it."""

    __slots__ = ("_value", "origin")

    def __init__(self, value: str, origin: str) -> None:
        self._value = value
        self.origin = origin

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
    origin = f"{'environment variable' if kind == 'env' else 'file'} {place}"
    value = os.environ.get(place, "") if kind == "env" else _content(folder / Path(place).expanduser(), what)
    if not (value := value.strip()):
        raise SourceDown(f"{what}: the {origin} is not set or empty. Set it for the account that runs the audit.")
    if any(letter < " " or letter == "\x7f" for letter in ("".join(value.splitlines()) if lines else value)):
        raise SourceDown(f"{what}: the {origin} holds a line break or control character. It must hold the secret only.")
    return Secret(value, origin)


def read_secret(source: Source, name: str, *, lines: bool = False) -> Secret:
    """The secret that an option of the source points to. Raises SourceDown as `secret` does."""
    return secret(source.options.get(name), source.folder, f"{source.name}: {name}", lines=lines)


def redact(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Text without the given secrets, anything that looks like one, e-mail addresses, and queries of web addresses."""
    for known in secrets:
        text = text.replace(known.reveal(), HIDDEN)
    text = WEB.sub(r"\1\2\3", text)
    text = NAMED.sub(rf"\1{HIDDEN}", text)
    return TOKENISH.sub(HIDDEN, ADDRESS.sub(HIDDEN, text))


def _content(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SourceDown(f"{what}: the file {path} cannot be read ({reason}).") from None
