"""Asks `mim-chart validate` and an API server about manifests: whether they are accepted, and which fields are wrong."""

import collections
import json
import pathlib
import subprocess
import tempfile


def verdict(cluster, paths, manifest):
    """Returns whether the server accepts a manifest, the fields that are wrong, and the message."""
    url = f"{paths[manifest['apiVersion'], manifest['kind']]}?dryRun=All&fieldValidation=Strict"
    status, body = cluster.request("POST", url, json.dumps(manifest))
    if status < 300:
        return True, [], ""
    answer = json.loads(body)
    return False, [cause["field"] for cause in answer.get("details", {}).get("causes", []) if cause.get("field")], answer.get("message", "")


def reported(binary, manifests, *flags):
    """Returns the findings of mim-chart, each with the number of its manifest, or None if it is about another file."""
    with tempfile.TemporaryDirectory() as folder:
        for number, manifest in enumerate(manifests):
            (pathlib.Path(folder) / f"{number:06}.json").write_text(json.dumps(manifest))
        answer = subprocess.run([binary, "validate", folder, "-o", "json", *flags], capture_output=True, text=True)
    stems = ((pathlib.Path(finding["file"]).stem, finding) for finding in json.loads(answer.stdout)["findings"])
    return [(int(stem) if stem.isdigit() else None, finding) for stem, finding in stems]


def is_error(finding):
    """Whether a finding is an error of a manifest by itself: that several define the same object does not matter."""
    return finding["severity"] == "error" and finding["rule"] != "twice"


def findings(binary, manifests, *flags):
    """Returns the errors of each manifest by its number, as pairs of path and message."""
    found = collections.defaultdict(list)
    for number, finding in reported(binary, manifests, *flags):
        if is_error(finding):
            found[number].append((finding.get("path") or finding.get("field") or "", finding["message"]))
    return found
