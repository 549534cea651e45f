"""Reads the types of Kubernetes objects that `record_openapi` has recorded."""

import gzip
import pathlib

RECORDED = pathlib.Path(__file__).resolve().parents[2] / "src/kubernetes/schema.gz"


class Field:
    """A field of a type: the type of its value, whether it is a pointer in Go, and the values that it allows."""

    def __init__(self, words):
        self.of = words[0]
        self.is_pointer = "*" in words[1:]
        self.choices = next((word[1:].split("|") for word in words[1:] if word[0] == "="), [])


def read():
    """Returns the fields of every type by name, and the type of every (apiVersion, kind)."""
    types, kinds = {}, {}
    for line in gzip.open(RECORDED, "rt").read().splitlines()[1:]:
        first, *words = line.strip(" ").split(" ")
        if line.startswith(" "):
            types[name][first] = Field(words)
            continue
        name = first
        types[name] = {}
        for word in words:
            api_version, _, kind = word.partition(":")[0].rpartition("/")
            kinds[api_version.lstrip("/"), kind] = name
    return types, kinds
