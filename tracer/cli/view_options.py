"""Owns the options of a view as one group: a command takes them all as its one parameter `look`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import typer

from ..errors import ViewError
from .fold_options import After, Before, Depth, Focus, Fold, Iteration, MaxBoxes
from .options import ColorBy, Direction, LiveOnly, NoGrad, Of, Precision, Theme

__all__ = ["with_view_options"]


def _look(
    direction: Direction = None,
    theme: Theme = "light",
    color: ColorBy = "kind",
    precision: Precision = 6,
    no_grad: NoGrad = False,
    of: Of = None,
    live_only: LiveOnly = False,
    fold: Fold = "auto",
    max_boxes: MaxBoxes = 150,
    focus: Focus = None,
    iteration: Iteration = None,
    before: Before = None,
    after: After = None,
    depth: Depth = None,
) -> Any:
    from ..views.options import ViewOptions

    try:
        return ViewOptions(
            direction=direction, theme=theme, color=color, precision=precision, grad=not no_grad, of=of,
            live_only=live_only, fold=fold, max_boxes=max_boxes, focus=focus, iteration=iteration,
            before=before, after=after, depth=depth,
        )  # fmt: skip
    except ViewError as error:  # options that do not fit together
        raise typer.BadParameter(f"{error.message}; {error.hint}") from None


def with_view_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of a view in the place of its parameter `look`."""
    group = inspect.signature(_look, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True)
    whole: list[inspect.Parameter] = []
    for name, parameter in own.parameters.items():
        whole += group.values() if name == "look" else [parameter]

    @functools.wraps(command)
    def asked(**given: Any) -> None:
        look = _look(**{name: given.pop(name) for name in group})
        command(**given, look=look)

    kinds = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in whole]
    asked.__signature__ = own.replace(parameters=kinds)  # type: ignore[attr-defined]  # read by typer
    asked.__annotations__ = {parameter.name: parameter.annotation for parameter in whole}
    return asked
