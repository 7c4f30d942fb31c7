"""A progress bar on standard error."""

import sys
from time import monotonic

WIDTH = 32


class Progress:
    """Bar that moves with every call of :meth:`step`; it ends when all are done."""

    def __init__(self, total, label):
        self.total, self.label, self.done, self.start = total, label, 0, monotonic()
        self._draw()

    def step(self):
        """One more part is done."""
        self.done += 1
        self._draw()

    def stop(self):
        """What is left is not done."""
        self.total = self.done
        self._draw()

    def _draw(self):
        # A log file has no carriage return worth the name: ten lines at most.
        every = 1 if sys.stderr.isatty() else max(1, self.total // 10)
        if self.done % every and self.done < self.total:
            return
        full = WIDTH * self.done // max(self.total, 1)  # nothing may be left to do
        bar = "█" * full + "·" * (WIDTH - full)
        text = f"{self.label} {bar} {self.done}/{self.total}"
        text += f"  {monotonic() - self.start:.1f} s"
        start, end = ("\r", "") if sys.stderr.isatty() else ("", "\n")
        print(f"{start}{text}", end=end, file=sys.stderr, flush=True)
        if sys.stderr.isatty() and self.done == self.total:
            print(file=sys.stderr)
