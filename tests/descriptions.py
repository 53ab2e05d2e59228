"""The platforms' official descriptions of their interfaces, where the shared folder holds them, as checks."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import jsonschema
import requests

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
    """The members of an enumeration of the Graph API."""
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


def is_openapi_query(shared: Path, platform: str, method: str, url: str) -> None:
    """Assert that a request's path, parameters and their values are ones that an OpenAPI description allows."""
    described = json.loads((shared / f"sources/specs/{platform}/openapi.json").read_text(encoding="utf-8"))
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" in {server["url"] for server in described["servers"]}
    known = [_resolved(described, one) for one in described["paths"][parts.path][method.lower()]["parameters"]]
    rules = {one["name"]: one for one in known if one["in"] == "query"}
    sent = dict(parse_qsl(parts.query, strict_parsing=True))
    assert {name for name, rule in rules.items() if rule.get("required")} <= set(sent) <= set(rules)
    for name, value in sent.items():
        schema = _resolved(described, rules[name]["schema"])
        typed = value.split(",") if schema["type"] == "array" else int(value) if schema["type"] == "integer" else value
        jsonschema.validate(typed, {**schema, "components": described["components"]})


def _resolved(described: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    found: Any = described
    for name in part.get("$ref", "#").split("/")[1:]:
        found = found[name]
    return part if found is described else dict(found)


def is_exchange(shared: Path, platform: str, request: requests.PreparedRequest, status: int, body: str) -> None:
    """Assert that an OpenAPI description has the operation, takes the query and credentials, and gives such a reply."""
    described = json.loads((shared / f"sources/specs/{platform}/openapi.json").read_text(encoding="utf-8"))
    url, _, query = str(request.url).partition("?")
    server = re.sub(r"{\w+}", "[^/]+", described["servers"][0]["url"])
    path = re.sub(f"^{server}", "", url)
    shape = next(one for one in described["paths"] if re.fullmatch(re.sub(r"{\w+}", "[^/]+", one), path))
    operation = described["paths"][shape][str(request.method).lower()]
    taken = {
        one["name"]: one
        for one in (_resolved(described, one) for one in operation["parameters"])
        if one["in"] == "query"
    }
    sent = dict(parse_qsl(query, strict_parsing=bool(query)))
    assert {name for name, one in taken.items() if one.get("required")} <= set(sent) <= set(taken)
    assert all(value.isdecimal() for name, value in sent.items() if taken[name]["schema"]["type"] == "integer")
    assert not operation.get("security") or request.headers["Authorization"].startswith("Bearer ")
    content = _resolved(described, operation["responses"][str(status)]).get("content", {})
    if "application/json" in content:
        rule = {**content["application/json"]["schema"], "components": described["components"]}
        jsonschema.validate(json.loads(body), _nullable(rule))


def _nullable(rule: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema, which has no `nullable`."""
    if isinstance(rule, list):
        return [_nullable(one) for one in rule]
    if not isinstance(rule, dict):
        return rule
    plain = {name: _nullable(one) for name, one in rule.items()}
    if plain.get("nullable") is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain


def lexicon(shared: Path, nsid: str) -> dict[str, Any]:
    """A lexicon of the AT protocol, by its NSID."""
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
        assert len(values) <= rule.get("maxLength", len(values) if rule["type"] == "array" else 1)
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


def is_discovered(shared: Path, service: str, request: requests.PreparedRequest, status: int, body: str) -> None:
    """Assert that one of Google's discovery documents ("youtube/discovery") has the method, its query and the reply."""
    described = json.loads((shared / f"sources/specs/{service}.json").read_text(encoding="utf-8"))
    url, _, query = str(request.url).partition("?")
    path = url.removeprefix(described["baseUrl"])
    known = [one for part in described["resources"].values() for one in part["methods"].values()]
    fitting = [one for one in known if re.fullmatch(re.sub(r"{\w+}", "[^/]+", one["flatPath"]), path)]
    method = min(fitting, key=lambda one: one["flatPath"].count("{"))
    assert method["httpMethod"] == request.method
    taken = {name: one for name, one in method["parameters"].items() if one["location"] == "query"}
    sent = dict(parse_qsl(query, strict_parsing=bool(query)))
    assert {name for name, one in taken.items() if one.get("required")} <= set(sent)
    assert set(sent) <= set(taken) | set(described["parameters"]) - {"key", "access_token", "oauth_token"}
    for name, value in sent.items():
        rule = taken.get(name, {})
        assert value in rule.get("enum", [value])
        assert rule.get("type") != "integer" or int(rule["minimum"]) <= int(value) <= int(rule["maximum"])
    schemas = {name: _discovered(one) for name, one in described["schemas"].items()}
    if status == 200:
        _has_fields(sent.get("fields", ""), method["response"]["$ref"], described["schemas"])
        jsonschema.validate(json.loads(body), {"$ref": f"#/$defs/{method['response']['$ref']}", "$defs": schemas})
    else:
        assert json.loads(body)["error"]["code"] == status


def _discovered(rule: Any) -> Any:
    """A schema of a discovery document as JSON Schema that lets no unknown property pass."""
    if isinstance(rule, list):
        return [_discovered(one) for one in rule]
    if not isinstance(rule, dict):
        return rule
    if "$ref" in rule:
        return {"$ref": f"#/$defs/{rule['$ref']}"}
    kept = {name: rule[name] for name in ("type", "enum", "items", "additionalProperties") if name in rule}
    plain = {name: _discovered(one) for name, one in kept.items() if one != "any"}
    if "properties" in rule:
        plain["properties"] = {name: _discovered(one) for name, one in rule["properties"].items()}
        plain.setdefault("additionalProperties", False)
    return plain


def _has_fields(mask: str, name: str, schemas: dict[str, Any]) -> None:
    """Assert that a partial response's mask ("kind,items(id,snippet(title))") names fields that the schema has."""
    stack, rule = [], schemas[name]
    for field, follows in re.findall(r"(\w+)?([(),]|$)", mask):
        part = rule["properties"][field] if field else {}
        if follows == "(":
            stack.append(rule)
            inner = part.get("items", part)
            rule = schemas[inner["$ref"]] if "$ref" in inner else inner
        elif follows == ")":
            rule = stack.pop()
    assert not stack
