"""From locations to sites of the source, each resolved once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

from ..ops import CODES

__all__ = ["number_sites"]

CONSTANT = CODES["constant"]


def number_sites(
    codes: Sequence[int],
    args: Sequence[tuple[int, ...]],
    locations: Sequence[int],
    site: Callable[[int, int, int, int | None], int],
) -> array[int]:
    """Return a number for the location of every entry, as `site` says.

    Args:
        site: called once for each operation at a location, (location, code, -1, None), and for each
            constant that is an operand there, (location, code, position, None). Where that returns
            -1, it is called again for each such operand, with its entry.
    """
    sites = array("I", bytes(4 * len(codes)))
    known: dict[tuple[int, int, int], int] = {}
    for i, (code, location) in enumerate(zip(codes, locations, strict=True)):
        if code != CONSTANT:
            constants = (
                (j, (location, code, position))
                for position, j in enumerate(args[i])
                if codes[j] == CONSTANT and locations[j] == location
            )
            for j, key in ((i, (location, code, -1)), *constants):
                if key not in known:
                    known[key] = site(*key, None)
                sites[j] = known[key] if known[key] >= 0 else site(*key, j)
    return sites
