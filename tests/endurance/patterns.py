"""Every pattern of the code and of the reference tables, against texts made from the pattern itself to hurt it.

    python -m tests.endurance.patterns [--only PLACE …] [--share 1] [--slowest 12] [--seconds 240]

Patterns are gathered as the packages compile them: what stands in a module, what is written in a call of `re`, and what
is generated from tables when they are first read. A text for each repetition in a pattern is what may stand before it,
what it repeats over and over, and a letter that ends in a mismatch. Time of the processor for a text of four times the
length must not be more than SLOWER times as long. Where texts have a bound, that is their length, and
time must be short. Prints a line for each file of patterns, those that do not pass, calls of `re` whose patterns nobody
gathered, and the slowest on a biography as it is read (cut to the bound of every field) and on one of 10 MB.
"""

from __future__ import annotations

import argparse
import ast
import functools
import importlib
import inspect
import pkgutil
import re
import signal
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from re import _constants as codes
from re import _parser as parser
from typing import Any

from connectors import agency_spelling
from connectors.bounds import LONGEST, LONGEST_HEADER
from connectors.files import furniture
from tests.paths import ROOT

SMALL, TIMES, SLOWER, CLEARLY = 2_000, 4, 8.0, 5.0
"""Letters of the shorter text, how many times as long the longer is, how many times as long that may take, and below
which of these one measure is enough."""
UNMEASURED = 0.004
"""CPU seconds of the longer text below which no ratio is measured."""
MOST = 20.0
"""Seconds after which a text is given up, by the clock: a timer of CPU time would make that of the measures coarse."""
BIOGRAPHY, UNCUT = 10_000_000, 0.05
"""Letters of a biography that nobody cut, and CPU seconds for one that was cut from which on it is not tried whole."""
PIECES = (
    " ",
    "\n",
    "\t ",
    "a",
    "A",
    "1",
    "a ",
    "a.",
    "a@",
    "e\u0301",
    "\u0301",
    "-",
    "_",
    "@",
    "=",
    '"',
    "(",
    "<",
    "aB",
)
"""What hurts many a pattern, whatever is in it."""
OFTEN = 16
"""From how many times on a repetition counts as one."""
THROUGH = frozenset({__file__, re.__file__, functools.__file__})
SHORT = ("audit/report/", "audit/verbs/", "audit/config.py", "audit/workbook/", "audit/ledger/")
"""Where patterns are held against what we or the operator wrote, or against single cells that are being written."""
BOUNDED = {
    "connectors/agency_spelling.py:SHORT_BEHIND": agency_spelling.LONGEST_NAME,
    "connectors/files/furniture.py:LINES": furniture.LONGEST,
    "connectors/files/furniture.py:SIGNED": furniture.LONGEST,
    "connectors/files/furniture.py:SUM": furniture.LABEL,
    "connectors/mail/signals.py:_check": LONGEST_HEADER,
}
"""Letters of the longest text that reaches the patterns of a constant, or those that a function compiles. They are
tried at that length alone, and may take SOON for it."""
SOON = 0.05
"""CPU seconds."""
WHOLE = frozenset({"handle", "account_id"})
"""Fields whose patterns are held against whole values."""
ELSEWHERE = {
    "connectors/files/times.py:_strptime": "held against date_format of audit.toml",
    "connectors/mail/signals.py:SignalLine": "those that _check compiles",
    "connectors/spark/tables.py:_names": "made of a place in audit.toml, and held against what Spark calls its files",
}
"""Functions and classes with patterns that are gathered nowhere, or elsewhere, and why."""
HELD = frozenset({"connectors/mail/syslog.py:IN_SYSLOG", "connectors/platforms.py:_shape"})
"""Constants and functions whose patterns are held against whole texts under another name."""
USES = frozenset({"search", "match", "fullmatch", "sub", "subn", "split", "finditer", "findall", "pattern"})
FLAGS = ("ASCII", "DOTALL", "IGNORECASE", "MULTILINE", "VERBOSE")
MATCHING = frozenset({"match", "fullmatch"})


@dataclass(frozen=True)
class Pattern:
    """A pattern that the packages use, where it was compiled, whether it is looked for or only held against whole
    texts, and letters of the longest text where texts have a bound there."""

    source: str | bytes
    flags: int
    place: str
    anchored: bool = False
    longest: int = 0

    def compiled(self) -> re.Pattern[Any]:
        """The pattern, ready to be used."""
        return re.compile(self.source, self.flags)


@dataclass(frozen=True)
class Measure:
    """CPU seconds that a pattern took for the shorter and for the longer text of a piece; of one whose texts have a
    bound, both for a text of that length."""

    pattern: Pattern
    before: str
    piece: str
    shorter: float
    longer: float

    @property
    def passed(self) -> bool:
        """Whether time is in proportion to length, or short at the bound."""
        if self.pattern.longest:
            return self.longer < SOON
        return self.longer < UNMEASURED or self.longer < min(MOST, SLOWER * self.shorter)


# What patterns there are ---------------------------------------------------------------------------------------------


@functools.cache
def patterns() -> tuple[Pattern, ...]:
    """Every pattern of both packages, once for each file of them that has it."""
    found: dict[tuple[str | bytes, int, str], str] = {}
    compiled = re._compile  # type: ignore[attr-defined]

    def recorded(source: Any, flags: int = 0) -> Any:
        where = _caller()
        if where and isinstance(source, (str, bytes)):
            found.setdefault((source, int(flags), where.rpartition(":")[0]), where)
        return compiled(source, flags)

    re._compile = recorded  # type: ignore[attr-defined]
    try:
        _compile_all()
    finally:
        re._compile = compiled  # type: ignore[attr-defined]
    made = [
        Pattern(source, flags, where, _anchored(where), BOUNDED.get(_owner(where), 0))
        for (source, flags, _), where in found.items()
    ]
    written = {(one.source, one.flags, _file(one.place)): one for one in _written()}
    made += [one for key, one in written.items() if key not in found]
    return tuple(sorted(made, key=lambda one: (one.place, repr(one.source))))


def unread() -> list[str]:
    """Where the packages call `re` with what nobody gathered: file and line."""
    lines: dict[str, set[int]] = {}
    for one in patterns():
        lines.setdefault(_file(one.place), set()).add(int(one.place.rpartition(":")[2]))
    return [
        f"{path}:{call.lineno}"
        for path, call, _ in _calls()
        if _named(path, call) is None
        and lines.get(path, set()).isdisjoint(range(call.lineno, (call.end_lineno or 0) + 1))
        and not path.startswith(SHORT)
        and _owner(f"{path}:{call.lineno}") not in ELSEWHERE
    ]


def _file(place: str) -> str:
    return place.rpartition(":")[0]


def _caller() -> str:
    """File and line of ours that compiles: empty where it is not ours."""
    frame = inspect.currentframe()
    while frame and frame.f_code.co_filename in THROUGH:
        frame = frame.f_back
    if frame and frame.f_code.co_filename.startswith((str(ROOT / "audit"), str(ROOT / "connectors"))):
        return f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_lineno}"
    return ""


def _compile_all() -> None:
    """Have the packages compile what they have: imported anew, each table read, a profile and a mail read."""
    ours = ("audit", "connectors")
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] in ours}
    try:
        re.purge()
        for package in ours:
            for one in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
                importlib.import_module(one.name)
        for name in [name for name in sys.modules if name.split(".")[0] in ours]:
            for value in list(vars(sys.modules[name]).values()):
                if hasattr(value, "cache_info") and value.__module__ == name and _takes_nothing(value):
                    value()
        state = importlib.import_module("audit.profiles.example_state").default_organization()
        read = importlib.import_module("audit.profiles.read")
        read.read_both("mainedot", "Jane Doe", "Maine DOT, views my own. maine.gov", "", state)
        addresses = importlib.import_module("audit.people.addresses")
        addresses.state_part("old: jane.doe@maine.gov", addresses.mail_system(state))
        ours_of = importlib.import_module("audit.profiles.ours")
        ours_of.other_states("ME")
        ours_of._towns("ME")
        headings = importlib.import_module("connectors.files.headings")
        importlib.import_module("connectors.files.furniture").Furniture(headings.Wanted(("handle", "bio")))
        importlib.import_module("connectors.spark.session").explained("", "")
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] in ours]:
            del sys.modules[name]
        sys.modules |= kept


def _takes_nothing(function: Callable[..., Any]) -> bool:
    return all(one.default is not one.empty for one in inspect.signature(function).parameters.values())


@functools.cache
def _tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@functools.cache
def _nodes(path: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_tree(path)))


def _sources() -> Iterator[str]:
    for package in ("audit", "connectors"):
        yield from (str(path.relative_to(ROOT)) for path in sorted((ROOT / package).rglob("*.py")))


def _calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Each call of `re`, with its file and what is called."""
    for path in _sources():
        for node in _nodes(path):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=how), args=[_, *_]) if how != "escape":
                    yield path, node, how


def _written() -> Iterator[Pattern]:
    """What is written in calls of `re`, or has a name in their modules, of functions that nobody called."""
    for path, call, how in _calls():
        source = _named(path, call)
        given = [one.value for one in call.keywords if one.arg == "flags"] + call.args[1:]
        flags = [int(getattr(re, one)) for one in FLAGS if any(f"re.{one}" in ast.unparse(value) for value in given)]
        place = f"{path}:{call.lineno}"
        anchored = how in MATCHING or (how == "compile" and _anchored(place))
        if source is not None:
            yield Pattern(source, sum(flags), place, anchored, BOUNDED.get(_owner(place), 0))


def _named(path: str, call: ast.Call) -> str | bytes | None:
    """The pattern of a call, where it is written there or has a name in its module; None where it is made of what a
    function was given."""
    module = vars(importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")))
    try:
        source = eval(compile(ast.Expression(call.args[0]), path, "eval"), dict(module))
    except NameError:
        return None
    return source if isinstance(source, str | bytes) else None


@functools.cache
def _uses(path: str = "") -> dict[str, frozenset[str]]:
    """How each name (of a constant, or of a field) is used as a pattern in a file, or anywhere: search, fullmatch …"""
    found: dict[str, set[str]] = {}
    for one in [path] if path else _sources():
        for node in _nodes(one):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute | ast.Subscript):
                held = node.value.value if isinstance(node.value, ast.Subscript) else node.value
                name = held.id if isinstance(held, ast.Name) else held.attr if isinstance(held, ast.Attribute) else ""
                found.setdefault(name, set()).add(node.attr)
    return {name: frozenset(uses & USES) for name, uses in found.items()}


def _owner(place: str) -> str:
    """File and name of the constant, function or class in which a line stands; only the file where it is in none."""
    path, _, line = place.rpartition(":")
    for node in _tree(path).body:
        if node.lineno <= int(line) <= (node.end_lineno or 0):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
                    return f"{path}:{name}"
    return path


@functools.cache
def _anchored(place: str) -> bool:
    """Whether what is compiled there has a name, and is only ever held against whole texts."""
    path, _, line = place.rpartition(":")
    if _owner(place) in HELD:
        return True
    if _given(path, int(line)) & WHOLE:
        return True
    names = [
        target.id
        for node in _nodes(path)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.lineno <= int(line) <= (node.end_lineno or 0)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    if any(
        isinstance(node, ast.keyword) and node.arg in WHOLE and ast.unparse(node.value) in names
        for node in _nodes(path)
    ):
        return True
    uses: frozenset[str] = frozenset()
    for name in names[-1:]:
        uses = _uses(path).get(name) or _uses().get(name, uses)
    return bool(uses) and uses <= MATCHING


def _given(path: str, line: int) -> frozenset[str]:
    """The names by which what stands in a line is handed on."""
    return frozenset(
        node.arg
        for node in _nodes(path)
        if isinstance(node, ast.keyword) and node.arg and node.lineno <= line <= (node.end_lineno or 0)
    )


# Texts that hurt -----------------------------------------------------------------------------------------------------


def attacks(pattern: Pattern) -> Iterator[tuple[str, str]]:
    """What stands before, and what is repeated, in texts made to hurt a pattern."""
    tree = list(parser.parse(pattern.source, pattern.flags))
    found = dict.fromkeys(("", piece) for piece in PIECES)
    whole = example(tree)
    found |= dict.fromkeys([("", whole), ("", whole[:-1]), ("", f"{whole} ")])
    for before, body in repetitions(tree, ""):
        for branch in range(3):
            found |= dict.fromkeys([(before, example(body, branch)), ("", before + example(body, branch))])
    return ((before, piece) for before, piece in found if piece)


def repetitions(tree: list[Any], before: str) -> Iterator[tuple[str, list[Any]]]:
    """Every repetition in a parsed pattern, with a text that may stand before it."""
    for code, value in tree:
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            if value[1] >= OFTEN:
                yield before, list(value[2])
            yield from repetitions(list(value[2]), before)
        for inner in _inside(code, value):
            yield from repetitions(inner, before)
        before += example([(code, value)])
        before = before[-200:]


def _inside(code: Any, value: Any) -> list[list[Any]]:
    if code is codes.SUBPATTERN:
        return [list(value[3])]
    if code is codes.BRANCH:
        return [list(one) for one in _spread(value[1])]
    if code in {codes.ASSERT, codes.ASSERT_NOT}:
        return [list(value[1])]
    return [list(value)] if code is codes.ATOMIC_GROUP else []


def _spread(listed: list[Any]) -> list[Any]:
    """A few of many: the first, the last, and some between."""
    return listed if len(listed) <= 6 else listed[:: len(listed) // 5]


def example(tree: list[Any], branch: int = 0) -> str:
    """A short text that a parsed pattern matches, or nearly so."""
    made = ""
    for code, value in tree:
        if code is codes.LITERAL:
            made += chr(value)
        elif code is codes.NOT_LITERAL:
            made += "a" if value != ord("a") else "b"
        elif code is codes.ANY:
            made += "a"
        elif code is codes.IN:
            made += member(value, branch)
        elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            made += example(list(value[2]), branch) * max(value[0], 1 if value[1] else 0)
        elif code is codes.BRANCH:
            made += example(list(value[1][branch % len(value[1])]), branch)
        elif code is codes.SUBPATTERN:
            made += example(list(value[3]), branch)
        elif code is codes.ATOMIC_GROUP:
            made += example(list(value), branch)
        if len(made) > 400:
            break
    return made


CATEGORIES = {
    codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a", codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_NOT_SPACE: "a", codes.CATEGORY_NOT_WORD: "-",
}  # fmt: skip
TRIED = "a1 -.@_A\n/:,'\"(<=\t\u0301é한"


def member(items: list[Any], branch: int) -> str:
    """A letter of a class."""
    if items[0][0] is codes.NEGATE:
        inside = re.compile(f"[{re.escape(''.join(_members(items[1:])))}]") if _members(items[1:]) else None
        barred = {CATEGORIES.get(value, "") for code, value in items[1:] if code is codes.CATEGORY}
        allowed = [one for one in TRIED if one not in barred and not (inside and inside.match(one))] or ["\u2603"]
        return allowed[branch % len(allowed)]
    members = _members(items)
    return members[branch % len(members)] if members else "a"


def _members(items: list[Any]) -> list[str]:
    found = []
    for code, value in items:
        if code is codes.LITERAL:
            found.append(chr(value))
        elif code is codes.RANGE:
            found += [chr(value[0]), chr(value[1])]
            found += [one for one in TRIED if value[0] <= ord(one) <= value[1]]
        elif code is codes.CATEGORY:
            found.append(CATEGORIES[value])
    return found


# Measures ------------------------------------------------------------------------------------------------------------


def text_of(pattern: Pattern, before: str, piece: str, letters: int) -> Any:
    """A text of about so many letters that ends in a mismatch, in the pattern's own kind of text."""
    made = f"{before}{(piece * (letters // len(piece) + 1))[:letters]}\x00"
    return made if isinstance(pattern.source, str) else made.encode("utf-8", "replace")


def seconds(pattern: Pattern, before: str, piece: str, letters: int) -> float:
    """CPU seconds that it takes to hold a pattern against such a text; MOST where it was given up."""
    found, text = pattern.compiled(), text_of(pattern, before, piece, letters)
    begun = time.process_time()
    handler = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, MOST)
    try:
        if pattern.anchored:
            found.fullmatch(text)
            found.match(text)
        else:
            for _ in found.finditer(text):
                pass
    except TimeoutError:
        return MOST
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    return time.process_time() - begun


def _give_up(*_: object) -> None:
    raise TimeoutError


def measured(pattern: Pattern, before: str, piece: str, small: int = SMALL) -> Measure:
    """Both measures of an attack: the least of several where one does not pass clearly, for other work makes either
    longer."""
    if pattern.longest:
        least = MOST
        for _ in range(3):
            least = min(least, seconds(pattern, before, piece, pattern.longest))
            if least < SOON or least >= MOST:
                break
        return Measure(pattern, before, piece, least, least)
    for repeats in (1, 3, 5):
        longer = min(seconds(pattern, before, piece, small * TIMES) for _ in range(repeats))
        if longer >= MOST:
            return Measure(pattern, before, piece, longer, longer)
        if longer < UNMEASURED:
            return Measure(pattern, before, piece, longer, longer)
        shorter = min(seconds(pattern, before, piece, small) for _ in range(repeats))
        found = Measure(pattern, before, piece, shorter, longer)
        if longer < CLEARLY * shorter:
            return found
    return found


def worst(pattern: Pattern, small: int = SMALL) -> Measure:
    """The first attack that does not pass, or the slowest."""
    slowest = None
    for before, piece in attacks(pattern):
        found = measured(pattern, before, piece, small)
        if not found.passed:
            return found
        slowest = found if slowest is None or found.longer > slowest.longer else slowest
    assert slowest is not None
    return slowest


def main() -> int:
    """Try them all, or a share, table by table; 1 where one does not pass."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", nargs="*", default=[""])
    arguments.add_argument("--share", type=int, default=1, help="one of so many patterns")
    arguments.add_argument("--slowest", type=int, default=12, help="so many are measured on longer texts")
    arguments.add_argument("--seconds", type=float, default=240.0, help="of the processor, for all of them")
    asked = arguments.parse_args()
    results, left = [], 0
    tables = {
        table: list(mine)
        for table, mine in groupby(patterns(), lambda one: one.place.rpartition(":")[0])
        if table.startswith(tuple(asked.only)) and not table.startswith(SHORT)
    }
    nobodys = [place for place in unread() if place.startswith(tuple(asked.only))]
    for place in nobodys:
        print(f"{place}: nobody gathered its pattern: see _compile_all and ELSEWHERE", flush=True)
    begun = time.process_time()
    for table, mine in tables.items():
        tried: list[Measure] = []
        for pattern in mine:
            if zlib.crc32(repr(pattern.source).encode()) % asked.share:
                continue
            if time.process_time() - begun > asked.seconds:
                left += 1
                continue
            tried.append(found := worst(pattern))
            if not found.passed:
                how = "match" if pattern.anchored else "search"
                print(
                    f"{pattern.place}: {found.shorter * 1000:.1f} ms, and {found.longer * 1000:.1f} ms for {TIMES}"
                    f" times the length: {found.before[-40:]!r} + {found.piece[:40]!r}…, {how}"
                    f" {str(pattern.source)[:90]!r}",
                    flush=True,
                )
        if tried:
            most = max(one.longer for one in tried) * 1000
            print(f"{table:45} {len(tried):4} patterns, the slowest {most:7.2f} ms", flush=True)
        results += tried
    failed = sum(not one.passed for one in results)
    print(
        f"{len(results)} patterns in {time.process_time() - begun:.0f} s, {failed} did not pass, {left} were left for"
        f" lack of time, {len(nobodys)} calls of re were not gathered",
        flush=True,
    )
    for one in sorted((one for one in results if one.passed), key=lambda one: -one.longer)[: asked.slowest]:
        letters = one.pattern.longest or LONGEST
        cut = seconds(one.pattern, one.before, one.piece, letters)
        uncut = cut < UNCUT and not one.pattern.longest
        whole = f"{seconds(one.pattern, one.before, one.piece, BIOGRAPHY):.1f} s" if uncut else "not tried"
        print(
            f"{cut:7.3f} s for {letters:,} letters of {one.piece[:30]!r}, {whole} for 10 MB: {one.pattern.place}"
            f" {str(one.pattern.source)[:60]!r}",
            flush=True,
        )
    return bool(failed or left or nobodys)


if __name__ == "__main__":
    sys.exit(main())
