"""Marginals: cliques, models of noisy tables, and rows drawn from them."""

from skprivate.marginals._draws import drawn_codes, drawn_given
from skprivate.marginals._fit import Descent, Measured, fitted_model
from skprivate.marginals._joint import pair_tables
from skprivate.marginals._junction import JunctionTree
from skprivate.marginals._model import GraphicalModel

__all__ = [
    "Descent",
    "GraphicalModel",
    "JunctionTree",
    "Measured",
    "drawn_codes",
    "drawn_given",
    "fitted_model",
    "pair_tables",
]
