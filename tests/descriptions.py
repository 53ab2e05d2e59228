"""The platforms' official descriptions of their interfaces, where the shared folder holds them, as checks."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import jsonschema

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
KINDS = {"Edm.String": str, "Edm.Boolean": bool, "Edm.Int32": int, "Edm.DateTimeOffset": str}


def csdl(shared: Path, entity: str) -> dict[str, str]:
    """Property → type of one entity or complex type of Microsoft Graph, with those of its base types."""
    root = ElementTree.parse(shared / "sources/specs/msgraph/graph_v1_slice.csdl.xml").getroot()
    named = {node.get("Name"): node for kind in ("EntityType", "ComplexType") for node in root.iter(EDM + kind)}
    properties: dict[str, str] = {}
    name: str | None = entity
    while name:
        node = named[name]
        properties |= {str(one.get("Name")): str(one.get("Type")) for one in node.iter(EDM + "Property")}
        name = (node.get("BaseType") or "").rpartition(".")[2] or None
    return properties


def csdl_members(shared: Path, enumeration: str) -> set[str]:
    root = ElementTree.parse(shared / "sources/specs/msgraph/graph_v1_slice.csdl.xml").getroot()
    found = next(node for node in root.iter(EDM + "EnumType") if node.get("Name") == enumeration)
    return {str(member.get("Name")) for member in found}


def is_entity(shared: Path, entity: str, value: dict[str, Any]) -> None:
    """Assert that every property of a payload is one of the entity's, and of its type."""
    properties = csdl(shared, entity)
    for name, part in value.items():
        kind = properties[name]
        if part is None:
            continue
        if kind.startswith("Collection("):
            assert isinstance(part, list)
            assert all(isinstance(one, KINDS[kind[11:-1]]) for one in part)
        elif kind in KINDS:
            assert isinstance(part, KINDS[kind]), (name, kind)
        elif isinstance(part, dict):
            is_entity(shared, kind.rpartition(".")[2], part)
        else:
            assert part in csdl_members(shared, kind.rpartition(".")[2])


def is_openapi(shared: Path, platform: str, schema: str, value: Any) -> None:
    """Assert that a value is what an OpenAPI description calls `schema`."""
    described = json.loads((shared / f"sources/specs/{platform}/openapi.json").read_text(encoding="utf-8"))
    jsonschema.validate(value, {"$ref": f"#/components/schemas/{schema}", "components": described["components"]})


def lexicon(shared: Path, nsid: str) -> dict[str, Any]:
    path = shared / "sources/specs/bluesky/lexicons" / Path(*nsid.split(".")).with_suffix(".json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["defs"]
    return found


def is_query(shared: Path, url: str) -> None:
    """Assert that a request is one that its lexicon allows."""
    nsid = urlsplit(url).path.removeprefix("/xrpc/")
    main = lexicon(shared, nsid)["main"]
    assert main["type"] == "query"
    sent: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(url).query, strict_parsing=True):
        sent.setdefault(name, []).append(value)
    allowed = main["parameters"]["properties"]
    assert set(main["parameters"].get("required", ())) <= set(sent) <= set(allowed)
    for name, values in sent.items():
        rule = allowed[name]
        assert len(values) <= rule.get("maxLength", 1)
        if rule["type"] == "integer":
            assert rule.get("minimum", 0) <= int(values[0]) <= rule.get("maximum", 10**9)


def is_output(shared: Path, nsid: str, value: Any) -> None:
    """Assert that a reply is what its lexicon describes."""
    _is(shared, nsid, lexicon(shared, nsid)["main"]["output"]["schema"], value)


def _is(shared: Path, nsid: str, rule: dict[str, Any], value: Any) -> None:
    kind = rule["type"]
    if kind == "ref":
        place, _, name = rule["ref"].partition("#")
        _is(shared, place or nsid, lexicon(shared, place or nsid)[name or "main"], value)
    elif kind == "object":
        assert isinstance(value, dict)
        assert set(rule.get("required", ())) <= set(value) <= set(rule["properties"])
        for name, part in value.items():
            _is(shared, nsid, rule["properties"][name], part)
    elif kind == "array":
        assert len(value) <= rule.get("maxLength", len(value))
        for part in value:
            _is(shared, nsid, rule["items"], part)
    elif kind in ("string", "boolean", "integer"):
        assert isinstance(value, {"string": str, "boolean": bool, "integer": int}[kind])
