"""Rewrite a function: which passes, in which order, and the compiling of what they made."""

from __future__ import annotations

import ast
import copy
import inspect
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, Final

from ..columns import Site
from ..errors import SourceError
from ..source.code import PerCode, file_of, function_of
from ..source.file import FUTURES, SourceFile, label
from ..source.place import assigned_name
from .callees import Callees
from .except_handlers import ExceptHandlers
from .literals import Literals
from .passes import NAME, Draft, Pass, literal_name, mark_name
from .private_names import PrivateNames
from .tape_marks import CallMarks, LoopMarks
from .true_numbers import AttributeTargets, BoolPatterns, ConversionResults, FormatArguments, Identity
from .unsupported import refuse_unsupported

__all__ = ["PASSES", "Rewritten", "rewrite", "rewritten_source"]

PASSES: Final[tuple[type[Pass], ...]] = (
    PrivateNames,
    # the expressions of the body
    Literals,
    Callees,
    AttributeTargets,
    FormatArguments,
    Identity,
    # statements
    LoopMarks,
    ConversionResults,
    ExceptHandlers,
    BoolPatterns,
    CallMarks,
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A function's new code and what it needs."""

    # takes `__tracer__`, the literals and the markers from its closure, besides its own variables
    code: CodeType
    source: SourceFile  # the file it came from
    draft: Draft  # its new tree, and what the passes found in it
    sites: tuple[Site, ...]  # the place of each literal, in the order of their numbers


def rewrite(code: CodeType) -> Rewritten:
    """Return how a function's code is rewritten, which is found once as long as the code lives.

    Raises:
        SourceError: its source cannot be found, or the file has changed since.
        UnsupportedError: something in it cannot be rewritten.
    """
    known = _known.get(code)
    if known is None or known.source.text.file != label(code.co_filename):  # the folder has changed
        known = _known.keep(code, _rewrite(code))
    return known


_known: Final[PerCode[Rewritten]] = PerCode()


def _rewrite(code: CodeType) -> Rewritten:
    found = function_of(code)
    if found is None:
        file = file_of(code)
        if file is None:
            raise SourceError(
                f"the source of {code.co_name} cannot be found",
                hint="put the function in a file that can be read",
            )
        raise SourceError(
            f"{file.text.file} no longer holds {code.co_name} as it was imported",
            hint="import the file again",
        )
    source, node = found
    refuse_unsupported(source, node)
    draft = Draft(copy.deepcopy(node), _class_name(code))
    for each in PASSES:
        draft.function = each(draft).visit(draft.function)
    literals = [literal_name(number) for number in range(len(draft.literals))]
    marks = [mark_name(*mark) for mark in draft.marks]
    compiled = _compile(draft.function, [*code.co_freevars, NAME, *literals, *marks], code)
    compiled = _named(compiled, compiled.co_qualname, code.co_qualname)
    sites = tuple(_site(source, literal, code.co_qualname) for _, literal in draft.literals)
    return Rewritten(compiled, source, draft, sites)


def _site(source: SourceFile, node: ast.expr, function: str) -> Site:
    position = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
    original = source.expression(position) or node  # that of the file's own tree, which has parents
    return Site(source.span(node), source.words(node), assigned_name(source, original), function)


def _class_name(code: CodeType) -> str | None:
    """Return the class a method was written in, by its qualified name; None for a function."""
    parts = code.co_qualname.split(".")
    return parts[-2] if len(parts) > 1 and parts[-2] != "<locals>" else None


def _compile(tree: Any, free: list[str], code: CodeType) -> CodeType:
    """Return the code of the function, compiled inside one whose parameters are the free names."""
    body = ast.Return(tree) if isinstance(tree, ast.Lambda) else tree
    factory = ast.parse("def __factory__(): pass").body[0]
    assert isinstance(factory, ast.FunctionDef)
    factory.args.args = [ast.arg(name) for name in dict.fromkeys(free)]
    # a function that calls itself by its global name must not find the factory's local one
    own = [] if isinstance(tree, ast.Lambda) or tree.name in code.co_freevars else [ast.Global([tree.name])]
    factory.body = [*own, body]
    module = ast.fix_missing_locations(ast.Module([factory], []))
    made = compile(module, code.co_filename, "exec", code.co_flags & FUTURES, dont_inherit=True)
    outer = next(c for c in made.co_consts if isinstance(c, CodeType))
    # a default or a decorator may be a lambda too; the function itself comes last
    return next(
        c
        for c in reversed(outer.co_consts)
        if isinstance(c, CodeType) and c.co_name == code.co_name and c.co_argcount == code.co_argcount
    )


def _named(code: CodeType, compiled: str, written: str) -> CodeType:
    """Return the code, and all code in it, under the qualified name it has in the file."""
    own = written + code.co_qualname.removeprefix(compiled)
    is_class = not code.co_flags & inspect.CO_OPTIMIZED
    constants: list[Any] = []
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            constants.append(_named(constant, compiled, written))
        else:  # the body of a class names itself
            names_itself = is_class and type(constant) is str and constant == code.co_qualname
            constants.append(own if names_itself else constant)
    return code.replace(co_qualname=own, co_consts=tuple(constants))


def rewritten_source(function: FunctionType) -> str:
    """Return the rewritten code of a function as text, its literals as comments in front.

    Raises:
        SourceError, UnsupportedError: as `rewrite`.
    """
    draft = rewrite(inspect.unwrap(function).__code__).draft
    literals = "".join(
        f"# {literal_name(number)} = {ast.unparse(ast.Constant(value))}  (line {node.lineno})\n"
        for number, (value, node) in enumerate(draft.literals)
    )
    return literals + ast.unparse(draft.function) + "\n"
