"""Make the arguments of a call from the command line, from defaults, or from a docstring's example."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from ..errors import SourceError
from .outline import Example, example, required

__all__ = ["Arguments", "ArgumentsError", "arguments"]

Arguments: TypeAlias = tuple[tuple[Any, ...], dict[str, Any]]


class ArgumentsError(SourceError):
    """The arguments on the command line do not fit the function."""

    exit_code = 2


def arguments(
    function: Callable[..., Any], module: ModuleType, path: Path, name: str, texts: Sequence[str]
) -> Arguments:
    """Return the positional and the keyword arguments to call the function with.

    Args:
        texts: literals as written on the command line, `name=literal` for a keyword. Without any,
            the defaults are used if every parameter has one, else the first call of the function
            in its docstring.

    Raises:
        ArgumentsError: they do not fit, or there are none; its hint is a command that would work.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        signature = None
    given = _literals(texts) if texts else ((), {})
    try:
        if signature is not None:
            signature.bind(*given[0], **given[1])
    except TypeError as error:
        shown = example(name, inspect.getdoc(function) or "")
        if not texts and shown is not None:
            return _evaluate(*shown, module, name)
        command = f"tracer trace {path} {name} {_fitting(signature, shown)}".rstrip()
        raise ArgumentsError(
            f"{name}{signature}: {error}", hint=f"a command line that would work: {command}"
        ) from None
    return given


def _literals(texts: Sequence[str]) -> Arguments:
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for text in texts:
        name, equals, literal = text.partition("=")
        if not (equals and name.strip().isidentifier()):
            args.append(_literal(text))
        elif name.strip() in kwargs:
            raise ArgumentsError(f"the argument {name.strip()} is given twice")
        else:
            kwargs[name.strip()] = _literal(literal)
    return tuple(args), kwargs


def _literal(text: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        bare = text.strip()
    if bare.lower().lstrip("+-") in ("inf", "nan", "infinity"):
        hint = "infinity is the literal 1e999; nan has none"
    elif re.fullmatch(r"[\w .-]*", bare):
        hint = f'a text is quoted for Python and once more for the shell: "{bare!r}"'
    else:
        hint = "an argument is a number, a text in quotes, True, None, or a list, tuple, dict or set of those"
    raise ArgumentsError(f"the argument {bare or 'of no characters'} is not a Python literal", hint=hint)


def _evaluate(before: list[str], call: ast.Call, module: ModuleType, name: str) -> Arguments:
    """Return the arguments of an example's call, evaluated in the module after the examples before it."""
    scope = dict(vars(module))
    collect = ast.Call(ast.Name("__collect__", ast.Load()), call.args, call.keywords)
    tree = ast.fix_missing_locations(ast.Expression(collect))
    scope["__collect__"] = lambda *args, **kwargs: (args, kwargs)
    try:
        for source in before:
            exec(compile(source, f"<examples of {name}>", "exec", dont_inherit=True), scope)
        collected: Arguments = eval(compile(tree, f"<example of {name}>", "eval", dont_inherit=True), scope)
    except Exception as error:  # noqa: BLE001  an example may raise whatever it likes
        raise ArgumentsError(
            f"the example {ast.unparse(call)} of {name} cannot be set up: {type(error).__name__}: {error}",
            hint="give the arguments on the command line",
        ) from None
    return collected


def _fitting(signature: inspect.Signature | None, shown: Example | None) -> str:
    """Return arguments that would fit, as typed into a shell."""
    if shown is not None and not shown[0]:
        written = [
            *(ast.unparse(arg) for arg in shown[1].args),
            *(f"{word.arg}={ast.unparse(word.value)}" for word in shown[1].keywords),
        ]
        with suppress(ArgumentsError):
            _literals(written)
            return " ".join(map(_quoted, written))
    samples = {"int": "2", "str": "'text'", "bool": "True", "list": "[1.0, 2.0]", "tuple": "(1.0, 2.0)"}
    words = []
    for number, parameter in enumerate(signature.parameters.values() if signature else (), 1):
        if required(parameter):
            kind = getattr(parameter.annotation, "__name__", str(parameter.annotation)).partition("[")[0]
            text = samples.get(kind, f"{number}.0")
            words.append(f"{parameter.name}={text}" if parameter.kind is parameter.KEYWORD_ONLY else text)
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    """Return a word as typed into a shell, in double quotes where possible: every shell knows those."""
    if re.fullmatch(r"[\w.=+-]+", word):
        return word
    return shlex.quote(word) if re.search(r'["$`\\!]', word) else f'"{word}"'
