"""Build Gradescope's image once, from the zip, and grade in it as Gradescope does."""

import contextlib
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from autograder import ROOT
from autograder.assignment import config
from autograder.gradescope import package, results
from autograder.sandbox import guarantees
from autograder.sandbox.process.worker_process import WorkerProcess

SCHEMA = results.schema()
# What pip says where it reaches nobody.
NO_NETWORK = re.compile("NewConnectionError|NameResolutionError|name resolution|Network is unreachable")


@dataclasses.dataclass(frozen=True)
class Image:
    """An AUTOGRADER_ROOT after setup.sh."""

    root: Path

    @property
    def python(self) -> Path:
        return self.root / "venv" / "bin" / "python"

    @property
    def results(self) -> Path:
        return self.root / "results" / "results.json"

    def hand_in(self, files: dict[str, str | bytes]) -> None:
        """Put a submission in place, and nothing of an earlier one."""
        for name in ("submission", "results"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        (self.root / "submission_metadata.json").unlink(missing_ok=True)
        (self.root / "submission").mkdir()
        for name, content in files.items():
            file = self.root / "submission" / name
            file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def start(self, *program: str | Path, condition: str = "container") -> subprocess.Popen[str]:
        """Start a program of the image; run_autograder if none is named."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.gradescope.as_container", condition]
            + [str(word) for word in program or (self.root / "run_autograder",)],
            cwd=ROOT,
            env={**os.environ, "AUTOGRADER_ROOT": str(self.root), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *program: str | Path, condition: str = "container") -> tuple[int, str]:
        """Run a program of the image to its end; return its exit status and what it printed."""
        process = self.start(*program, condition=condition)
        printed, _ = process.communicate(timeout=300)
        return process.returncode, printed

    def grade(self, files: dict[str, str | bytes]) -> dict[str, Any]:
        """Grade a submission and return a results.json that Gradescope can read."""
        self.hand_in(files)
        status, printed = self.run()
        assert status == 0, printed
        return self.read_results()

    def read_results(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.results.read_text(encoding="utf-8"))
        jsonschema.validate(content, SCHEMA)
        assert [path.name for path in self.results.parent.iterdir()] == ["results.json"]
        return content

    @contextlib.contextmanager
    def limits(self, **limits: int) -> Iterator[None]:
        """Have less patience, for submissions that are waited for in vain."""
        file = self.root / "source" / "assignment.toml"
        shipped = file.read_text(encoding="utf-8")
        lines = [
            f"{name} = {limits[name]}" if (name := line.split(" ")[0]) in limits else line
            for line in shipped.splitlines()
        ]
        file.write_text("\n".join(lines), encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(shipped, encoding="utf-8")


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> package.Packed:
    return package.pack(config.load(), tmp_path_factory.mktemp("zip") / "autograder.zip")


@pytest.fixture(scope="session")
def image(packed: package.Packed) -> Iterator[Image]:
    """Unpack the zip as Gradescope does and run its setup.sh."""
    if not sys.platform.startswith("linux"):
        pytest.skip("Gradescope's image is built and run on Linux")
    with WorkerProcess(config.load().limits) as worker:
        if guarantees.broken(worker.steps):
            pytest.skip(guarantees.sentence(worker.steps))
    with build(packed) as built:
        yield built


@contextlib.contextmanager
def build(packed: package.Packed, packages: Path | None = None) -> Iterator[Image]:
    """Unpack a zip and run its setup.sh; `packages`: a venv in which they are installed already."""
    # Not below pytest's own folder, which nobody else may enter: on Gradescope everybody may.
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        shutil.unpack_archive(packed.path, root / "source")  # which loses all permissions
        for name in ("setup.sh", "run_autograder"):
            (root / "source" / name).chmod(0o755)
        shutil.copy(root / "source" / "run_autograder", root)
        if packages:
            shutil.copytree(packages, root / "venv", symlinks=True)
        built = Image(root)
        status, printed = built.run(root / "source" / "setup.sh")
        if status and NO_NETWORK.search(printed):
            pytest.skip("building the image needs the network: its packages are fetched")
        assert status == 0, printed
        yield built
