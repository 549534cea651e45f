"""What all record scripts share: the two options, running Helm, and writing the recorded file.

A script names its file and a function that returns a recorded case with a new answer of Helm. See record_set_flags for a short
one. `tests/parity/check` runs all of them.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HELM_VERSION = "v4.2.4"
TOP = pathlib.Path(__file__).resolve().parents[2]
HELM = os.environ.get("HELM") or shutil.which("helm") or "helm"


def helm(*arguments, folder, stdin=""):
    """Runs Helm in `folder` and returns the finished process, with its streams as text.

    Helm does not see the user's setup: its folders are in an empty place, and HELM_* and KUBECONFIG are not set.
    """
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HELM_", "KUBE"))}
    nowhere = str(pathlib.Path(folder) / ".helm")
    env.update(HELM_CONFIG_HOME=nowhere, HELM_CACHE_HOME=nowhere, HELM_DATA_HOME=nowhere, KUBECONFIG=nowhere + "/none")
    finished = subprocess.run(
        [HELM, *arguments], cwd=folder, env=env, input=stdin.encode("utf-8", "surrogatepass"),
        capture_output=True, check=False,
    )
    # Decoded here, because the text mode of subprocess would convert \r\n to \n.
    finished.stdout, finished.stderr = (
        stream.decode("utf-8", "surrogateescape") for stream in (finished.stdout, finished.stderr)
    )
    return finished


def check_version(folder):
    """Ends the script unless Helm has the version whose answers are stored.

    A Helm built by `go install` reports v4.2; its module version is in the build information of the binary.
    """
    if not shutil.which(HELM):
        sys.exit(f"no Helm at {HELM}: set HELM to its path, or put it on PATH")
    said = helm("version", "--template", "{{.Version}}", folder=folder).stdout
    if said != HELM_VERSION and f"\thelm.sh/helm/v4\t{HELM_VERSION}\t".encode() not in pathlib.Path(HELM).read_bytes():
        sys.exit(f"{HELM} is Helm {said or '(no version)'}; the judge is {HELM_VERSION}: set HELM to its path")


def error(finished):
    """Returns Helm's error as it prints it, without the advice that follows some errors, and as text: with U+FFFD for each
    byte that is not UTF-8."""
    text = finished.stderr[finished.stderr.index("Error: "):] if "Error: " in finished.stderr else finished.stderr
    return re.sub("[\udc80-\udcff]", "\ufffd", text.split("\n\nUse --debug flag")[0].rstrip("\n"))


def chart(folder, files, name="probe"):
    """Writes a chart with the given files (path: text) below `folder`, and returns its path."""
    root = pathlib.Path(folder) / name
    for path, text in {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n", **files}.items():
        write(root / path, text)
    return str(root)


def write(path, text):
    """Writes `text` byte for byte, and creates the necessary folders."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


def stored_form(text):
    """Returns a function that writes data in the same form as a stored JSON file."""
    data = json.loads(text)
    for end in ("", "\n"):
        for indent in (1, 2, 4, None):
            for ascii_only in (False, True):
                form = lambda d, i=indent, a=ascii_only, e=end: json.dumps(d, indent=i, ensure_ascii=a) + e
                if form(data) == text:
                    return form
    return lambda d: json.dumps(d, indent=1, ensure_ascii=False) + "\n"


def main(stored, record, form=None):
    """Runs the command line of a record script: --stored, or --output FOLDER.

    `stored` is one path or several, from the top. `form` writes the cases if the file has a form that `stored_form` does not
    know.
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
    """Returns the same cases with new answers of Helm. Each is recorded in its own empty folder."""
    with tempfile.TemporaryDirectory(prefix="mim-chart-parity.") as folder:
        check_version(folder)

        def recorded(numbered):
            number, case = numbered
            own = pathlib.Path(folder) / str(number)
            own.mkdir()
            return record(case, own)

        # A Helm process takes about 50 ms, mostly for startup. Two at a time leave room for other work.
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            return list(pool.map(recorded, enumerate(cases)))
