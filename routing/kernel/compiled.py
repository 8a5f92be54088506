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
from typing import TypeVar

from numba import config, njit
from numba.core.caching import InTreeCacheLocator, UserProvidedCacheLocator, UserWideCacheLocator

Function = TypeVar("Function", bound=Callable[..., object])


@cache
def source_stamp() -> str:
    """Digest of every source file of the kernel."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _WholePackageStamp:
    def get_source_stamp(self) -> str:
        return source_stamp()

    def get_disambiguator(self) -> str:
        return source_stamp()[:16]


class GivenDirectory(_WholePackageStamp, UserProvidedCacheLocator):
    """The directory named by NUMBA_CACHE_DIR, when it is set."""


class BesideTheSource(_WholePackageStamp, InTreeCacheLocator):
    """`__pycache__` of this package, when it is writable: an editable or a user's own installation."""


class PerUser(_WholePackageStamp, UserWideCacheLocator):
    """The user's cache directory: a read-only installation."""


_LOCATORS = ",".join(f"{__name__}.{locator.__name__}" for locator in (GivenDirectory, BesideTheSource, PerUser))


# Nothing here allocates, so reference counts are left out (`_nrt`): with them, reading an array from a NamedTuple in a
# loop costs two atomic operations, and the search for a position runs at a third of its speed.
_OPTIONS = {"error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
_INTERNAL = {"no_cpython_wrapper": True}
_INLINED = {"forceinline": True}


def compiled(function: Function) -> Function:
    """Compile `function` as part of whatever entry point calls it. It must not allocate."""
    return njit(**_OPTIONS, **_INTERNAL, **_INLINED)(function)  # type: ignore[no-any-return]


def compiled_apart(function: Function) -> Function:
    """As `compiled`, but called rather than inlined: for what runs seldom, so that there is less to compile."""
    return njit(**_OPTIONS, **_INTERNAL)(function)  # type: ignore[no-any-return]


def entry_point(function: Function) -> Function:
    """Compile `function` for calls from Python: cached on disk where a directory can be written, and without the GIL."""
    before = config.CACHE_LOCATOR_CLASSES
    config.CACHE_LOCATOR_CLASSES = _LOCATORS
    try:
        return njit(**_OPTIONS, nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # Numba's answer when no directory is writable
        return njit(**_OPTIONS, nogil=True)(function)  # type: ignore[no-any-return]
    finally:
        config.CACHE_LOCATOR_CLASSES = before
