"""Lays out trees of charts in pairs: one in Go templates for Helm, one in Tera for mim-chart, with otherwise identical files.

A tree is an object with
- `files`: paths below the folder of the run, and texts; a folder with a Chart.yaml is a chart;
- `templates`: the same for templates that differ between the languages, each a pair `go` and `tera`;
- `pack`: pairs of an archive (its path) and the folder that is packed into it and then removed, in this order;
- `"engine": false`: mim-chart's Chart.yaml has no `engine` either, because no line can be added to it;
- `arguments`: the command line after `helm` or `mim-chart`.

Every chart gets the template `templates/dump.yaml`, which prints the values that the chart model passes to templates, unless the
tree has `"dump": false` or the chart is a library.
"""

import pathlib
import re
import shutil
import subprocess
import tarfile

import recording

CASES = recording.TOP / "tests/cases/trees"
DUMPS = {"go": (CASES / "dump.gotpl").read_text(), "tera": (CASES / "dump.tera").read_text()}


def lay_out(tree, folder, language):
    """Writes the tree for one language, `go` or `tera`, below `folder`."""
    folder = pathlib.Path(folder)
    for path, text in tree["files"].items():
        is_chart_file = path.rsplit("/", 1)[-1] == "Chart.yaml" and "/templates/" not in path
        has_engine = is_chart_file and language == "tera" and tree.get("engine", True)
        engine = "engine: tera\n" if has_engine else ""
        if engine and not text.endswith("\n"):
            engine = "\n" + engine
        recording.write(folder / path, text + engine)
        if is_chart_file and tree.get("dump", True) and not re.search(r"(?m)^type: *library", text):
            recording.write((folder / path).parent / "templates/dump.yaml", DUMPS[language])
    for path, pair in tree.get("templates", {}).items():
        recording.write(folder / path, pair[language])
    for archive, source in tree.get("pack", []):
        source = folder / source
        archive = folder / archive
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "w:gz") as tar:
            for file in sorted(path for path in source.rglob("*") if path.is_file()):
                tar.add(file, f"{source.name}/{file.relative_to(source).as_posix()}")
        shutil.rmtree(source)


def notices(stderr):
    """Returns Helm's log as a sorted list without repetitions: level, message and attributes."""
    found = set()
    for line in stderr.splitlines():
        match = re.match(r"level=(\w+) msg=(\"(?:[^\"\\]|\\.)*\"|\S+)(.*)", line)
        if match:
            level, message, rest = match.groups()
            found.add(f"{level} {message.strip(chr(34))}{rest}".replace('\\"', '"'))
    return sorted(found)


def ask_helm(tree, folder):
    """Returns Helm's answer: exit code, standard output, error, notices."""
    lay_out(tree, folder, "go")
    finished = recording.helm(*tree["arguments"], folder=folder)
    answer = {"exit": finished.returncode, "stdout": finished.stdout.replace(str(folder), "W")}
    if finished.returncode:
        answer["error"] = recording.error(finished).removeprefix("Error: ").replace(str(folder), "W")
    logged = [line.replace(str(folder), "W") for line in notices(finished.stderr)]
    if logged:
        answer["notices"] = logged
    return answer


def ask_mim_chart(binary, tree, folder):
    """Returns mim-chart's answer in the same form, except that notices are only messages."""
    lay_out(tree, folder, "tera")
    env = {"PATH": "/usr/bin:/bin"}
    finished = subprocess.run(
        [str(binary), *tree["arguments"], "--message-format=json"], cwd=folder, env=env, capture_output=True, check=False,
    )
    stdout, stderr = (stream.decode("utf-8", "surrogateescape") for stream in (finished.stdout, finished.stderr))
    return {"exit": finished.returncode, "stdout": stdout, "stderr": stderr}
