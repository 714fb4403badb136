"""Rewrite a function: which passes, in which order, and the compiling of what they made."""

from __future__ import annotations

import ast
import copy
import inspect
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, Final

from ..errors import SourceError
from ..source.code import PerCode, file_of, function_of
from ..source.file import FUTURES, FunctionNode, SourceFile, label
from ..source.place import assigned_name
from ..source.text import Span
from .attribute_targets import AttributeTargets
from .bool_patterns import BoolPatterns
from .call_marks import CallMarks
from .callees import Callees
from .conversion_results import ConversionResults
from .except_handlers import ExceptHandlers
from .format_arguments import FormatArguments
from .generated import NAME, literal_name, mark_name
from .identity import Identity
from .literals import Literals
from .loop_marks import LoopMarks
from .passes import Draft, LoopNode, Pass
from .private_names import PrivateNames
from .unsupported import Unsupported

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
class Literal:
    """A number that stands in the source: where, as what text, and the name it is assigned to, if any."""

    value: Any
    span: Span
    text: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A function's new code and what it needs.

    Attributes:
        code: takes `__tracer__`, the literals and the markers from its closure, besides its own variables.
        source: the file it came from.
        node: the function as written.
        tree: the function as rewritten.
        literals: in the order of their closure variables.
        loops: each loop, in the order of their numbers, with the numbers of the loops around it.
        functions: the function and those in it, in the order of the numbers of their calls.
    """

    code: CodeType
    source: SourceFile
    node: FunctionNode
    tree: ast.AST
    literals: tuple[Literal, ...]
    loops: tuple[tuple[LoopNode, tuple[int, ...]], ...]
    functions: tuple[ast.FunctionDef, ...]

    @property
    def marks(self) -> tuple[tuple[str, int], ...]:
        """Return the kind and the number of each marker it uses."""
        return _marks(len(self.loops), len(self.functions))


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
    Unsupported(source).visit(node)
    draft = Draft(copy.deepcopy(node), _class_name(code))
    for each in PASSES:
        draft.function = each(draft).visit(draft.function)
    literals = [literal_name(number) for number in range(len(draft.literals))]
    marks = [mark_name(*mark) for mark in _marks(len(draft.loops), len(draft.functions))]
    compiled = _compile(draft.function, [*code.co_freevars, NAME, *literals, *marks], code)
    compiled = _named(compiled, compiled.co_qualname, code.co_qualname)
    return Rewritten(
        code=compiled,
        source=source,
        node=node,
        tree=draft.function,
        literals=tuple(_literal(source, value, literal) for value, literal in draft.literals),
        loops=tuple(draft.loops),
        functions=tuple(draft.functions),
    )


def _literal(source: SourceFile, value: Any, node: ast.expr) -> Literal:
    position = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
    original = source.expression(position) or node  # that of the file's own tree, which has parents
    return Literal(value, source.span(node), source.words(node), assigned_name(source, original))


def _marks(loops: int, functions: int) -> tuple[tuple[str, int], ...]:
    return (
        ("leave", 0),
        *(("iteration", number) for number in range(loops)),
        *(("enter", number) for number in range(functions)),
    )


def _class_name(code: CodeType) -> str | None:
    """Return the class a method was written in, by its qualified name; None for a function."""
    parts = code.co_qualname.split(".")
    return parts[-2] if len(parts) > 1 and parts[-2] != "<locals>" else None


def _compile(tree: Any, free: list[str], code: CodeType) -> CodeType:
    """Return the code of the function, compiled inside one whose parameters are the free names."""
    parameters = [ast.arg(name) for name in dict.fromkeys(free)]
    body = ast.Return(tree) if isinstance(tree, ast.Lambda) else tree
    factory = ast.parse("def __factory__(): pass").body[0]
    assert isinstance(factory, ast.FunctionDef)
    factory.args.args = parameters
    # a function that calls itself by its global name must not find the factory's local one
    own = [] if isinstance(tree, ast.Lambda) or tree.name in code.co_freevars else [ast.Global([tree.name])]
    factory.body = [*own, body]
    module = ast.fix_missing_locations(ast.Module([factory], []))
    made = compile(module, code.co_filename, "exec", code.co_flags & FUTURES, dont_inherit=True)
    outer = next(c for c in made.co_consts if isinstance(c, CodeType))
    found = [
        c
        for c in outer.co_consts
        if isinstance(c, CodeType) and c.co_name == code.co_name and c.co_argcount == code.co_argcount
    ]
    # a default or a decorator may be a lambda too; the function itself comes last
    return found[-1]


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
    made = rewrite(inspect.unwrap(function).__code__)
    literals = "".join(
        f"# {literal_name(number)} = {ast.unparse(ast.Constant(literal.value))}  (line {literal.span.line})\n"
        for number, literal in enumerate(made.literals)
    )
    return literals + ast.unparse(made.tree) + "\n"
