"""What all tests share: one profile of hypothesis, and the command line in an empty folder."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from typer.testing import CliRunner

from tracer.cli import app

ROOT = Path(__file__).parent.parent

settings.register_profile(
    "tracer",
    deadline=None,  # a machine may be busy
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tracer")


@pytest.fixture(autouse=True)
def _young_heap():
    """A run asks the collector who still holds its Values: what is older than the test does not."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, and no setting from outside."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("TRACER_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "dumb")
    return tmp_path


@pytest.fixture
def tracer(here):
    def call(*args, code=0):
        result = CliRunner().invoke(app, [str(arg) for arg in args])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        assert str(ROOT / "tracer") not in result.output
        assert not list(here.glob(".*")), "nothing half written is left behind"
        return result

    return call


@pytest.fixture
def prog(here):
    def write(text, name="prog.py"):
        path = here / name
        path.write_text(text, encoding="utf-8")
        return name

    return write


@pytest.fixture
def process(here):
    """The command in a process of its own."""

    def call(*args, **options):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        return subprocess.run(
            [sys.executable, "-m", "tracer", *map(str, args)],
            capture_output=True,
            encoding="utf-8",
            env=environment,
            timeout=60,
            cwd=here,
            check=False,
            **options,
        )

    return call


@pytest.fixture
def write(tmp_path):
    """A file with a text or with bytes; its path."""

    def write(text, name="prog.py"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write
