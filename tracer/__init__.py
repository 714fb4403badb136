"""How did my Python function get this number?

from tracer import trace
t = trace(f, 2.0, -3.0, c=10.0)
t.result; t.inputs; t.gradient(); t.show(); t.save("f.svg")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["LimitReached", "SourceError", "Tape", "Trace", "TraceError", "TracerError", "UnsupportedError"]
__all__ += ["Value", "ViewError", "ViewOptions", "__version__", "last", "trace"]

if TYPE_CHECKING:
    from .api import Trace, last, trace
    from .errors import SourceError, TraceError, TracerError, UnsupportedError, ViewError
    from .tape import LimitReached, Tape, Value
    from .views import ViewOptions

_HOMES = {
    **dict.fromkeys(("Trace", "last", "trace"), ".api"),
    **dict.fromkeys(("LimitReached", "Tape", "Value"), ".tape"),
    **dict.fromkeys(("SourceError", "TraceError", "TracerError", "UnsupportedError", "ViewError"), ".errors"),
    "ViewOptions": ".views",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: `import tracer` stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return __all__
