"""Walk through any object: what it keeps, the path to each part, and how another is put in its place."""

from .storages import ATOMS, Reach, Storage, attributes, containers, data, everything, shown
from .walker import Replacer, Walk, walk

__all__ = [
    "ATOMS",
    "Reach",
    "Replacer",
    "Storage",
    "Walk",
    "attributes",
    "containers",
    "data",
    "everything",
    "shown",
    "walk",
]
