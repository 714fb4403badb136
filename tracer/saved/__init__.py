"""A record saved as one JSON document, versioned, exact and self-contained, and read back.

Tables are objects of equally long columns, so a run of a million numbers stays small and loads
fast; places are indices into one table of spans. Numbers are exact: a finite float is its
shortest decimal, what JSON cannot write is an object of one key:

    {"float": "-inf"}  {"nan": "fff8000000000000"}  {"int": "0x20000000000001"}
    {"complex": [1.0, -0.0]}  {"fraction": [1, 3]}  {"decimal": "1.50"}  {"numpy": ["float32", 0.5]}

The result may also be a str, None or a list, tuple, dict, set or frozenset of these:

    [1, 2]  {"tuple": [1, 2]}  {"dict": [["k", 1]]}  {"set": [1]}  {"frozenset": []}

Anything else is kept as its text, `{"repr": "<Plan of 3 steps>"}`, and loads as `Described`.
The published schema is `tracer/schema/trace-1.schema.json`.
"""

from .read import load, loads
from .values import Described
from .write import VERSION, dump, dumps

__all__ = ["VERSION", "Described", "dump", "dumps", "load", "loads"]
