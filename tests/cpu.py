"""What each estimator costs in the fast tests: seconds of CPU, not of a busy clock.

There are to be ninety estimators, and `make test` is to stay a matter of minutes. So
the tests that run for every estimator (whose parameter is named ``estimator``) are
added up, and `make cost` fails where one of them costs more than ``LIMIT``. It runs by
itself, one test after the other: beside other work the same tests take up to twice
the seconds, and `make test` must not turn red for that.

Compiling is left out: it is done once, and by whichever test comes first.
"""

import time
from collections import Counter
from contextlib import contextmanager

import pytest

from skprivate.base import DPEstimator

LIMIT = 6.0  # seconds, on a machine with nothing else to do
_SPENT = pytest.StashKey()


class Meter:
    """A plug-in of pytest that adds up what tests of estimators cost."""

    def __init__(self):
        self.spent = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        """Measure a test; workers of xdist send what is measured with the report."""
        name = estimator_of(item)
        if name is None:
            return (yield)
        start = time.process_time()
        with compiling() as compiled:
            try:
                return (yield)
            finally:
                spent = time.process_time() - start - compiled()
                item.user_properties.append(("cpu", (name, max(0.0, spent))))

    def pytest_runtest_logreport(self, report):
        """Add up, wherever the test ran."""
        if report.when == "call":
            for key, value in report.user_properties:
                if key == "cpu":
                    name, spent = value
                    self.spent[name] += spent

    @property
    def too_dear(self):
        """Estimators beyond the limit."""
        return {name for name, seconds in self.spent.items() if seconds > LIMIT}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        """Fail the run, though no single test has."""
        if self.too_dear and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        """Show everyone, the dearest first."""
        terminalreporter.section(f"CPU by estimator; at most {LIMIT:g} seconds each")
        for name, spent in self.spent.most_common():
            terminalreporter.line(f"{spent:7.2f} s  {name}", red=name in self.too_dear)
        if self.too_dear:
            terminalreporter.line(
                "These cost too much: let tests of many rows, of iterations and of "
                "products (every source, every neighbour) be slow ones."
            )


def estimator_of(item):
    """Name of the private estimator that a test is about, or None."""
    callspec = getattr(item, "callspec", None)
    estimator = callspec.params.get("estimator") if callspec else None
    return type(estimator).__name__ if isinstance(estimator, DPEstimator) else None


@contextmanager
def compiling():
    """Seconds that numba compiles meanwhile."""
    from numba.core.event import TimingListener, install_listener

    listener = TimingListener()
    with install_listener("numba:compile", listener):
        yield lambda: listener.duration if listener.done else 0.0
