"""What every record script shares: the two options, real Helm, and writing in the stored file's own form.

A script names its stored file and gives a function that turns one stored case into the same case with Helm's fresh
answer; see record_set_flags for a short one. `tests/parity/check` runs them all.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HELM_VERSION = "v4.2.4"
TOP = pathlib.Path(__file__).resolve().parents[2]
HELM = os.environ.get("HELM") or shutil.which("helm") or "helm"


def helm(*arguments, folder, stdin=""):
    """Runs Helm in `folder` and gives the finished process, its streams as text.

    Helm sees nothing of the user's own set-up: its folders lie in an empty place, no HELM_* or KUBECONFIG reaches it.
    """
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HELM_", "KUBE"))}
    nowhere = str(pathlib.Path(folder) / ".helm")
    env.update(HELM_CONFIG_HOME=nowhere, HELM_CACHE_HOME=nowhere, HELM_DATA_HOME=nowhere, KUBECONFIG=nowhere + "/none")
    finished = subprocess.run(
        [HELM, *arguments], cwd=folder, env=env, input=stdin.encode("utf-8", "surrogatepass"),
        capture_output=True, check=False,
    )
    # Decoded here: the text mode of subprocess would take \r\n for \n.
    finished.stdout, finished.stderr = (
        stream.decode("utf-8", "surrogateescape") for stream in (finished.stdout, finished.stderr)
    )
    return finished


def check_version(folder):
    """Ends the script unless Helm is the version whose answers are stored.

    A Helm built by `go install` calls itself v4.2; the module version stands in the build information of its file.
    """
    if not shutil.which(HELM):
        sys.exit(f"no Helm at {HELM}: set HELM to its path, or put it on PATH")
    said = helm("version", "--template", "{{.Version}}", folder=folder).stdout
    if said != HELM_VERSION and f"\thelm.sh/helm/v4\t{HELM_VERSION}\t".encode() not in pathlib.Path(HELM).read_bytes():
        sys.exit(f"{HELM} is Helm {said or '(no version)'}; the judge is {HELM_VERSION}: set HELM to its path")


def error(finished):
    """Helm's error as it prints it, without the advice that follows some of them."""
    text = finished.stderr[finished.stderr.index("Error: "):] if "Error: " in finished.stderr else finished.stderr
    return text.split("\n\nUse --debug flag")[0].rstrip("\n")


def chart(folder, files, name="probe"):
    """Writes a chart of the given files (path: text) below `folder` and gives its path."""
    root = pathlib.Path(folder) / name
    for path, text in {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n", **files}.items():
        write(root / path, text)
    return str(root)


def write(path, text):
    """Writes `text` byte for byte, with the folders it needs."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


def stored_form(text):
    """How a stored JSON file is written: a function that writes other data in the same form."""
    data = json.loads(text)
    for end in ("", "\n"):
        for indent in (1, 2, 4, None):
            for ascii_only in (False, True):
                form = lambda d, i=indent, a=ascii_only, e=end: json.dumps(d, indent=i, ensure_ascii=a) + e
                if form(data) == text:
                    return form
    return lambda d: json.dumps(d, indent=1, ensure_ascii=False) + "\n"


def main(stored, record, form=None):
    """The command line of a record script: --stored, or --output FOLDER.

    `stored` is one path or several, from the top. `form` writes the cases where the file has a form that `stored_form`
    doesn't know.
    """
    stored = [stored] if isinstance(stored, str) else stored
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--stored", action="store_true", help="print the paths of the stored files, one a line")
    what.add_argument(
        "--output", metavar="FOLDER",
        help="ask Helm again and write its answers below FOLDER, under the paths of the stored files: `.` renews them",
    )
    options = parser.parse_args()
    if options.stored:
        print("\n".join(stored))
        return

    for path in stored:
        text = (TOP / path).read_bytes().decode("utf-8")
        fresh = ask_again(json.loads(text), record)
        output = pathlib.Path(options.output) / path
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes((form or stored_form(text))(fresh).encode("utf-8", "surrogatepass"))


def ask_again(cases, record):
    """The same cases with Helm's fresh answers. Each is recorded in an empty folder of its own."""
    with tempfile.TemporaryDirectory(prefix="mim-chart-parity.") as folder:
        check_version(folder)

        def recorded(numbered):
            number, case = numbered
            own = pathlib.Path(folder) / str(number)
            own.mkdir()
            return record(case, own)

        # A Helm process takes about 50 ms, most of it start-up: two at a time leave room for others.
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            return list(pool.map(recorded, enumerate(cases)))
