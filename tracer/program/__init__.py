"""A Python file named on the command line: listing it, importing it, finding a function in it,
and making the function's arguments.
"""

from .arguments import Arguments, ArgumentsError, arguments
from .loading import LoadError, find, load
from .outline import Offer, outline

__all__ = ["Arguments", "ArgumentsError", "LoadError", "Offer", "arguments", "find", "load", "outline"]
