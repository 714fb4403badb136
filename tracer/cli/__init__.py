"""Owns the command line: options, exit codes, and what is said on the terminal."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Annotated, Any

import typer

from ..errors import TraceError, TracerError, UnsupportedError
from .grad import EPILOG as GRAD_EPILOG
from .grad import grad
from .options import (
    Argument,
    File,
    Format,
    Function,
    Limit,
    Literals,
    Open,
    Output,
    Strict,
    StrictGrad,
    Verify,
)
from .view_options import with_view_options

__all__ = ["app", "main"]

EXIT_CODES = (
    "Exit codes: 0 done; 1 the function raised, and the picture shows how far it came; 2 wrong usage; "
    "3 the source cannot be traced; 4 there is no such output; 5 the picture cannot be made; 6 --strict "
    "found a leak, --strict-grad a derivative that ends, or --verify a difference."
)

app = typer.Typer(
    help="See how a Python function computed its answer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command(cls=Literals, epilog=EXIT_CODES)
@with_view_options
def trace(
    file: File,
    function: Function,
    argument: Argument = None,
    output: Output = None,
    format_: Format = "svg",
    open_: Open = False,
    look: Any = None,
    strict: Strict = False,
    strict_grad: StrictGrad = False,
    verify: Verify = False,
    limit: Limit = None,
) -> None:
    """Run FUNCTION of FILE and draw how it computed its answer."""
    from .. import program
    from ..run import run
    from ..run import verify as run_twice
    from .gradient_check import check_ends
    from .output import check, progress, say, write
    from .report import report, traceback

    outputs = output or [f"{function}.svg"]
    aside = "-" in outputs  # standard output carries the picture, so all words go to standard error
    with _refusals():
        check(outputs, open_)
        with contextlib.redirect_stdout(sys.stderr if aside else sys.stdout), program.load(file) as module:
            found = program.find(module, file, function)
            args, kwargs = program.arguments(found, module, file, function, argument or ())
            with progress(f"running {function}"):
                # first, for the run may change its arguments
                certificate = run_twice(found, args, kwargs, limit=limit) if verify else None
                outcome = run(found, args, kwargs, limit=limit)
        if outcome.error is not None:
            say(traceback(outcome.error), err=True)
        say(report(outcome.record, look), err=aside)
        write(outcome.record, outputs, format_, look, open_=open_, err=aside)
    if certificate is not None:
        say(str(certificate), err=aside)
        if not certificate.identical:
            raise typer.Exit(6)
    if outcome.error is not None:
        raise typer.Exit(1)
    if strict and outcome.record.leaks:
        say("--strict: a number left the graph", err=True)
        raise typer.Exit(6)
    if strict_grad:
        with _refusals():
            check_ends(outcome.record, look.of)


@app.command()
@with_view_options
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A saved trace.", show_default=False)],
    output: Output = None,
    format_: Format = "svg",
    open_: Open = False,
    look: Any = None,
) -> None:
    """Draw a trace that was saved as JSON; neither the source nor a new run is needed."""
    from ..saved import loads
    from .output import check, say, write
    from .report import report

    outputs = output or [f"{file.stem}.svg"]
    aside = "-" in outputs
    with _refusals():
        check(outputs, open_)
        try:
            record = loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise TraceError(f"{file} cannot be read: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise TraceError(f"{file} is not a saved trace: it is not UTF-8 text") from None
        except TraceError as error:  # which does not know the file
            raise TraceError(f"{file} cannot be shown: {error.message}", hint=error.hint) from None
        say(report(record, look), err=aside)
        write(record, outputs, format_, look, open_=open_, err=aside)


@app.command("list")
def list_(file: File) -> None:
    """List the functions of FILE that can be traced; nothing of it is run."""
    from ..program import outline
    from .output import say

    with _refusals():
        offers = outline(file)
    if not offers:
        say(f"{file} has no function that can be traced")
    width = max((len(o.name + o.signature) for o in offers if len(o.name + o.signature) <= 60), default=0)
    for offer in offers:
        mark = "example" if offer.example else ""
        head = f"{offer.name}{offer.signature}"
        say(f"{head:{width}}  {mark:7}  {offer.summary}".rstrip())


@app.command()
def source(file: File, function: Function) -> None:
    """Print FUNCTION of FILE as tracer runs it: rewritten, but readable."""
    from .. import program
    from ..rewrite import rewritten
    from .output import say

    with _refusals(), program.load(file) as module:
        found = inspect.unwrap(program.find(module, file, function))
        plain = found.__func__ if inspect.ismethod(found) else found
        if not isinstance(plain, FunctionType):
            raise UnsupportedError(
                f"{function} is a {type(plain).__name__}; it has no code of its own to show"
            )
        text = rewritten(plain)
    say(text.rstrip("\n"))


app.command("grad", cls=Literals, epilog=GRAD_EPILOG)(grad)


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__
        from ..tape import KIND

        typer.echo(f"tracer {__version__} (tape in {'C' if KIND == 'C' else 'Python'})")
        raise typer.Exit


@app.callback()
def _tracer(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """The command `tracer`."""
    app(prog_name="tracer")


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Say what tracer refuses, without a traceback, and exit with its code."""
    from ..program import LoadError
    from .output import say
    from .report import traceback

    try:
        yield
    except LoadError as error:
        say(traceback(error.error), err=True)
        say(str(error), err=True)
        raise typer.Exit(error.exit_code) from None
    except TracerError as error:
        say(str(error), err=True)
        raise typer.Exit(error.exit_code) from None
