"""Make the functions of a run from rewritten code."""

from __future__ import annotations

from types import CellType, FunctionType
from typing import Any

from ..rewrite import Rewritten, rewrite
from ..rewrite.passes import NAME, literal_name, mark_name
from ..source.file import codes_in
from ..tape import LITERAL, Tape
from .stack import too_deep

__all__ = ["Functions"]


class Functions:
    """The functions that were rewritten for one run."""

    def __init__(self, tape: Tape, hooks: Any, detached: Any) -> None:
        self.tape = tape
        # the `id` of the code of each -> how it was rewritten, which keeps the code alive
        self.rewritten: dict[int, Rewritten] = {}
        self._hooks, self._detached = hooks, detached
        self._cells: list[tuple[CellType, Any]] = []  # and what they hold when the run is over
        self._markers: list[Any] = []

    def rewrite(self, f: FunctionType) -> FunctionType:
        """Return a function with the rewritten code, bound to this run.

        Everything else is the function's own: globals, closure, defaults, attributes.

        Raises:
            SourceError, UnsupportedError: it cannot be rewritten.
        """
        made = rewrite(f.__code__)
        cells = dict(zip(f.__code__.co_freevars, f.__closure__ or (), strict=True))
        cells[NAME] = self._cell(self._hooks, self._detached)
        for mark in made.draft.marks:
            marker = self.tape.marker(*mark, too_deep)
            self._markers.append(marker)
            cells[mark_name(*mark)] = self._cell(marker, self._detached)
        for number, ((value, _), site) in enumerate(zip(made.draft.literals, made.sites, strict=True)):
            handle = self.tape.write(LITERAL, (), value, self.tape.location_for(site))
            cells[literal_name(number)] = self._cell(handle, value)
        converted = FunctionType(
            made.code,
            f.__globals__,
            f.__name__,
            f.__defaults__,
            tuple(cells[name] for name in made.code.co_freevars),
        )
        for attribute in ("__kwdefaults__", "__qualname__", "__module__", "__doc__", "__annotations__"):
            setattr(converted, attribute, getattr(f, attribute))
        converted.__dict__.update(f.__dict__)
        self.rewritten |= {id(code): made for code in codes_in(made.code)}
        return converted

    def _cell(self, contents: Any, afterwards: Any) -> CellType:
        cell = CellType(contents)
        self._cells.append((cell, afterwards))
        return cell

    def end(self) -> None:
        """Detach the functions, some of which may outlive the run: they work with numbers from now on."""
        for cell, afterwards in self._cells:
            cell.cell_contents = afterwards
        for marker in self._markers:
            marker.release()
        self._hooks = self._detached
