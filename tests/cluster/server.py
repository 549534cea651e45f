"""Runs a real Kubernetes API server on loopback, without nodes and controllers: kube-apiserver is built from its Go module, etcd
comes from Debian's package etcd-server. Both run in a temporary folder on free ports, and are stopped in the end.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import http.client

VERSION = "v1.36.1"
STAGING = VERSION.replace("v1.", "v0.")
TOKEN = "admin-of-a-test-on-loopback"
MAIN = """package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() { os.Exit(cli.Run(app.NewAPIServerCommand())) }
"""


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "mim-chart" / f"kube-apiserver-{VERSION}"


def built():
    """Returns the path of kube-apiserver. If it is missing, it is built, which takes some minutes."""
    binary = cache() / "kube-apiserver"
    if binary.exists():
        return binary
    print(f"building kube-apiserver {VERSION}", flush=True)
    with tempfile.TemporaryDirectory(prefix="kube-apiserver.") as folder:
        folder = pathlib.Path(folder)
        version = "k8s.io/component-base/version"
        major, minor, _ = VERSION[1:].split(".")
        flags = f"-s -w -X {version}.gitVersion={VERSION} -X {version}.gitMajor={major} -X {version}.gitMinor={minor}"
        build(folder, MAIN, "-ldflags", flags)
        binary.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / "built", binary)
    return binary


def build(folder, program, *flags):
    """Builds a Go program that uses Kubernetes' modules in an empty folder. The binary is `built` in that folder."""
    found = subprocess.run(["go", "mod", "download", "-json", f"k8s.io/kubernetes@{VERSION}"], cwd="/", check=True,
                           stdout=subprocess.PIPE)
    upstream = pathlib.Path(json.loads(found.stdout)["GoMod"]).read_text()
    staging = sorted(set(re.findall(r"(\S+) => \./staging/", upstream)))
    language = re.search(r"^go \S+", upstream, re.M)[0]
    (folder / "main.go").write_text(program)
    (folder / "go.mod").write_text("\n".join([
        "module program", language, f"require k8s.io/kubernetes {VERSION}",
        f"require k8s.io/component-base {STAGING}", *[f"replace {name} => {name} {STAGING}" for name in staging], ""]))
    subprocess.run(["go", "mod", "tidy"], cwd=folder, check=True)
    subprocess.run(["go", "build", *flags, "-o", "built", "."], cwd=folder, check=True, env={**os.environ, "CGO_ENABLED": "0"})


def program(name, package):
    """Returns the path of a program in one of Debian's packages, which is installed if it is missing."""
    found = shutil.which(name)
    if not found:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-qq", "-y", package], check=True, stdout=subprocess.DEVNULL)
        found = shutil.which(name)
    return found or f"/usr/sbin/{name}"


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Server:
    """A running API server."""

    def __init__(self, port, folder):
        self.port, self.folder = port, folder
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}}],
            "users": [{"name": "test", "user": {"token": TOKEN}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}]}))
        self.connection = None

    def request(self, method, path, body=None, content="application/json"):
        """Sends a request, and returns the status and the body of the answer."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": content, "Accept": "application/json"}
        for attempt in range(2):
            if self.connection is None:
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=60)
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, OSError):
                self.connection = None
                if attempt:
                    raise

    def kubectl(self, *arguments, stdin=None, check=False):
        """Runs kubectl, and returns the finished process."""
        command = [program("kubectl", "kubernetes-client"), "--kubeconfig", str(self.kubeconfig),
                   "--cache-dir", str(self.folder / "cache"), *arguments]
        return subprocess.run(command, input=stdin, text=True, capture_output=True, check=check)

    def install_crds(self, path):
        """Applies CustomResourceDefinitions and waits until their kinds are served."""
        self.kubectl("apply", "-f", str(path), check=True)
        self.kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", str(path), check=True)


@contextlib.contextmanager
def running():
    """Starts etcd and kube-apiserver, and stops both at the end."""
    apiserver, etcd = built(), program("etcd", "etcd-server")
    started = []
    with tempfile.TemporaryDirectory(prefix="cluster.") as folder:
        folder = pathlib.Path(folder)

        def start(name, *command):
            log = open(folder / f"{name}.log", "wb")
            started.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=folder))

        try:
            clients, peers, port = free_port(), free_port(), free_port()
            start("etcd", etcd, "--data-dir", "etcd", "--unsafe-no-fsync", "--listen-client-urls", f"http://127.0.0.1:{clients}",
                  "--advertise-client-urls", f"http://127.0.0.1:{clients}", "--listen-peer-urls", f"http://127.0.0.1:{peers}",
                  "--initial-advertise-peer-urls", f"http://127.0.0.1:{peers}",
                  "--initial-cluster", f"default=http://127.0.0.1:{peers}")
            subprocess.run(["openssl", "genrsa", "-out", "key.pem", "2048"], cwd=folder, check=True, capture_output=True)
            (folder / "tokens.csv").write_text(f'{TOKEN},admin,admin,"system:masters"\n')
            start("kube-apiserver", apiserver, "--etcd-servers", f"http://127.0.0.1:{clients}", "--bind-address", "127.0.0.1",
                  "--secure-port", str(port), "--cert-dir", "certificates", "--token-auth-file", "tokens.csv",
                  "--service-account-issuer", "https://cluster.invalid", "--service-account-key-file", "key.pem",
                  "--service-account-signing-key-file", "key.pem", "--service-cluster-ip-range", "10.96.0.0/16,fd00:10:96::/112",
                  "--disable-admission-plugins", "ServiceAccount", "--authorization-mode", "RBAC",
                  "--max-mutating-requests-inflight", "1000", "--max-requests-inflight", "1000")
            server = Server(port, folder)
            wait(server, started, folder)
            yield server
        finally:
            for process in reversed(started):
                process.send_signal(signal.SIGTERM)
            for process in reversed(started):
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@contextlib.contextmanager
def given_or_running(options):
    """Yields the running server of `--port` and `--folder`, or starts one."""
    if options.port:
        yield Server(options.port, pathlib.Path(options.folder))
    else:
        with running() as cluster:
            yield cluster


def wait(server, started, folder):
    """Waits until the server is ready and has the namespace `default`."""
    for _ in range(600):
        for process in started:
            if process.poll() is not None:
                raise SystemExit((folder / "kube-apiserver.log").read_text()[-3000:])
        try:
            if server.request("GET", "/readyz")[0] == 200 and server.request("GET", "/api/v1/namespaces/default")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the API server did not get ready\n" + (folder / "kube-apiserver.log").read_text()[-3000:])
