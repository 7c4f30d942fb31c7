"""Marginals: cliques, models of noisy tables, and rows drawn from them."""

from skprivate.marginals._draws import drawn_codes, drawn_given
from skprivate.marginals._fit import Measured, fitted_model
from skprivate.marginals._junction import JunctionTree
from skprivate.marginals._model import GraphicalModel

__all__ = [
    "GraphicalModel",
    "JunctionTree",
    "Measured",
    "drawn_codes",
    "drawn_given",
    "fitted_model",
]
