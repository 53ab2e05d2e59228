"""A file of settings as tables: what TOML says of it, and what to do about a line that is none."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from audit.model.settings import ConfigError

LARGEST = 4 * 1024**2
"""Bytes of audit.toml, and of a policy pack."""
_DEEP = re.compile(r"""(?:(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""")
"""A name of more than 32 parts (a.b.c …): reading it takes time by the square of its parts."""


def settings_in(path: Path) -> dict[str, Any]:
    """The tables of audit.toml or of a policy pack, as they stand. Raises ConfigError with the file and what to do."""
    try:
        if path.exists() and (not path.is_file() or path.stat().st_size > LARGEST):
            raise ConfigError(f"{path}: is no file of settings: a folder, a device, or larger than {LARGEST:,} bytes.")
        text = path.read_text(encoding="utf-8-sig")
        if _DEEP.search(text):
            raise RecursionError
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigError(f"{path}: not valid TOML: it is nested too deeply. Correct it.") from None
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file. Give its path, or write one with `identity-audit init DIR`."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text ({error}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}. {_mended(path, str(error))}") from None
    except ValueError as error:
        raise ConfigError(f"{path}: holds a number that cannot be read ({error}). Correct it.") from None


_LINE = re.compile(r"at line (\d+)")
_SLASHES = "A backslash has a meaning of its own between double quotes. Write a Windows path in single quotes"
_ADVICE = tuple(
    (re.compile(pattern), advice)
    for pattern, advice in (
        (
            r"[“”„‟‘’‚‛«»]",
            'Its quotation marks are those of printed text. Write straight ones, as a plain text editor: "…".',
        ),
        (
            r"^\s*\[+\s*(?:[\w-]+\s*\.\s*)*(?P<name>[^\s\".\[\]]+(?:\s+[^\s\".\[\]]+)+)\s*\]+",
            'A name with a blank in it stands in quotation marks: "{name}".',
        ),
        (r"^\s*(?P<name>[\w-]+)\s*:(?!.*=)", "Write = between a setting and its value: {name} = …"),
        (
            r"^\s*(?P<name>[\w-]+)\s*=\s*(?i:true|false|yes|no|on|off)\b",
            "Write true or false, in small letters: {name} = true.",
        ),
        (r"^\s*(?P<name>[\w-]+)\s*=\s*[^\s\"'\[{\d+-]", 'Put text between quotation marks: {name} = "…".'),
    )
)
"""What a line that is no TOML looks like, and what to do then. A value is not repeated: it may be a secret."""


def _mended(path: Path, fault: str) -> str:
    """What to do about the line that is no TOML."""
    found = _LINE.search(fault)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    line = lines[int(found[1]) - 1] if found and int(found[1]) <= len(lines) else ""
    if quoted := re.search(r'"([^"]*\\[^"]*)', line):
        return f"{_SLASHES}, or with forward slashes: {_plain_path(quoted[1])}."
    if re.search("twice|overwrite", fault):
        return "Give one of the two another name, or remove it."
    fitting = (advice.format(**seen.groupdict()) for pattern, advice in _ADVICE if (seen := pattern.search(line)))
    return next(fitting, "Correct that line.")


def _plain_path(written: str) -> str:
    single = written.replace("\\\\", "\\")
    return f"'{single}' or \"{single.replace(chr(92), '/')}\""


_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\x1b": "\\e"}


def refuse_swallowed(value: Any, where: str) -> None:
    """Raise ValueError for a path in which TOML took "\\t" or "\\n" for a tab or a new line."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and any(letter in text for letter in _ESCAPES):
            written = "".join(_ESCAPES.get(letter, letter) for letter in text)
            raise ValueError(
                f"{where} holds a path with a backslash. {_SLASHES}, or with forward slashes: {_plain_path(written)}"
            )
