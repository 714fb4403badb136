"""Running the function that the command line names."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..options import RunOptions

if TYPE_CHECKING:
    from ..run import Certificate, Outcome

__all__ = ["run_function"]


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
    from .output import progress, say
    from .report import traceback

    with (
        contextlib.redirect_stdout(sys.stderr if aside else sys.stdout),
        load_call(file, function, argument or ()) as call,
        progress(f"running {function}"),
    ):
        # compared first, because the traced run may change its arguments
        certificate = run.verify(*call, options=options) if verify else None
        outcome = run.run(*call, options=options)
    if outcome.error is not None:
        say(traceback(outcome.error), err=True)
    return outcome, certificate
