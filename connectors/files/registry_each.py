"""Rows of a registry that name several accounts, as one row for each of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from connectors.contract import Raw
from connectors.files.fields import QUOTED, same_handle
from connectors.files.handles import accounts_in, named_in, visible_text
from connectors.files.wide import beside
from connectors.placeholders import is_placeholder
from connectors.platforms import named_platforms, platform_id, platforms, profile


def each_account(raw: Raw) -> Iterator[Raw]:
    """The row, once for each account that it names: for each address of its url, for each platform ("FB & IG"), and for
    each handle of a cell ("@A / @B") where nothing else says which."""
    for one in (again for row in _by_address(raw) for again in _by_platform(row)):
        text = one.values
        platform = platform_id(text.get("platform", ""))
        handles = named_in(text.get("handle", ""), platform).handles if platform else ()
        if len(handles) < 2 or not all(is_placeholder(text.get(name, "")) for name in ("account_id", "url")):
            yield one
        else:
            yield from (replace(one, values={**text, "handle": handle}) for handle in handles)


def _by_address(raw: Raw) -> Iterator[Raw]:
    """The row, once for each address in its url; a handle that none of them shows is an account of its own, an id of
    nobody knows which."""
    text = dict(raw.values)
    found = [one for one in accounts_in(text.get("url", ""), "x") if one.url]
    if len(found) == 1 and profile(found[0].url) is not None and found[0].beside:
        yield replace(raw, values={**text, "url": found[0].url, "told": f"url: {beside(found[0].beside)}"})
        return
    if len(found) < 2:
        yield raw
        return
    shown = [profile(one.url) for one in found]
    ids = "" if is_placeholder(text.get("account_id", "")) else text["account_id"]
    for one, known in zip(found, shown, strict=True):
        own = {"handle": "", "account_id": "", "ids": ids, "url": one.url}
        own |= {"platform": known.platform} if known else {}
        own |= {"told": f"url: {beside(one.beside)}"} if one.beside else {}
        yield replace(raw, values={**text, **own})
    names = [known.handle for known in shown if known]
    written = accounts_in(text.get("handle", ""), next((known.platform for known in shown if known), "x"))
    if any(not any(same_handle(one.handle, name) for name in names) for one in written if one.handle):
        yield replace(raw, values={**text, "account_id": "", "url": ""})


def _by_platform(raw: Raw) -> Iterator[Raw]:
    """The row, once for each platform in its cell. An address goes to the platform that it is of; where none is named,
    or another one beside an address alone, it says which. An id is one platform's, and nobody knows which: it goes to
    none."""
    written = raw.values.get("platform", "").strip() or str(raw.options.get("platform", ""))
    text = {**raw.values, "platform": written}
    named = named_platforms(written)
    shown = {name: found.platform for name in ("url", "handle") if (found := profile(visible_text(text.get(name, ""))))}
    if len(named) < 2:
        said = next(iter(shown.values()), "")
        alone = "handle" in shown or is_placeholder(visible_text(text.get("handle", "")))
        if (said and not named) or (said and said not in named and alone):
            text |= {"platform": said}
            if not is_placeholder(written):
                other = f"and not on {platforms()[named[0]].name}" if named else "and the word is unknown"
                told = (
                    f"the row says {written[:QUOTED]!r}; its address is on {platforms()[said].name}, {other}, so that"
                )
                told = f"{told} was taken. Correct the row."
                text["told"] = f"{text.get('told', '')} {told}".strip()
        yield replace(raw, values=text)
        return
    handle = text.get("handle", "") if not is_placeholder(text.get("handle", "")) else ""
    for platform in named:
        own = {name: "" for name, of in shown.items() if of != platform}
        own = {**own, "account_id": "", "platform": platform, "ids": text.get("account_id", "")}
        yield replace(raw, values={**text, "handle": handle, **own})
