"""Private transformers for different columns, with one budget."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Literal, Self

from numpy.typing import ArrayLike
from scipy import sparse
from sklearn import get_config
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.utils.metadata_routing import process_routing
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import print_elapsed_time
from skprivate._typing import BoundsLike, Estimator, TableLike
from skprivate.base import DPEstimator, Geometry
from skprivate.base._known_types import knowing
from skprivate.compose._assignment import (
    REMAINDER_COLUMNS,
    columns_of,
    entries_of,
    fitted_to_columns,
    parts_by_columns,
    table_of,
)
from skprivate.pipeline._by_row import asked_in_tiles
from skprivate.pipeline._compound import DPCompound, with_groups
from skprivate.pipeline._door import check_target, needs_finite_numbers
from skprivate.pipeline._geometry import geometry_after
from skprivate.pipeline._listed import first_step, planned_row
from skprivate.pipeline._rehearsal import (
    public_geometry,
    rehearse_chain,
    width_of,
)
from skprivate.pipeline._run import fit_child, input_geometry, row_of
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
from skprivate.rows import DaskRows, Rows
from skprivate.rows._emptied import emptied
from skprivate.rows._features import checked_features
from skprivate.rows._kinds import is_dask
from skprivate.rows._refusal import sealed

_REMAINDERS = ("drop", "passthrough")


@with_sealed_methods
@asked_in_tiles("transform")
class DPColumnTransformer(DPCompound, ColumnTransformer):
    """Different transformers for different columns, with one private budget.

    Columns of one row belong to one person, so prices add up; the transformers share
    one ``(epsilon, delta)`` in ``mu ** 2``. Which columns go where, and whether the
    output is sparse, is decided by names, types and numbers of columns alone.

    Parameters
    ----------
    transformers : list of tuple (name, transformer, columns)
        Transformers of skprivate, which leave their own ``epsilon`` and ``delta`` at
        the defaults; transformers that learn nothing from rows; ``"passthrough"`` or
        ``"drop"``. Columns as in scikit-learn; a function that selects them is called
        with a table that has no rows.
    remainder : {"drop", "passthrough"} or transformer, default="drop"
        What to do with columns that are not named.
    sparse_threshold : float, default=0.3
        The output is sparse if some part is, and the dense parts have less than this
        fraction of the columns. (How many values are zero is private.)
    n_jobs : int, default=None
        Number of workers of ``transform``. Fits run one after the other.
    transformer_weights : dict, default=None
        Factors of the outputs, by name. They are public, and no shares of the budget.
    epsilon : float, default=1.0
        Budget of one ``fit`` of the whole. ``inf`` means no noise, and no privacy.
    delta : float, default=1e-6
        Budget of one ``fit`` of the whole. Zero asks for pure differential privacy.
    weights : dict or sequence, default=None
        How the budget is shared out: numbers by name (one may be ``"remainder"``), or
        one for each. None: equally.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Each transformer that asks for bounds gets those of its columns.
    verbose : bool, default=False
        Whether to print the time that each fit takes.
    verbose_feature_names_out : bool, default=True
        Whether names of output columns begin with the name of the transformer.

    Attributes
    ----------
    transformers_ : list of tuple (name, transformer, columns)
        Fitted clones of the transformers.
    named_transformers_ : Bunch
        The same by name.
    output_indices_ : dict of str to slice
        Which columns of the output come from which transformer.
    sparse_output_ : bool
        Whether the output is sparse.
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
    make_dp_column_transformer : Names the transformers.
    sklearn.compose.ColumnTransformer : The same without privacy.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.compose import DPColumnTransformer
    >>> from skprivate.decomposition import DPPCA
    >>> from skprivate.preprocessing import DPMinMaxScaler
    >>> X = load_iris().data
    >>> parts = [("scaled", DPMinMaxScaler(), [0, 1]), ("axis", DPPCA(1), [2, 3])]
    >>> DPColumnTransformer(parts, epsilon=2.0, bounds=(0, 8)).fit_transform(X).shape
    (150, 3)
    """

    force_int_remainder_cols = REMAINDER_COLUMNS  # no parameter any more

    _fits_in_order = True

    def __init__(
        self, transformers: Sequence[tuple[str, Estimator, Any]], *,
        remainder: Estimator = "drop", sparse_threshold: float = 0.3,
        n_jobs: int | None = None, transformer_weights: dict[Any, Any] | None = None,
        epsilon: float = 1.0, delta: float = 1e-6,
        weights: dict[Any, Any] | Sequence[Any] | None = None,
        bounds: BoundsLike | Literal["private"] = "private", verbose: bool = False,
        verbose_feature_names_out: bool = True,
    ) -> None:  # fmt: skip
        self.transformers = transformers
        self.remainder = remainder
        self.sparse_threshold = sparse_threshold
        self.n_jobs = n_jobs
        self.transformer_weights = transformer_weights
        self.epsilon = epsilon
        self.delta = delta
        self.weights = weights
        self.bounds = bounds
        self.verbose = verbose
        self.verbose_feature_names_out = verbose_feature_names_out

    def fit(
        self, X: TableLike, y: ArrayLike | None = None, *,
        sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None,
        **params: Any,
    ) -> Self:  # fmt: skip
        """Fit each transformer to its columns.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            The rows, in memory.
        y : array-like of shape (n_samples,), default=None
            The target.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for all transformers that take some; or, with metadata routing, for
            those that request them.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, for all transformers.
        **params : dict
            Routed metadata.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        params = with_weight(params, sample_weight)
        self._fit_all("fit", X, y, groups, params)
        return self

    def fit_transform(
        self, X: TableLike, y: ArrayLike | None = None, *,
        sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None,
        **params: Any,
    ) -> TableLike:  # fmt: skip
        """Fit each transformer, and put their outputs side by side.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            The rows, in memory.
        y : array-like of shape (n_samples,), default=None
            The target.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for all transformers that take some; or, with metadata routing, for
            those that request them.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, for all transformers.
        **params : dict
            Routed metadata.

        Returns
        -------
        array-like of shape (n_samples, n_features_out)
            Transformed rows. They are not covered by the guarantee.
        """
        params = with_weight(params, sample_weight)
        self._fit_all("fit_transform", X, y, groups, params)
        wanted = self.get_metadata_routing().consumes("transform", params)
        return self.transform(X, **{name: params[name] for name in wanted})

    def transform(self, X: TableLike, **params: Any) -> TableLike:
        """Transform the columns of rows, and put what comes out side by side.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows.
        **params : dict
            Routed metadata.

        Returns
        -------
        array-like of shape (n_samples, n_features_out)
        """
        check_is_fitted(self)
        return super().transform(table_of(X), **params)

    def _fit_all(self, method, X, y, groups, params):
        """Fit clones of the transformers, and keep them once nothing can fail."""
        self._check_children()
        if is_dask(X):
            X, y = DaskRows(X, y), None
        given, X = X, table_of(X)
        routed = self._routed(params)
        check_alignment([], X, groups, routed, method)
        geometry = input_geometry(self.bounds, X)
        schema, indices = fitted_to_columns(self, X)

        def work(children):
            check_target(self._children(), X, y, routed)
            assigned = [*_assigned(schema, indices, children)]
            for child, columns, taken in assigned:
                if needs_finite_numbers(child.step) and not isinstance(X, Rows):
                    # All of them, before one releases anything.
                    checked_features(columns_of(X, columns, taken), accept_sparse=True)
            total = len(assigned)
            for number, (child, columns, taken) in enumerate(assigned, 1):
                message = self._log_message(child.name, number, total)
                with print_elapsed_time("ColumnTransformer", message):
                    child.hand(geometry.of(taken))
                    part = columns_of(X, columns, taken)
                    fit_child(child, part, y, routed.get(child.name, {}), groups)

        children, _ = self._fit_paid(work, given, y, groups)
        # Of a row nothing but its columns and their types is used.
        row = row_of(X) if isinstance(X, Rows) else X[:1]
        self._keep(schema, indices, children, geometry, row)

    def _routed(self, params):
        """Metadata by transformer and method."""
        if get_config()["enable_metadata_routing"]:
            return process_routing(self, "fit_transform", **params)
        others = without_weight(params)
        if others:
            raise ValueError(
                f"{min(others)} needs metadata routing. Enable it with "
                "sklearn.set_config(enable_metadata_routing=True)."
            )
        named = self._children()
        return {n: {"fit": params if takes_weights(t) else {}} for n, t in named}

    def _keep(self, schema, indices, children, geometry, row):
        """Take over fitted children, and what is known about their output."""
        privacy = self._report_of(children, self._budget())
        fitted = {
            child.name: child.as_given()
            for child, *_ in _assigned(schema, indices, children)
        }
        given = self.get_params(deep=False)
        for name in [n for n in vars(self) if n.endswith("_")]:
            delattr(self, name)
        vars(self).update({k: v for k, v in vars(schema).items() if k not in given})
        self.transformers_ = [
            (name, fitted.get(name, step), columns)
            for name, step, columns in schema.transformers_
        ]
        self._keep_output(indices, geometry, row)
        self.privacy_ = privacy

    def _keep_output(self, indices, geometry, row):
        """Number of columns of each part, whether they are sparse, and their bounds."""
        start, n_dense, any_sparse, found = 0, 0, False, []
        for name, step, columns in self.transformers_:
            taken = indices[name]
            if isinstance(step, str) or not taken:
                continue
            part = planned_row(step, columns_of(row, columns, taken))
            output = sealed(lambda step=step, part=part: knowing(step).transform(part))
            width, is_sparse = output.shape[1], sparse.issparse(output)
            self.output_indices_[name] = slice(start, start + width)
            start += width
            any_sparse |= is_sparse
            n_dense += 0 if is_sparse else width
            factor = (self.transformer_weights or {}).get(name, 1.0)
            found.append(geometry_after(step, geometry.of(taken)).scaled(factor))
        self.sparse_output_ = any_sparse and n_dense < self.sparse_threshold * start
        self.output_geometry_ = Geometry.side_by_side(found)

    def _children(self):
        pairs = [(name, step) for name, step, _ in entries_of(self.transformers)]
        if not isinstance(self.remainder, str):
            pairs.append(("remainder", self.remainder))
        return pairs

    def _columns_of_parts(self, *tables):
        return parts_by_columns(self, dict(self._children()), tables)

    def _check_structure(self):
        """Refuse what cannot stand side by side."""
        given = entries_of(self.transformers)
        check_transformers(self._children())
        for name, step, columns in given:
            alone = isinstance(columns, (str, Integral))
            kept = isinstance(step, str) and step == "passthrough"
            if alone and (kept or isinstance(first_step(step), DPEstimator)):
                raise ValueError(
                    f"{name!r} takes a table, and {columns!r} alone is one column of "
                    f"it. Write a list: [{columns!r}]."
                )
        self._validate_names([name for name, *_ in given])
        if isinstance(self.remainder, str) and self.remainder not in _REMAINDERS:
            raise ValueError(
                "remainder must be 'drop', 'passthrough' or a transformer. Use one."
            )

    def _planned(self, row, *, classes=(0, 1)):
        """A clone that was fitted on no rows."""
        self._check_children()
        plan, geometry = clone(self), input_geometry(self.bounds, row)
        schema, indices = fitted_to_columns(self, row)
        children = self._shared_out(self._budget())
        for child, columns, taken in _assigned(schema, indices, children):
            child.hand(geometry.of(taken))
            part = columns_of(row, columns, taken)
            child.step = planned(child.step, part, classes)
        plan._keep(schema, indices, children, geometry, row)
        return plan

    def _rehearse_parts(self, children, given):
        geometry = public_geometry(self.bounds, given.X)
        if width_of(given.X) is None:
            for child in children:
                rehearse_chain([child], given.with_table(None), Geometry())
            return
        schema, indices = fitted_to_columns(self, given.X)
        for child, columns, taken in _assigned(schema, indices, children):
            part = given.with_table(emptied(columns_of(given.X, columns, taken)))
            rehearse_chain([child], part, geometry.of(taken))

    @property
    def default_weight(self) -> Any:
        """Weight in a pipeline around this one: that of its heaviest part."""
        weights = [default_weight(step) for _, step in self._children() if spends(step)]
        return max(weights, default=1.0)

    def get_metadata_routing(self) -> Any:
        """Metadata that the transformers ask for, and the groups of the whole.

        Returns
        -------
        MetadataRouter
            What goes where.
        """
        return with_groups(super().get_metadata_routing(), self)


def _assigned(schema, indices, children):
    """Children that have columns: the child, its columns, and their numbers."""
    by_name = {child.name: child for child in children}
    for name, _, columns in schema.transformers_:
        child = by_name.get(name)
        if child is None or isinstance(child.step, str) or not len(indices[name]):
            continue
        yield child, columns, indices[name]
