"""Objects that are created and updated on a real API server, each under a name of its own."""

import copy
import http.client
import json
import os

from mutating import at, resources

TEMPLATES = {"Deployment": "spec.template", "StatefulSet": "spec.template", "DaemonSet": "spec.template", "ReplicaSet": "spec.template",
             "ReplicationController": "spec.template", "Job": "spec.template", "CronJob": "spec.jobTemplate.spec.template", "PodTemplate": "template"}
LIMITING = ["ResourceQuota", "LimitRange"]


class Updates:
    """Updates on a real server."""

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
        """The object as it would be stored; None if it is not taken."""
        status, body = self.send("POST", f"{self.url(manifest)}?dryRun=All&fieldValidation=Strict", manifest)
        return body if status < 300 else None

    def named(self, manifest, number):
        """The manifest as an object of its own."""
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
        """A manifest under a name of its own, and the object that the server gives when it is created or applied."""
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
        """Does what controllers do in a cluster with a new claim, and with a suspended Job: the first is bound, the second is known to wait."""
        status = None
        if stored["kind"] == "PersistentVolumeClaim":
            status = {"phase": "Bound", "capacity": {"storage": stored["spec"]["resources"]["requests"]["storage"]}}
        elif stored["kind"] == "Job" and stored["spec"].get("suspend"):
            status = {"conditions": [{"type": "Suspended", "status": "True"}]}
        if status:
            code, answer = self.send("PATCH", f"{url}/status", {"status": status}, "application/merge-patch+json")
            assert code < 300, answer

    def outcome(self, old, new, is_applied):
        """What becomes of an object when another version of it is put in its place, or applied over it."""
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
                # Controllers inside of the server write to some objects too.
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
    """The new version with what the server has put into the stored one once and for all, as everybody does who updates an object."""
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
    """An object without what counts its versions."""
    metadata = {key: value for key, value in thing["metadata"].items() if key not in ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp")}
    if thing["kind"] == "Node":
        # The server gives it to a new Node, and takes it as gone when somebody else writes the list.
        thing = {**thing, "spec": {**thing["spec"], "taints": [taint for taint in thing["spec"].get("taints", []) if taint["key"] != "node.kubernetes.io/not-ready"]}}
    return {key: metadata if key == "metadata" else value for key, value in thing.items() if key != "status"}
