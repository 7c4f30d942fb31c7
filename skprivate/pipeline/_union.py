"""Several private transformers side by side, with one budget."""

from collections.abc import Sequence
from typing import Any, Literal, Self

from numpy.typing import ArrayLike
from sklearn import get_config
from sklearn.base import clone
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.metadata_routing import process_routing

from skprivate._sklearn import print_elapsed_time
from skprivate._typing import BoundsLike, Estimator, TableLike
from skprivate.base import Geometry
from skprivate.pipeline._by_row import asked_in_tiles
from skprivate.pipeline._compound import DPCompound, with_groups
from skprivate.pipeline._door import check_target
from skprivate.pipeline._gaps import check_finite
from skprivate.pipeline._geometry import geometry_after
from skprivate.pipeline._rehearsal import public_geometry, rehearse_chain
from skprivate.pipeline._run import fit_child, input_geometry
from skprivate.pipeline._sealed import with_sealed_methods
from skprivate.pipeline._shares import default_weight
from skprivate.pipeline._steps import (
    planned,
    spends,
    takes_weights,
    with_weight,
    without_weight,
)
from skprivate.pipeline._structure import check_alignment, check_transformers
from skprivate.rows._arrow import framed


@with_sealed_methods
@asked_in_tiles("transform")
class DPFeatureUnion(DPCompound, FeatureUnion):
    """Outputs of several transformers side by side, with one private budget.

    All of them see the same rows, so their prices add up; they share one
    ``(epsilon, delta)`` in ``mu ** 2``.

    Parameters
    ----------
    transformer_list : list of tuple (name, transformer)
        Transformers of skprivate, which leave their own ``epsilon`` and ``delta`` at
        the defaults; transformers that learn nothing from rows; ``"passthrough"`` or
        ``"drop"``.
    n_jobs : int, default=None
        Number of workers of ``transform``. Fits run one after the other.
    transformer_weights : dict, default=None
        Factors of the outputs, by name. They are public, and no shares of the budget.
    epsilon : float, default=1.0
        Budget of one ``fit`` of the whole. ``inf`` means no noise, and no privacy.
    delta : float, default=1e-6
        Budget of one ``fit`` of the whole. Zero asks for pure differential privacy.
    weights : dict or sequence, default=None
        How the budget is shared out: numbers by name, or one for each. None: equally.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features, for all transformers that ask for one.
    verbose : bool, default=False
        Whether to print the time that each fit takes.
    verbose_feature_names_out : bool, default=True
        Whether names of output columns begin with the name of the transformer.

    Attributes
    ----------
    named_transformers : Bunch
        The transformers, fitted after ``fit``: clones of those that were given.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if they have names.
    output_bounds_ : tuple (low, high) of ndarray
        Range of ``transform``, if it is known.
    privacy_ : PrivacyReport
        All releases, with their shares of the whole.

    See Also
    --------
    make_dp_union : Names the transformers.
    sklearn.pipeline.FeatureUnion : The same without privacy.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.decomposition import DPPCA
    >>> from skprivate.pipeline import DPFeatureUnion
    >>> from skprivate.preprocessing import DPMinMaxScaler
    >>> X = load_iris().data
    >>> both = [("scaled", DPMinMaxScaler()), ("axes", DPPCA(n_components=2))]
    >>> DPFeatureUnion(both, epsilon=2.0, bounds=(0, 8)).fit_transform(X).shape
    (150, 6)
    """

    _fits_in_order = True

    def __init__(
        self,
        transformer_list: Sequence[tuple[str, Estimator]],
        *,
        n_jobs: int | None = None,
        transformer_weights: dict[Any, Any] | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        weights: dict[Any, Any] | Sequence[Any] | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        verbose: bool = False,
        verbose_feature_names_out: bool = True,
    ) -> None:
        self.transformer_list = transformer_list
        self.n_jobs = n_jobs
        self.transformer_weights = transformer_weights
        self.epsilon = epsilon
        self.delta = delta
        self.weights = weights
        self.bounds = bounds
        self.verbose = verbose
        self.verbose_feature_names_out = verbose_feature_names_out

    def fit(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        **fit_params: Any,
    ) -> Self:
        """Fit all transformers to the same rows.

        Parameters
        ----------
        X : array-like, data frame, sparse matrix or Rows
            The rows, or a source that can reach them.
        y : array-like of shape (n_samples,), default=None
            The target.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for all transformers that take some; or, with metadata routing, for
            those that request them.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, for all transformers.
        **fit_params : dict
            For ``fit`` of all transformers; or routed metadata.

        Returns
        -------
        self : object
            The fitted union.
        """
        fit_params = with_weight(fit_params, sample_weight)
        self._fit_all("fit", X, y, groups, fit_params)
        return self

    def fit_transform(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        **params: Any,
    ) -> TableLike:
        """Fit all transformers, and put their outputs side by side.

        Parameters
        ----------
        X : array-like, data frame or sparse matrix
            The rows.
        y : array-like of shape (n_samples,), default=None
            The target.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for all transformers that take some; or, with metadata routing, for
            those that request them.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, for all transformers.
        **params : dict
            For ``fit`` of all transformers; or routed metadata.

        Returns
        -------
        array-like of shape (n_samples, n_features_out)
            Transformed rows. They are not covered by the guarantee.
        """
        params = with_weight(params, sample_weight)
        self._fit_all("fit_transform", X, y, groups, params)
        if get_config()["enable_metadata_routing"]:
            wanted = self.get_metadata_routing().consumes("transform", params)
            params = {name: params[name] for name in wanted}
        else:
            params = {}
        return self.transform(X, **params)

    def _fit_all(self, method, X, y, groups, params):
        """Fit clones of the transformers, and keep them once nothing can fail."""
        self._check_children()
        X = framed(X)
        if get_config()["enable_metadata_routing"]:
            routed = process_routing(self, method, **params)
        else:
            routed = {
                name: {"fit": params if takes_weights(step) else without_weight(params)}
                for name, step in self.transformer_list
            }
        check_alignment([], X, groups, routed, method)
        geometry = input_geometry(self.bounds, X)

        def work(children):
            check_target(self.transformer_list, X, y, routed)
            check_finite([self], X)
            total = len(children)
            for number, child in enumerate(children, 1):
                message = self._log_message(child.name, number, total)
                with print_elapsed_time(type(self).__name__, message):
                    child.hand(geometry)
                    fit_child(child, X, y, routed.get(child.name, {}), groups)

        children, _ = self._fit_paid(work, X, y, groups)
        self._keep(children, geometry)

    def _keep(self, children, geometry):
        """Take over fitted children, and what is known about their output."""
        factors = self.transformer_weights or {}
        found = [
            geometry_after(child.step, geometry).scaled(factors.get(child.name, 1.0))
            for child in children
            if child.step != "drop"
        ]
        privacy = self._report_of(children, self._budget())
        self.transformer_list = [(child.name, child.as_given()) for child in children]
        self.privacy_ = privacy
        self.output_geometry_ = Geometry.side_by_side(found)

    def _children(self):
        return [*self.transformer_list]

    def _check_structure(self):
        """Refuse what cannot stand side by side."""
        check_transformers(self.transformer_list)
        self._validate_names([name for name, _ in self.transformer_list])
        known = {name for name, _ in self.transformer_list}
        if not {*(self.transformer_weights or {})} <= known:
            raise ValueError(
                "transformer_weights names a transformer that is not there. Use the "
                "names of transformer_list."
            )

    def _shared_out(self, budget):
        children = super()._shared_out(budget)
        for child in children:
            if child.step == "passthrough":
                child.step = FunctionTransformer(feature_names_out="one-to-one")
        return children

    def _planned(self, row, *, classes=(0, 1)):
        """A clone that was fitted on no rows."""
        self._check_children()
        geometry = input_geometry(self.bounds, row)
        plan = clone(self)
        children = self._shared_out(self._budget())
        for child in children:
            if child.step != "drop":
                child.hand(geometry)
                child.step = planned(child.step, row, classes)
        plan._keep(children, geometry)
        return plan

    def _rehearse_parts(self, children, given):
        geometry = public_geometry(self.bounds, given.X)
        for child in children:
            rehearse_chain([child], given, geometry)

    @property
    def default_weight(self) -> Any:
        """Weight in a pipeline around this one: that of its heaviest part."""
        weights = [default_weight(s) for _, s in self.transformer_list if spends(s)]
        return max(weights, default=1.0)

    def get_metadata_routing(self) -> Any:
        """Metadata that the transformers ask for, and the groups of the union.

        Returns
        -------
        MetadataRouter
            What goes where.
        """
        return with_groups(super().get_metadata_routing(), self)
