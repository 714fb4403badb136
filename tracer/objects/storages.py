"""Say where the objects of a type keep others, how these are read and named, and how others are put there.

Nothing here runs code of the objects' own classes: the type counts, not what `__class__` says; a list
is read by `list` itself, and attributes are read from the dict and the slots of the object themselves.
"""

from __future__ import annotations

import functools
import gc
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import (
    CellType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any, Final

__all__ = ["Reach", "Storage", "attributes", "containers", "data", "everything", "is_class_statement"]

# In `__flags__` of a class (CPython, object.h): made on the heap, as a class statement does, and
# closed to change, as C code does with what it makes there.
_HEAP_TYPE, _IMMUTABLE_TYPE = 1 << 9, 1 << 8

Show = Callable[[Any], str]


@dataclass(frozen=True, slots=True, eq=False)
class Storage:
    """One place where the objects of a type keep others: the items of a list, the keys of a dict."""

    read: Callable[[Any], list[Any]]  # returns what an object keeps there, as a new list
    # returns the step of a path to each part, `[0]` or `['k']`, from the object, what was read there, and a
    # function that returns the text of a key
    steps: Callable[[Any, list[Any], Show], Iterable[str]]
    # puts as many others there, in the same order. Returns the object, or a copy with the others in it if the
    # object cannot be changed.
    write: Callable[[Any, Any], Any]
    copies: bool = False  # whether `write` returns a copy
    # where what is kept is hashed: returns a copy of the container that `write` takes back without hashing
    # anything anew
    snapshot: Callable[[Any], Any] | None = None


class Reach:
    """Where the objects of types keep others, as far as a walk is to go into them.

    Args:
        find: returns that for a type.
    """

    def __init__(self, find: Callable[[type], tuple[Storage, ...]]) -> None:
        self.find = find
        # the answers for Python's own types, by the type's id
        self.known = {id(kind): find(kind) for kind in _OWN_TYPES}


def containers(kind: type) -> tuple[Storage, ...]:
    """What the objects of a type keep as containers: as the built-in one that the type inherits from."""
    for base in _mro(kind):
        found = _CONTAINERS.get(id(base))
        if found is not None:
            return found
    return ()


def attributes(kind: type) -> tuple[Storage, ...]:
    """What the objects of a type keep as attributes, in their dict and their slots."""
    in_dict, in_slots = _descriptors(kind)
    return (_attributes(in_dict, in_slots),) if in_dict or in_slots else ()


def data(kind: type) -> tuple[Storage, ...]:
    """What the objects of a type keep as containers or attributes, unless they are functions."""
    return () if id(kind) in _CODE else containers(kind) + attributes(kind)


def everything(kind: type) -> tuple[Storage, ...]:
    """What the objects of a type keep in any way: closures, defaults and bound arguments too."""
    code = next((_CODE[id(base)] for base in _mro(kind) if id(base) in _CODE), ())
    return containers(kind) + code + attributes(kind)


def is_class_statement(kind: type) -> bool:
    """Whether a class statement made the class."""
    return _flags(kind) & (_HEAP_TYPE | _IMMUTABLE_TYPE) == _HEAP_TYPE  # type: ignore[no-any-return]  # it is an int


_mro: Final = vars(type)["__mro__"].__get__
_names: Final = vars(type)["__dict__"].__get__
_flags: Final = vars(type)["__flags__"].__get__


def _descriptors(kind: type) -> tuple[Any, list[Any]]:
    """Return the descriptor of the dict that a type gives its objects, or None, and those of their slots."""
    mro = _mro(kind)
    if type in mro or ModuleType in mro:
        return None, []
    dicts = (_names(base).get("__dict__") for base in mro)
    in_dict = next((d for d in dicts if type(d) is GetSetDescriptorType), None)
    in_slots: list[Any] = []
    for base in reversed(mro):
        names = _names(base)
        if "__slots__" in names or BaseException in _mro(base):  # what else C code keeps is its own affair
            # a class below may have given the name to a property, which keeps nothing
            in_slots += [
                x for x in names.values() if type(x) is MemberDescriptorType and x.__objclass__ is base
            ]
        if base is BaseException:
            in_slots += [names[name] for name in ("args", "__cause__", "__context__")]
    return in_dict, in_slots


def _attributes(in_dict: Any, in_slots: list[Any]) -> Storage:
    """Attributes that are kept in the dict behind one descriptor and in the slots behind others."""

    def own(x: Any) -> dict[Any, Any]:
        found = None if in_dict is None else in_dict.__get__(x)
        return found if type(found) is dict else {}

    def bound(x: Any) -> Iterator[tuple[Any, Any]]:
        for slot in in_slots:
            with suppress(AttributeError):  # not yet bound
                yield slot, slot.__get__(x)

    def read(x: Any) -> list[Any]:
        return [*own(x).values(), *(value for _, value in bound(x))]

    def steps(x: Any, _: list[Any], show: Show) -> Iterator[str]:
        yield from (f".{name}" if type(name) is str else f".{show(name)}" for name in own(x))
        yield from (f".{slot.__name__}" for slot, _ in bound(x))

    def write(x: Any, parts: list[Any]) -> Any:
        kept, filled = own(x), list(bound(x))
        for name, new in zip(list(kept), parts, strict=False):
            if kept[name] is not new:
                kept[name] = new
        for (slot, old), new in zip(filled, parts[len(kept) :], strict=True):
            if old is not new:
                with suppress(AttributeError, TypeError):  # C code of an exception may not want another
                    slot.__set__(x, new)
        return x

    return Storage(read, steps, write)


def _positions(_: Any, parts: list[Any], __: Show) -> Iterator[str]:
    return (f"[{i}]" for i in range(len(parts)))


def _fields(x: Any, parts: list[Any], show: Show) -> Iterable[str]:
    """The steps to the items of a tuple: those of a named tuple have names."""
    names = next((names["_fields"] for base in _mro(type(x)) if "_fields" in (names := _names(base))), ())
    if type(names) is tuple and len(names) == len(parts):
        return [f".{name}" for name in names]
    return _positions(x, parts, show)


def _shown(step: str) -> Callable[[Any, list[Any], Show], Iterator[str]]:
    """Return the steps to parts that are named by their own texts."""
    return lambda _, parts, show: (step.format(show(part)) for part in parts)


def _named(kind: type, *names: str, write: Callable[[Any, list[Any]], Any], copies: bool = False) -> Storage:
    """Return the storage of what C code keeps under names in the objects of a type."""
    descriptors = [vars(kind)[name] for name in names]
    steps = [f".{name}" for name in names]
    return Storage(lambda x: [d.__get__(x) for d in descriptors], lambda *_: steps, write, copies)


def _write_list(x: Any, parts: list[Any]) -> Any:
    list.__setitem__(x, slice(None), parts)
    return x


def _write_deque(x: Any, parts: list[Any]) -> Any:
    for i, (old, new) in enumerate(zip(deque.copy(x), parts, strict=True)):
        if old is not new:  # one by one, for somebody may be iterating over it
            deque.__setitem__(x, i, new)
    return x


def _write_set(x: Any, parts: list[Any] | set[Any]) -> Any:
    set.clear(x)
    set.update(x, parts)
    return x


def _write_tuple(x: Any, parts: list[Any]) -> Any:
    try:
        made = tuple.__new__(type(x), parts)
    except TypeError:  # a `struct_time` and the like are made by C code of their own
        return type(x)(parts)
    return _with_attributes(made, x)


def _write_frozenset(x: Any, parts: list[Any]) -> Any:
    return _with_attributes(frozenset.__new__(type(x), parts), x)


def _with_attributes(made: Any, x: Any) -> Any:
    """The copy of an object of a class of the user's, with the attributes that the object has."""
    in_dict, in_slots = _descriptors(type(x))
    if in_dict is not None:
        in_dict.__get__(made).update(in_dict.__get__(x))
    for slot in in_slots:
        with suppress(AttributeError):  # not yet bound
            slot.__set__(made, slot.__get__(x))
    return made


def _dict_of(x: Any) -> Any:
    """The class whose methods read a dict in its order, whatever a class of the user's makes of them."""
    return OrderedDict if OrderedDict in _mro(type(x)) else dict


def _keys(x: Any) -> list[Any]:
    return list(_dict_of(x).keys(x))


def _values(x: Any) -> list[Any]:
    return list(_dict_of(x).values(x))


def _write_keys(x: Any, parts: list[Any] | dict[Any, Any]) -> Any:
    if isinstance(parts, list):
        return _refill(x, parts, _values(x))
    if _dict_of(x) is not dict:
        return _refill(x, list(parts), list(parts.values()))
    dict.clear(x)
    dict.update(x, parts)
    return x


def _copied_dict(x: Any) -> dict[Any, Any]:
    return dict.copy(x) if _dict_of(x) is dict else dict(zip(_keys(x), _values(x), strict=True))


def _write_values(x: Any, parts: list[Any]) -> Any:
    keys = _keys(x)
    for key, old, new in zip(keys, _values(x), parts, strict=True):
        if old is not new:
            _dict_of(x).__setitem__(x, key, new)
    # the hash of a key may have changed since it was put in
    return x if dict.__len__(x) == len(keys) else _refill(x, keys, parts)


def _refill(x: Any, keys: list[Any], values: list[Any]) -> Any:
    kind = _dict_of(x)
    kind.clear(x)
    for key, value in zip(keys, values, strict=True):
        kind.__setitem__(x, key, value)
    return x


def _contents(x: CellType) -> list[Any]:
    try:
        return [x.cell_contents]
    except ValueError:
        return []  # not yet bound


def _write_cell(x: CellType, parts: list[Any]) -> CellType:
    x.cell_contents = parts[0]
    return x


def _write_partial(x: Any, parts: list[Any]) -> Any:
    functools.partial.__setstate__(x, (*parts, vars(functools.partial)["__dict__"].__get__(x)))  # type: ignore[attr-defined]  # what pickle uses
    return x


def _itself(x: Any, _: Any) -> Any:
    return x


_MEMBERS: Final = _shown("{{{}}}")
_VIEWS: Final[tuple[type, ...]] = (MappingProxyType, type({}.keys()), type({}.values()), type({}.items()))
_VIEW: Final = (Storage(gc.get_referents, lambda *_: [""], _itself),)  # of a dict
_CONTAINERS: Final[dict[int, tuple[Storage, ...]]] = {
    id(list): (Storage(list.copy, _positions, _write_list),),
    id(tuple): (Storage(lambda x: [*tuple.__iter__(x)], _fields, _write_tuple, copies=True),),
    id(dict): (
        Storage(_keys, _shown(" key {}"), _write_keys, snapshot=_copied_dict),
        Storage(_values, lambda x, _, show: [f"[{show(key)}]" for key in _keys(x)], _write_values),
    ),
    id(set): (Storage(lambda x: [*set.__iter__(x)], _MEMBERS, _write_set, snapshot=set.copy),),
    id(frozenset): (Storage(lambda x: [*frozenset.__iter__(x)], _MEMBERS, _write_frozenset, copies=True),),
    id(deque): (Storage(lambda x: [*deque.__iter__(x)], _positions, _write_deque),),
    id(slice): (_named(slice, "start", "stop", "step", write=lambda _, parts: slice(*parts), copies=True),),
    **{id(view): _VIEW for view in _VIEWS},
}
_CODE: Final[dict[int, tuple[Storage, ...]]] = {
    id(FunctionType): (
        _attributes(None, [vars(FunctionType)[name] for name in ("__defaults__", "__kwdefaults__")]),
        Storage(
            lambda x: list(x.__closure__ or ()),
            lambda x, *_: [f".{name}" for name in x.__code__.co_freevars],
            _itself,
        ),
    ),
    id(CellType): (Storage(_contents, lambda *_: [""], _write_cell),),
    id(MethodType): (
        _named(MethodType, "__func__", "__self__", write=lambda _, parts: MethodType(*parts), copies=True),
    ),
    id(functools.partial): (_named(functools.partial, "func", "args", "keywords", write=_write_partial),),
}
_OWN_TYPES: Final[tuple[type, ...]] = (
    *(list, tuple, dict, set, frozenset, deque, slice, OrderedDict, defaultdict, functools.partial),
    *(FunctionType, CellType, MethodType, type(len), type(list.append), type(None), int, float, str, *_VIEWS),
)
