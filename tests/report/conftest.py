"""Models and reports that several tests look at."""

from html.parser import HTMLParser

import numpy as np
import pytest

from skprivate.linear_model import DPLogisticRegression

_EMPTY = {"line", "polyline", "br", "hr"}


class Page(HTMLParser):
    """The tags, attributes and words of a page; fails if tags do not nest."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.attributes, self.words, self._open = [], set(), [], []
        self.feed(markup)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(self.words)


@pytest.fixture
def page():
    return Page


@pytest.fixture(scope="package")
def data():
    X = np.random.default_rng(0).normal(size=(300, 3))
    return X, (X[:, 0] > 0).astype(int)


@pytest.fixture(scope="package")
def model(data):
    """A private model of which nothing was assumed."""
    return DPLogisticRegression(bounds=(-4, 4), classes=[0, 1]).fit(*data)
