"""The one place where numba is asked to compile."""

from numba import njit

OPTIONS = {"nogil": True, "error_model": "numpy"}
EXACT = {"reassoc", "contract"}


def kernel(function=None, **options):
    """Compile a function with the options every kernel shares.

    Used as ``@kernel`` or ``@kernel(fastmath={"reassoc"})``.

    Compiled code is cached beside the module, or in the user's cache folder.
    Where neither can be written (a read-only install without a home folder)
    numba refuses to decorate; the function is then compiled once per process.

    Two fast-math flags are allowed: ``"reassoc"``, only in functions whose every
    sum adds integers below 2**53, where order cannot matter; and ``"contract"``
    (`EXACT` is both), only where every product is such an integer as well. Other
    flags remove the checks for NaN that privacy rests on. No kernel is
    parallel: callers run chunks in threads, which ``nogil`` lets proceed.

    numba does not notice when a kernel of *another* file, inlined here,
    changes: delete the ``__pycache__`` folders after editing a shared helper.
    """
    if function is None:
        return lambda decorated: kernel(decorated, **options)
    try:
        return njit(cache=True, **OPTIONS, **options)(function)
    except RuntimeError:
        return njit(cache=False, **OPTIONS, **options)(function)


def inner(function=None, **options):
    """Compile a function that kernels call for each block of rows.

    Like `kernel`, for functions that make no array and return none: all they see is
    borrowed, so numba need not count references, which takes as long as some ten rows.
    """
    return kernel(function, _nrt=False, **options)
