"""Creates and updates objects on a real API server, each under its own name."""

import copy
import http.client
import json
import os

from mutating import at, resources

TEMPLATES = {"Deployment": "spec.template", "StatefulSet": "spec.template", "DaemonSet": "spec.template", "ReplicaSet": "spec.template",
             "ReplicationController": "spec.template", "Job": "spec.template", "CronJob": "spec.jobTemplate.spec.template", "PodTemplate": "template"}
LIMITING = ["ResourceQuota", "LimitRange"]


class Updates:
    """Updates of objects on a real server."""

    def __init__(self, cluster):
        self.cluster, self.paths, self.count = cluster, resources(cluster), 0
        cluster.request("POST", "/api/v1/namespaces", json.dumps({"metadata": {"name": "quotas"}}))

    def send(self, method, url, thing=None, content="application/json"):
        try:
            status, body = self.cluster.request(method, url, json.dumps(thing) if thing is not None else None, content)
        except http.client.HTTPException:
            return 500, {}
        return status, json.loads(body) if body.startswith(b"{") else {}

    def url(self, manifest):
        url = self.paths[manifest["apiVersion"], manifest["kind"]]
        return url.replace("/namespaces/default", "/namespaces/quotas") if manifest["kind"] in LIMITING else url

    def stored(self, manifest):
        """Returns the object as it would be stored, or None if it is not accepted."""
        status, body = self.send("POST", f"{self.url(manifest)}?dryRun=All&fieldValidation=Strict", manifest)
        return body if status < 300 else None

    def named(self, manifest, number):
        """Returns a copy of the manifest with a unique name."""
        thing = copy.deepcopy(manifest)
        metadata, spec = thing["metadata"], thing.get("spec")
        match thing["kind"]:
            case "CustomResourceDefinition":
                name, _, group = metadata["name"].partition(".")
                if spec.get("group") == group:
                    spec["group"] = f"g{number}.example.org"
                    metadata["name"] = f"{name}.{spec['group']}"
            case "APIService":
                version, _, group = metadata["name"].partition(".")
                if spec.get("group") == group:
                    spec["group"] = f"g{number}.d"
                    metadata["name"] = f"{version}.{spec['group']}"
            case "IPAddress":
                metadata["name"] = f"10.97.{number // 250 % 250}.{number % 250 + 1}"
            case _:
                metadata["name"] = f"p{os.getpid()}-{number}"
        return thing

    def created(self, manifest, is_applied):
        """Returns a manifest with a unique name, and the object that the server returns when it is created or applied."""
        self.count += 1
        given = self.named(manifest, self.count)
        url = f"{self.url(given)}/{given['metadata']['name']}"
        if is_applied:
            status, answer = self.send("PATCH", f"{url}?fieldManager=helm&force=true", given, "application/apply-patch+yaml")
        else:
            status, answer = self.send("POST", self.url(given), given)
        assert status < 300, answer
        self.settle(url, answer)
        _, live = self.send("GET", url)
        self.send("DELETE", f"{url}?gracePeriodSeconds=0")
        return given, live

    def settle(self, url, stored):
        """Does what a cluster's controllers do with a new claim, which is bound, and with a suspended Job, which is marked as
        suspended."""
        status = None
        if stored["kind"] == "PersistentVolumeClaim":
            status = {"phase": "Bound", "capacity": {"storage": stored["spec"]["resources"]["requests"]["storage"]}}
        elif stored["kind"] == "Job" and stored["spec"].get("suspend"):
            status = {"conditions": [{"type": "Suspended", "status": "True"}]}
        if status:
            code, answer = self.send("PATCH", f"{url}/status", {"status": status}, "application/merge-patch+json")
            assert code < 300, answer

    def outcome(self, old, new, is_applied):
        """Returns what happens to an object when another version replaces it, or is applied over it."""
        self.count += 1
        old, new = self.named(old, self.count), self.named(new, self.count)
        url = f"{self.url(old)}/{old['metadata']['name']}"
        if old["metadata"]["name"] != new["metadata"]["name"]:
            return None, "another object"
        if is_applied:
            apply = lambda thing: self.send("PATCH", f"{url}?fieldManager=helm&force=true", thing, "application/apply-patch+yaml")
            status, before = apply(old)
            if status >= 300:
                return None, before.get("message", "")
            self.settle(url, before)
            status, after = apply(new)
        else:
            status, before = self.send("POST", self.url(old), old)
            if status >= 300:
                return None, before.get("message", "")
            self.settle(url, before)
            for _ in range(3):
                # Controllers inside the server write to some objects too.
                _, now = self.send("GET", url)
                status, after = self.send("PUT", url, carried_over(now, new))
                if status != 409:
                    break
        self.send("DELETE", f"{url}?gracePeriodSeconds=0")
        if status >= 300:
            return "R", after.get("message", "")
        before, after = significant(before), significant(after)
        if before == after:
            return "S", ""
        path = TEMPLATES.get(old["kind"], "").split(".")
        return ("T" if path != [""] and at(before, path) != at(after, path) else "D"), ""


def carried_over(stored, new):
    """Returns the new version with the fields that the server set permanently in the stored one, as every client must do to
    update an object."""
    result = copy.deepcopy(new)
    result["metadata"]["resourceVersion"] = stored["metadata"]["resourceVersion"]
    if "finalizers" in stored["metadata"]:
        result["metadata"].setdefault("finalizers", stored["metadata"]["finalizers"])
    spec = result.get("spec")
    if result["kind"] == "Job" and not spec.get("manualSelector"):
        spec.setdefault("selector", stored["spec"]["selector"])
        generated = {key: value for key, value in stored["spec"]["template"]["metadata"]["labels"].items() if key.endswith(("controller-uid", "job-name"))}
        metadata = spec["template"].get("metadata") or {}
        spec["template"]["metadata"] = {**metadata, "labels": {**(metadata.get("labels") or {}), **generated}}
    return result


def significant(thing):
    """Returns an object without the fields that count its versions."""
    metadata = {key: value for key, value in thing["metadata"].items() if key not in ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp")}
    if thing["kind"] == "Node":
        # The server adds this taint to a new Node, and considers it removed when another client writes the list.
        thing = {**thing, "spec": {**thing["spec"], "taints": [taint for taint in thing["spec"].get("taints", []) if taint["key"] != "node.kubernetes.io/not-ready"]}}
    return {key: metadata if key == "metadata" else value for key, value in thing.items() if key != "status"}
