"""Changes single fields of manifests, and finds the API server's paths for their kinds."""

import copy
import json
import pathlib

FIXTURES = pathlib.Path(__file__).parent / "fixtures"


def fixtures():
    """Returns manifests of all built-in kinds, and others with the remaining types."""
    return [manifest for file in ("manifests.json", "places.json") for manifest in json.loads((FIXTURES / file).read_text())]


def places(value, path=()):
    """Yields the paths of everything below the top."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        yield (*path, key)
        yield from places(inner, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def changed(manifest, change):
    """Returns the manifest with a change: the field at a path is removed, renamed or set, or an item is added to the list that
    contains it."""
    result = copy.deepcopy(manifest)
    *above, key = change["at"]
    holder = at(result, above)
    match change:
        case {"set": value}:
            holder[key] = copy.deepcopy(value)
        case {"rename": name}:
            holder[name] = holder.pop(key)
        case {"repeat": True}:
            holder.append(copy.deepcopy(holder[key]))
        case _:
            del holder[key]
    return result


def mutation(chance, manifest):
    """Returns a change of one field that may make the manifest invalid, and the name of the change."""
    path = chance.choice([path for path in places(manifest) if path[0] not in ("apiVersion", "kind")])
    around, key = at(manifest, path[:-1]), path[-1]
    old = around[key]
    ways = ["remove", "retype", "empty", "null"]
    if isinstance(key, str):
        ways.append("rename")
    if isinstance(around, list):
        ways.append("repeat")
    if isinstance(old, (int, float)) and not isinstance(old, bool):
        ways += ["range", "range"]
    if isinstance(old, str):
        ways += ["name", "name"]
    way = chance.choice(ways)
    change = {"at": list(path)}
    match way:
        case "remove":
            change["remove"] = True
        case "retype":
            change["set"] = chance.choice([other for other in ("text", 7, 1.5, True, ["a"], {"a": "b"}) if type(other) is not type(old)])
        case "empty":
            change["set"] = {str: "", int: 0, bool: False, list: [], dict: {}, float: 0}[type(old)]
        case "null":
            change["set"] = None
        case "rename":
            change["rename"] = key + chance.choice("sxX")
        case "repeat":
            change["repeat"] = True
        case "range":
            change["set"] = chance.choice([-1, 0, 65536, 2**31, 1.5, 99])
        case "name":
            change["set"] = chance.choice(["Upper", "with space", "under_score", "-dash", "a" * 64, "a/b", "dot.dot", "1", "x" * 16])
    return change, f"{way} {'.'.join(map(str, path))}"


def resources(cluster):
    """Returns the path for creating objects of each kind."""
    found = {}
    groups = json.loads(cluster.request("GET", "/apis")[1])["groups"]
    versions = ["/api/v1", *[f"/apis/{version['groupVersion']}" for group in groups for version in group["versions"]]]
    for base in versions:
        for resource in json.loads(cluster.request("GET", base)[1])["resources"]:
            if "/" not in resource["name"]:
                api_version = base.removeprefix("/apis/").removeprefix("/api/")
                namespace = "/namespaces/default" if resource["namespaced"] else ""
                found[api_version, resource["kind"]] = f"{base}{namespace}/{resource['name']}"
    return found
