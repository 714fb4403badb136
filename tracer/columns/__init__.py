"""The frozen columns of a run and the walks along them, in readable Python and in C."""

from __future__ import annotations

from ..lazy import Lazy, Once
from ..tape import KIND, Tape
from .atoms import FOLDED, KEPT, LEFT_OUT, SINGLE, Atoms
from .call_paths import Path, Paths
from .events import Branch, Call, CallHead, Events, Leak, Loop, LoopHead, Site
from .fold import LoopIterations, Walk
from .protocol import Columns, Located
from .summary import SlopeSummary, Summary, ValueSummary, combine, course

if KIND == "C":
    from .tape_columns import TapeColumns

__all__ = ["FOLDED", "KEPT", "LEFT_OUT", "SINGLE", "Atoms", "Branch", "Call", "CallHead", "Columns", "Events"]
__all__ += ["Leak", "Located", "Loop", "LoopHead", "LoopIterations", "Path", "Paths", "Site"]
__all__ += ["SlopeSummary", "Summary", "ValueSummary", "Walk", "combine", "course", "frozen"]


def frozen(tape: Tape, located: Once[Located]) -> Columns:
    """Return the columns of a tape that nothing more is written on.

    Args:
        located: gives the site of each entry, and the sites.
    """
    if KIND == "C":
        return TapeColumns(tape, located)  # type: ignore[arg-type]  # it is one that was written in C
    return Columns(
        codes=tape.codes, args=tape.args, data=tape.data, controls=Lazy(tape.controls), located=located
    )
