"""The exit codes of the commands, and the way a refusal becomes one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final, NoReturn

import typer

from ..errors import TracerError

__all__ = ["EXIT_CODES", "FUNCTION_RAISED", "check_failed", "epilog", "refusals"]

EXIT_CODES: Final = {
    0: "done",
    1: "the function raised or was stopped",
    2: "the command line is wrong: an option or an argument is unknown or does not fit",
    3: "the file or the function cannot be read, imported or traced",
    4: "a saved trace is broken, or the result has no such number as `--of` names",
    5: "the picture cannot be made or written",
    6: "a check failed: `--strict`, `--strict-grad` or `--verify`",
}
FUNCTION_RAISED: Final = 1


def epilog(*codes: int) -> str:
    """Return the line that lists exit codes below the help of a command."""
    return f"Exit codes: {'; '.join(f'{code} {EXIT_CODES[code]}' for code in codes)}.".replace("`", "")


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Print what tracer refuses inside the `with`, without a traceback, and exit with its code."""
    from ..program import LoadError
    from .report import traceback
    from .steps import say

    try:
        yield
    except TracerError as error:
        if isinstance(error, LoadError) and error.__cause__ is not None:
            say(traceback(error.__cause__), err=True)
        say(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


def check_failed(why: str, *, err: bool = True) -> NoReturn:
    """Print why a check failed, and exit with its code."""
    from .steps import say

    say(why, err=err)
    raise typer.Exit(6)
