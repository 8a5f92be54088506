"""How the kernel's functions are compiled: Numba without Python objects, kept on disk until any kernel source changes.

Numba's own cache notices a change in the file of the cached function only, not in the files of the functions that it
calls: an upgrade that touches one constraint would go on running the old machine code, and one that renames a table
would fail on reading what was cached for it. Here the name of a cached file says which sources of the whole package it
was made from.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from numba import config
from numba.core.caching import InTreeCacheLocator, UserProvidedCacheLocator, UserWideCacheLocator

Function = Callable[..., Any]


NEVER_COMPILED = frozenset({"adapter.py", "anneal.py", "engine.py", "limits.py", "neighbours.py", "warm.py"})
"""Sources with plain Python only: a change in them leaves the machine code as it is."""


@cache
def source_stamp() -> str:
    """Digest of every source file of the kernel that machine code is made of."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.name in NEVER_COMPILED:
            continue
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _WholePackageStamp:
    _py_file: str  # set by Numba's locators

    def get_source_stamp(self) -> str:
        return source_stamp()

    def get_disambiguator(self) -> str:
        own = hashlib.sha256(Path(self._py_file).read_bytes()).hexdigest()
        return f"{source_stamp()[:12]}{own[:4]}"


class GivenDirectory(_WholePackageStamp, UserProvidedCacheLocator):
    """The directory named by NUMBA_CACHE_DIR, when it is set."""


class BesideTheSource(_WholePackageStamp, InTreeCacheLocator):
    """`__pycache__` of this package, when it is writable: an editable or a user's own installation."""


class PerUser(_WholePackageStamp, UserWideCacheLocator):
    """The user's cache directory: a read-only installation."""


_LOCATORS = ",".join(f"{__name__}.{locator.__name__}" for locator in (GivenDirectory, BesideTheSource, PerUser))


# Nothing here allocates, so reference counts are left out (`_nrt`): with them, reading an array from a NamedTuple in a
# loop costs two atomic operations, and the search for a position runs at a third of its speed.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
_INTERNAL: dict[str, Any] = {"no_cpython_wrapper": True}
_INLINED: dict[str, Any] = {"forceinline": True}


njit: Any = numba.njit  # its stub does not know the options that are used here
settings: Any = config


def compiled(function: Function) -> Function:
    """Compile `function` as part of whatever entry point calls it. It must not allocate."""
    dispatcher: Function = njit(**_OPTIONS, **_INTERNAL, **_INLINED)(function)
    return dispatcher


def compiled_apart(function: Function) -> Function:
    """As `compiled`, but called rather than inlined: for what runs seldom, so that there is less to compile."""
    dispatcher: Function = njit(**_OPTIONS, **_INTERNAL)(function)
    return dispatcher


def entry_point(function: Function, name: str) -> Function:
    """Compile `function` for calls from Python under a name of its own: cached on disk where possible, without the GIL.

    One name for each set of argument types: two processes that compile for different types at a time would otherwise
    write the same cache file, and one would be handed the other's machine code.
    """
    named = FunctionType(function.__code__, function.__globals__, name, function.__defaults__)
    named.__qualname__, named.__module__, named.__doc__ = name, function.__module__, function.__doc__
    before = settings.CACHE_LOCATOR_CLASSES
    settings.CACHE_LOCATOR_CLASSES = _LOCATORS
    dispatcher: Function
    try:
        dispatcher = njit(**_OPTIONS, nogil=True, cache=True)(named)
    except RuntimeError:  # Numba's answer when no directory is writable
        dispatcher = njit(**_OPTIONS, nogil=True)(named)
    finally:
        settings.CACHE_LOCATOR_CLASSES = before
    return dispatcher


def is_ready(function: Function) -> bool:
    """Whether an entry point runs without being compiled: it has been used here, or its machine code is on disk."""
    entry: Any = function
    if entry.signatures:
        return True
    files = getattr(getattr(entry, "_cache", None), "_cache_file", None)
    if files is None:
        return False
    machine = entry.targetdescr.target_context.codegen().magic_tuple()
    return any(key[1] == machine for key in files._load_index())
