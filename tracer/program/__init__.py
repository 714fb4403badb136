"""A Python file named on the command line: its functions, listed or loaded with their arguments."""

from .arguments import ArgumentsError
from .loading import LoadError, load_call, load_function
from .outline import TraceableFunction, outline

__all__ = ["ArgumentsError", "LoadError", "TraceableFunction", "load_call", "load_function", "outline"]
