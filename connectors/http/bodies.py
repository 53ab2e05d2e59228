"""A reply's bytes read strictly: UTF-8, JSON without Python's liberties, items cut to their allow-list. Pure."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from email.message import Message
from typing import Any

from connectors.contract import Raw, Source

MOST_PARTS, MOST_VALUES = 1_000_000, 5_000_000
"""Objects and lists, and values, beyond which no reply is read: as Python has them, they take up far more room."""
SURROGATE = re.compile(rb"\\u[dD][89abAB]|\\u[dD][c-fC-F]")


class BrokenOff(ValueError):
    """The text ends or breaks before the JSON does: most likely the connection was cut. Worth another try."""


class Unreadable(ValueError):
    """The body is whole, and not what we read: another encoding, a number that is none, one key twice."""


def media_type(header: str) -> tuple[str, str]:
    """(type, charset) of a Content-Type header, in lower case; empty text for what it does not say."""
    message = Message()
    message["Content-Type"] = header
    return (message.get_content_type() if header else "", str(message.get_param("charset", "") or "").lower())


def read_json(body: bytes) -> Any:
    """The JSON of a body. Raises BrokenOff or Unreadable.

    A byte-order mark is accepted; NaN, infinities (1e999 too), one key twice, and nesting beyond Python's limit are
    not. A lone surrogate, which no file or database could hold, becomes U+FFFD.
    """
    if body.count(b"[") + body.count(b"{") > MOST_PARTS or body.count(b",") > MOST_VALUES:
        raise Unreadable("it has more parts than any reply")
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise BrokenOff(f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("a number too long to read") from None
    return _whole(value) if SURROGATE.search(body) else value


def item(source: Source, where: str, values: Mapping[str, Any]) -> Raw:
    """A raw item of values that are already cut to the allow-list; its digest is that of their sorted JSON."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return Raw(values, source.name, where, digest, source.now, source.options)


def allowed(values: Mapping[str, Any], keep: Iterable[str]) -> dict[str, Any]:
    """The fields of an item that are on the allow-list; everything else is left out on purpose, unread."""
    return {name: values[name] for name in keep if name in values}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Unreadable("an object holds one key twice")
    return value


def _constant(name: str) -> Any:
    raise Unreadable(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Unreadable("a number beyond any computer's range")
    return number


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_whole(part) for part in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(part) for key, part in value.items()}
    return value
