"""A Python file named on the command line: its functions, listed or loaded with their arguments."""

from .arguments import ArgumentsError
from .loading import LoadError, find, load, load_call
from .outline import TraceableFunction, outline

__all__ = ["ArgumentsError", "LoadError", "TraceableFunction", "find", "load", "load_call", "outline"]
