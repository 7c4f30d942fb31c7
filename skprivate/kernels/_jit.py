"""The one place where numba is asked to compile."""

import hashlib
from functools import cache
from pathlib import Path

from numba import config, njit
from numba.core import event

from skprivate.kernels._notice import CompilationNotice

OPTIONS = {"nogil": True, "error_model": "numpy"}
EXACT = {"reassoc", "contract"}
INNER = {"_nrt": False}

event.register("numba:compile", CompilationNotice())


def kernel(function=None, **options):
    """Compile a function with the options every kernel shares.

    Used as ``@kernel`` or ``@kernel(fastmath={"reassoc"})``.

    Compiled code is cached in the folder that ``NUMBA_CACHE_DIR`` names; if there is no
    such variable, beside the module, or in the user's cache folder. Where none can be
    written (a read-only install without a home folder) numba refuses to decorate; the
    function is then compiled once per process.

    Two fast-math flags are allowed: ``"reassoc"``, only in functions whose every
    sum adds integers below 2**53, where order cannot matter; and ``"contract"``
    (`EXACT` is both), only where every product is such an integer as well. Other
    flags remove the checks for NaN that privacy rests on. No kernel is
    parallel: callers run chunks in threads, which ``nogil`` lets proceed.

    numba compares a file with its cache, but not the files whose functions are inlined
    there. So the name that it caches a kernel by tells the source of all of them: code
    of a release before this one is never run.
    """
    if function is None:
        return lambda decorated: kernel(decorated, **options)
    function.__qualname__ += f".{_digest_of_sources()}"
    try:
        return njit(cache=True, **OPTIONS, **options)(function)
    except RuntimeError:
        return njit(cache=False, **OPTIONS, **options)(function)


def part(function=None, **options):
    """Compile a function that only kernels call, which saves a tenth of the time.

    Like `kernel`, without what Python needs to call it.
    """
    return kernel(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)


def inner(function=None, **options):
    """Compile a function that kernels call for each block of rows.

    Like `part`, for functions that make no array and return none: all they see is
    borrowed, so numba need not count references, which takes as long as some ten rows.
    """
    return part(function, **INNER, **options)


def python_of(kernel):
    """What a kernel is compiled from; arithmetic in it works on whole arrays, too."""
    return getattr(kernel, "py_func", kernel)


def is_interpreted():
    """Whether kernels are plain Python, as tests of them want it."""
    return bool(config.DISABLE_JIT)


@cache
def is_in_cache(kernel):
    """Whether compiled code of a kernel, for rows of whatever type, can be loaded."""
    folder = kernel.stats.cache_path
    if folder is None:
        return False
    function = kernel.py_func
    stem, name = Path(function.__code__.co_filename).stem, function.__qualname__
    return any(Path(folder).glob(f"{stem}.{name}-*.nbi"))


@cache
def _digest_of_sources():
    """A few letters that change with any file of this folder."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(hashlib.blake2b(path.read_bytes()).digest())
    return digest.hexdigest()
