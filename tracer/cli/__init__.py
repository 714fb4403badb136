"""The command line: `tracer trace`, `list`, `grad`, `source` and `show`."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import FunctionType
from typing import Annotated

import typer

from ..errors import TraceError, UnsupportedError
from ..options import RunOptions, ViewOptions
from .exit_codes import EXIT_CODES, FUNCTION_RAISED, check_failed, epilog, refusals
from .grad import check_gradient, grad
from .parameters import (
    Argument,
    File,
    Format,
    Function,
    Literals,
    Open,
    Output,
    StrictGrad,
    option,
    with_options,
)

__all__ = ["app", "main"]

app = typer.Typer(
    help="See how a Python function computed its answer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command(cls=Literals, epilog=epilog(*EXIT_CODES))
@with_options
def trace(
    file: File,
    function: Function,
    argument: Argument = None,
    output: Output = None,
    format_: Format = "svg",
    open_: Open = False,
    *,
    view: ViewOptions,
    strict: Annotated[bool, option("--strict", "Exit with 6 if a number left the graph unseen.")] = False,
    strict_grad: StrictGrad = False,
    verify: Annotated[
        bool, option("--verify", "Run it without tracer too, and exit with 6 if anything differs.")
    ] = False,
    options: RunOptions,
) -> None:
    """Run FUNCTION of FILE and draw how it computed its answer."""
    from .steps import answer, check, run_function, say

    outputs = output or [f"{function}.svg"]
    aside = "-" in outputs  # standard output carries the picture, so all words go to standard error
    with refusals():
        check(outputs, open_)
        outcome, certificate = run_function(file, function, argument, options, aside=aside, verify=verify)
        answer(outcome.record, view, outputs, format_, open_=open_, err=aside)
    if certificate is not None:
        if not certificate.identical:
            check_failed(str(certificate), err=aside)
        say(str(certificate), err=aside)
    if outcome.error is not None:
        raise typer.Exit(FUNCTION_RAISED)
    if strict and outcome.record.leaks:
        check_failed("--strict: a number left the graph")
    if strict_grad:
        with refusals():
            check_gradient(outcome.record, view.of)


@app.command(epilog=epilog(0, 2, 4, 5))
@with_options
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A saved trace.", show_default=False)],
    output: Output = None,
    format_: Format = "svg",
    open_: Open = False,
    *,
    view: ViewOptions,
) -> None:
    """Draw a trace that was saved as JSON; neither the source nor a new run is needed."""
    from ..saved import loads
    from .steps import answer, check

    outputs = output or [f"{file.stem}.svg"]
    with refusals():
        check(outputs, open_)
        try:
            record = loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise TraceError(f"{file} cannot be read: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise TraceError(f"{file} is not a saved trace: it is not UTF-8 text") from None
        except TraceError as error:  # which does not know the file
            raise TraceError(f"{file} cannot be shown: {error.message}", hint=error.hint) from None
        answer(record, view, outputs, format_, open_=open_, err="-" in outputs)


@app.command("list", epilog=epilog(0, 2, 3))
def list_(file: File) -> None:
    """List the functions of FILE that can be traced; nothing of it is run."""
    from ..program import outline
    from .steps import say

    with refusals():
        offers = outline(file)
    if not offers:
        say(f"{file} has no function that can be traced")
    heads = [offer.name + offer.signature for offer in offers]
    width = max((len(head) for head in heads if len(head) <= 60), default=0)
    for head, offer in zip(heads, offers, strict=True):
        say(f"{head:{width}}  {'example' * offer.example:7}  {offer.summary}".rstrip())


@app.command(epilog=epilog(0, 2, 3))
def source(file: File, function: Function) -> None:
    """Print FUNCTION of FILE as tracer runs it: rewritten, but readable."""
    from ..program import find, load
    from ..rewrite import rewritten_source
    from .steps import say

    with refusals(), load(file) as module:
        found = inspect.unwrap(find(module, file, function))
        inner = found.__func__ if inspect.ismethod(found) else found
        if not isinstance(inner, FunctionType):
            kind = type(inner).__name__
            raise UnsupportedError(f"{function} is a {kind}; it has no code of its own to show")
        text = rewritten_source(inner)
    say(text.rstrip("\n"))


app.command("grad", cls=Literals, epilog=epilog(0, 1, 2, 3, 4, 6))(grad)


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
    """Run the command `tracer` with the arguments of the process."""
    app(prog_name="tracer")
