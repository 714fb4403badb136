"""Walk through any object: what it keeps, the path to each part, and how another is put in its place."""

from .storages import (
    ATOMS,
    Reach,
    Show,
    Storage,
    attributes,
    containers,
    data,
    everything,
    is_class_statement,
    shown,
)
from .walker import Replacer, Walk, paths, walk

__all__ = [
    "ATOMS",
    "Reach",
    "Replacer",
    "Show",
    "Storage",
    "Walk",
    "attributes",
    "containers",
    "data",
    "everything",
    "is_class_statement",
    "paths",
    "shown",
    "walk",
]
