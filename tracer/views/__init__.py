"""The views of a record, in one table: the suffix of a file chooses its row, the row names a function."""

from __future__ import annotations

import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import ViewError
from ..options import ViewOptions

if TYPE_CHECKING:  # the command line reads the table before there is a record to draw
    from ..analyses.subject import Subject
    from ..record import Record

__all__ = ["VIEWS", "ViewError", "ViewOptions", "render", "save", "suffix_of"]

# suffix -> module of this package and its function `(subject, options) -> str | bytes`
VIEWS: Final[dict[str, tuple[str, str]]] = {
    ".svg": ("draw.engine", "svg"),
    ".png": ("draw.engine", "png"),
    ".pdf": ("draw.engine", "pdf"),
    ".dot": ("draw.dot", "render"),
    ".mmd": ("draw.mermaid", "render"),
    ".json": ("data.trace_json", "render"),
    ".fold.json": ("data.fold_json", "render"),
    ".txt": ("text.annotated", "render"),
}


def render(run: Record | Subject, suffix: str, options: ViewOptions | None = None) -> str | bytes:
    """One view of a run: text, or bytes for a binary format.

    Args:
        run: a record, or a `Subject` of one: several views of that share their work.
        suffix: which view, `.svg`; case does not matter.

    Raises:
        ViewError: an unknown suffix, or a record that cannot be drawn here.
        TraceError: there is no such output as `options.of` names.
    """
    if suffix.lower() not in VIEWS:
        unknown = f"no view is called {suffix!r}"
        none = "the file's name has no suffix, so no view is chosen"
        raise ViewError(unknown if suffix else none, hint=f"the views are {' '.join(VIEWS)}")
    from ..analyses.subject import Subject

    module, function = VIEWS[suffix.lower()]
    options = options or ViewOptions()
    subject = run if isinstance(run, Subject) else Subject.of(run, options)
    shown: str | bytes = getattr(import_module(f".{module}", __name__), function)(subject, options)
    return shown


def suffix_of(name: str) -> str:
    """The suffix of a file's name that chooses its view: the longest in the table, else its last one."""
    fitting = [suffix for suffix in VIEWS if name.lower().endswith(suffix) and name.lower() != suffix]
    return max(fitting, key=len, default=Path(name).suffix)


def save(run: Record | Subject, path: str | os.PathLike[str], options: ViewOptions | None = None) -> Path:
    """Write the view that the file's suffix names; the file is either whole or untouched.

    Args:
        run: as for `render`.

    Raises:
        ViewError: as `render`, or if the file cannot be written.
    """
    target = Path(path)
    shown = render(run, suffix_of(target.name), options)
    data = shown.encode("utf-8", "backslashreplace") if isinstance(shown, str) else shown
    try:
        _replace(target, data)
    except OSError as error:
        raise ViewError(
            f"cannot write {target}: {error.strerror or error}",
            hint="name a file in a folder that can be written",
        ) from error
    return target


def _replace(target: Path, data: bytes) -> None:
    """Write beside the target and rename, with the rights a new file would get."""
    if target.is_dir():
        raise IsADirectoryError(21, "it is a folder")
    if target.exists() and not target.is_file():  # a pipe or /dev/stdout cannot be renamed over
        target.write_bytes(data)
        return
    real = Path(os.path.realpath(target))
    if real.exists() and not os.access(real, os.W_OK):
        raise PermissionError(13, "permission denied")
    handle, beside = tempfile.mkstemp(prefix=f".{real.name[:40]}.", suffix=".part", dir=real.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(beside, real.stat().st_mode & 0o777 if real.exists() else 0o666 & ~_umask())
        os.replace(beside, real)
    except BaseException:
        os.unlink(beside)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
