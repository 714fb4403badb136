"""Owns the recipe: which passes, in which order, and the compiling of what they made."""

from __future__ import annotations
import __future__

import ast
import copy
import functools
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any, Final

from ..errors import SourceError
from ..source.file import FunctionNode, Source
from .attributes import Attributes
from .calls import Calls
from .conversions import Conversions
from .formats import Formats
from .frames import Frames
from .generated import NAME, literal_name, mark_name
from .handlers import Handlers
from .identity import Identity
from .literals import Literals
from .loops import LoopNode, Loops
from .patterns import Patterns
from .private import Private
from .unsupported import Fence

__all__ = ["Rewritten", "rewrite", "rewritten"]

_FUTURES: Final = functools.reduce(
    int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A function's new code and what it needs.

    Attributes:
        code: takes `__tracer__` and one variable a literal from its closure, besides its own.
        source: where it came from.
        node: the function as written.
        tree: the function as rewritten.
        literals: (value, node) of each literal, in the order of their closure variables.
        loops: what the numbers of turns stand for: each loop, and the loops around it.
        functions: what the numbers of entered calls stand for.
    """

    code: CodeType
    source: Source
    node: FunctionNode
    tree: ast.AST
    literals: tuple[tuple[Any, ast.expr], ...]
    loops: tuple[tuple[LoopNode, tuple[int, ...]], ...]
    functions: tuple[ast.FunctionDef, ...]

    @property
    def marks(self) -> tuple[tuple[str, int], ...]:
        """What its marks note, and of which number."""
        return _marks(len(self.loops), len(self.functions))


def rewrite(code: CodeType) -> Rewritten:
    """Rewrite a function's code; the answer is kept, a function is rewritten once a process.

    Raises:
        SourceError: its source cannot be found, or the file has changed since.
        UnsupportedError: something in it cannot be rewritten.
    """
    # by identity: equal code objects may come from different places, and hashing one is slow
    known = _known.get(id(code))
    if known is None or known[0] is not code:
        known = _known[id(code)] = (code, _rewrite(code))
    return known[1]


_known: dict[int, tuple[CodeType, Rewritten]] = {}


def _rewrite(code: CodeType) -> Rewritten:
    source = Source.of(code)
    if source is None:
        raise SourceError(
            f"the source of {code.co_name} cannot be found",
            hint="put the function in a file that can be read",
        )
    node = source.function(code)
    if node is None:
        raise SourceError(
            f"{source.text.file} no longer holds {code.co_name} as it was imported",
            hint="import the file again",
        )
    Fence(source).visit(node)
    tree = copy.deepcopy(node)
    owner = _class_name(code)
    literals, loops, frames = Literals(), Loops(), Frames()
    private = [Private(owner)] if owner else []
    for transform in (*private, literals, Calls(), Attributes(), Formats(), Identity()):
        tree = _inside(transform, tree)
    # statements only: a lambda has none
    for statements in (loops, Conversions(), Handlers(), Patterns(), frames):
        tree = statements.visit(tree)
    names = [*_names(literals), *(mark_name(*m) for m in _marks(len(loops.found), len(frames.found)))]
    compiled = _compile(tree, [*code.co_freevars, NAME, *names], code)
    compiled = _named(compiled, compiled.co_qualname, code.co_qualname)
    return Rewritten(
        compiled, source, node, tree, tuple(literals.found), tuple(loops.found), tuple(frames.found)
    )


def _inside(transform: ast.NodeTransformer, tree: Any) -> Any:
    """Transform a function's body, not its decorators, defaults and annotations."""
    if isinstance(tree, ast.Lambda):
        tree.body = transform.visit(tree.body)
    elif isinstance(transform, Private):
        name = tree.name
        transform.generic_visit(tree)
        tree.name = name
    else:
        tree.body = [transform.visit(statement) for statement in tree.body]
    return tree


def _marks(loops: int, functions: int) -> tuple[tuple[str, int], ...]:
    return (("leave", 0), *(("turn", i) for i in range(loops)), *(("enter", i) for i in range(functions)))


def _names(literals: Literals) -> Iterator[str]:
    return (literal_name(number) for number in range(len(literals.found)))


def _class_name(code: CodeType) -> str | None:
    """The class a method was written in, by its qualified name."""
    parts = code.co_qualname.split(".")
    return parts[-2] if len(parts) > 1 and parts[-2] != "<locals>" else None


def _compile(tree: Any, free: list[str], code: CodeType) -> CodeType:
    """Compile inside a function whose parameters are the free names; only the inner code is used."""
    parameters = [ast.arg(name) for name in dict.fromkeys(free)]
    body = ast.Return(tree) if isinstance(tree, ast.Lambda) else tree
    factory = ast.parse("def __factory__(): pass").body[0]
    assert isinstance(factory, ast.FunctionDef)
    factory.args.args = parameters
    # a function that calls itself by its global name must not find the factory's local one
    own = [] if isinstance(tree, ast.Lambda) or tree.name in code.co_freevars else [ast.Global([tree.name])]
    factory.body = [*own, body]
    module = ast.fix_missing_locations(ast.Module([factory], []))
    made = compile(module, code.co_filename, "exec", code.co_flags & _FUTURES, dont_inherit=True)
    outer = next(c for c in made.co_consts if isinstance(c, CodeType))
    found = [
        c
        for c in outer.co_consts
        if isinstance(c, CodeType) and c.co_name == code.co_name and c.co_argcount == code.co_argcount
    ]
    # a default or a decorator may be a lambda too; the function itself comes last
    return found[-1]


def _named(code: CodeType, compiled: str, written: str) -> CodeType:
    """The code, and all code in it, under the qualified name it has in the file."""
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


def rewritten(function: FunctionType) -> str:
    """The rewritten code of a function, readable.

    Raises:
        SourceError, UnsupportedError: as `rewrite`.
    """
    made = rewrite(inspect.unwrap(function).__code__)
    names = "".join(
        f"# {literal_name(number)} = {ast.unparse(node)}  (line {node.lineno})\n"
        for number, (_, node) in enumerate(made.literals)
    )
    return names + ast.unparse(made.tree) + "\n"
