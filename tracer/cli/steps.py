"""The steps of a command: run a function, print the run in words, write files and streams."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..analyses.subject import Subject
from ..errors import ViewError
from ..options import RunOptions, ViewOptions
from ..record import Record
from .report import report, traceback

if TYPE_CHECKING:
    from ..run import Certificate, Outcome

__all__ = ["answer", "check", "run_function", "say"]


def check(outputs: Sequence[str], open_: bool) -> None:
    """Refuse what cannot be written before anything runs."""
    from ..views import VIEWS, suffix_of

    for name in outputs:
        if name == "-":
            if open_:
                raise typer.BadParameter("needs a file to open, and `-o -` makes none", param_hint="--open")
            continue
        path = Path(name)
        if suffix_of(path.name).lower() not in VIEWS:
            raise ViewError(
                f"{name}: there is no view for {path.suffix or 'a name without a suffix'}",
                hint=f"use one of {' '.join(VIEWS)}",
            )
        if not path.parent.is_dir():
            raise ViewError(f"{name} cannot be written: there is no folder {path.parent}")


def run_function(
    file: Path,
    function: str,
    argument: Sequence[str] | None,
    options: RunOptions,
    *,
    aside: bool,
    verify: bool = False,
) -> tuple[Outcome, Certificate | None]:
    """Run FUNCTION of FILE traced, and print its traceback on standard error if it raises.

    Args:
        aside: whether what the function prints goes to standard error, because standard output
            belongs to the command's answer.
        verify: whether it is also run without tracer; the certificate is that of the comparison.

    Raises:
        SourceError, UnsupportedError: the file or the function cannot be imported or traced.
        ArgumentsError: the arguments do not fit.
    """
    from .. import run
    from ..program import load_call

    with (
        contextlib.redirect_stdout(sys.stderr if aside else sys.stdout),
        load_call(file, function, argument or ()) as call,
        _progress(f"running {function}"),
    ):
        # compared first, because the traced run may change its arguments
        certificate = run.verify(*call, options=options) if verify else None
        outcome = run.run(*call, options=options)
    if outcome.error is not None:
        say(traceback(outcome.error), err=True)
    return outcome, certificate


def answer(
    record: Record, options: ViewOptions, outputs: Sequence[str], format_: str, *, open_: bool, err: bool
) -> None:
    """Print a run in words, write every output, say where it is, and show the first if that is wanted."""
    from .. import views

    subject = Subject.of(record, options)
    say(report(subject, options), err=err)
    for name in outputs:
        if name == "-":
            with _progress("drawing"):
                content = views.render(subject, f".{format_}", options)
            data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        else:
            with _progress(f"drawing {name}"):
                views.save(subject, Path(name), options)
            say(f"saved {name}", err=err)
    if open_:
        typer.launch(outputs[0])


@contextlib.contextmanager
def _progress(what: str) -> Iterator[None]:
    """A moving sign on standard error while something takes longer than a second."""
    if not sys.stderr.isatty():
        yield
        return
    shown = contextlib.ExitStack()

    def begin() -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        console = Console(stderr=True)
        sign = Progress(
            *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        shown.enter_context(sign).add_task(what, total=None)

    timer = threading.Timer(1.0, begin)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        shown.close()


def say(text: str, *, err: bool = False) -> None:
    """Print; a character the terminal does not have becomes a question mark."""
    encoding = (sys.stderr if err else sys.stdout).encoding or "utf-8"
    typer.echo(text.encode(encoding, "replace").decode(encoding), err=err)
