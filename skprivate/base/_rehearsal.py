"""A fit on no rows, before anything is paid: what public facts reveal is free."""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from inspect import getattr_static
from numbers import Integral

import numpy as np

from skprivate.base._bounds import check_bounds
from skprivate.base._categories import known_categories
from skprivate.base._curator import Curator
from skprivate.base._foreign_categories import refuse_foreign_categories
from skprivate.base._range import is_private
from skprivate.mechanisms import Entropy
from skprivate.rows import NoRows, Rows
from skprivate.rows._columns import schema_of
from skprivate.rows._dask import refuse_mixed
from skprivate.rows._emptied import emptied, emptied_column
from skprivate.rows._kinds import is_dask, is_sparse
from skprivate.rows._refusal import refused
from skprivate.rows._target import checked_target

_NOTHING = 1e-6  # of the budget
_WIDTH = 2  # stands in for a number of columns that is not known


@dataclass(frozen=True, eq=False)
class Given:
    """What is public about the arguments of ``fit``.

    **Guarantee.** It holds no row, and nothing in it depends on one.

    Parameters
    ----------
    X : container without rows, or None
        None: nothing is known about the columns.
    y, sample_weight, groups : container without rows, or None
        None: not given.
    paid : Charge, default=None
        What is to be debited; a strict ledger refuses what is assumed public.
    has_type : bool, default=False
        Whether ``y`` declares a type; a list has none.
    in_source : bool, default=False
        Whether ``y`` comes along with the rows of a source.
    """

    X: object = None
    y: object = None
    sample_weight: object = None
    groups: object = None
    paid: object = None
    has_type: bool = False
    in_source: bool = False

    @classmethod
    def of(cls, X, y=None, sample_weight=None, groups=None, paid=None):
        """What is public about these."""
        if X is None:
            raise refused(TypeError, "X is None. Pass the rows.")
        if is_dask(X):
            refuse_mixed(X, y, sample_weight)
        told = X.without_rows() if isinstance(X, Rows) else None
        if told is not None and y is None and sample_weight is None and groups is None:
            X, y, sample_weight, groups = told
        if isinstance(X, Rows):
            # A property may have to read a chunk.
            width = getattr_static(X, "n_features", None)
            known = isinstance(width, Integral)
            X = NoRows(int(width) if known else _WIDTH)
            X.width_is_known = known
        rest = map(emptied_column, (y, sample_weight, groups))
        in_source = isinstance(X, Rows)
        return cls(emptied(X), *rest, paid, emptied(y) is not None, in_source)

    @property
    def facts(self):
        """Names and types of columns, and what else was given, as plain values."""
        X = self.X
        if isinstance(X, Rows):
            columns = X.n_features if X.width_is_known else None
        elif is_sparse(X) or len(getattr(X, "shape", ())) != 2:
            columns = getattr(X, "shape", None)
        else:
            columns = schema_of(X)
        beside = self.y, self.sample_weight, self.groups
        return columns, self.in_source, [part is not None for part in beside]

    def with_table(self, X):
        """The same with another table, of which there are no rows either."""
        return replace(self, X=X)


class Rehearsal(Curator):
    """A curator that has no rows, and answers with zeros.

    What a fit does before its first answer is what it will do on rows. Later it may
    depend on the answer; so from there on only what this curator itself refuses counts:
    bounds, and queries for which the budget has no noise.

    Parameters
    ----------
    rows : NoRows
    *args, **kwargs
        Of a Curator.
    given : Given
        What is public.
    known : bool
        Whether the columns are known.

    Attributes
    ----------
    certain : bool
        Whether an error that is raised now would be raised on rows.
    mistake : Exception or None
        What this curator has refused.
    """

    def __init__(self, rows, *args, given, known, **kwargs):
        super().__init__(rows, *args, **kwargs)
        self.certain, self.mistake = known, None
        self._known, self._given = known, given

    @property
    def weighted(self):
        """Whether there will be weights."""
        return self._given.sample_weight is not None or self._given.groups is not None

    def assume(self, fact, **advice):
        """Note a fact, which may be in the rows."""
        with self._refusing():
            super().assume(fact, **advice)
        self.certain = False

    def classes(self, classes, *, least=1):
        """Labels; refused if the type of ``y`` says that it holds none of them."""
        if classes is None:
            return super().classes(classes)
        with self._refusing():
            labels = super().classes(classes, least=least)
            if self._given.has_type:
                refuse_other_kind(labels, self._given.y)
        return labels

    def categories(self, given="private", **options):
        """Categories; refused if the types of the table say that no row has one."""
        if self._known:
            with self._refusing():
                lists, _ = known_categories(given, self.columns)
                refuse_foreign_categories(lists, self.columns, self._given.X)
        return super().categories(given, **options)

    def bounds(self, bounds, *, share, norm=None):
        """Bounds that are given, or zero and one."""
        if is_private(bounds):
            return super().bounds(bounds, share=share, norm=norm)
        with self._refusing():
            ends = check_bounds(bounds, self.n_features if self._known else None)
        return ends if self._known else (np.zeros(_WIDTH), np.ones(_WIDTH))

    def target_bounds(self, bounds, *, share):
        """The same for the target."""
        if not is_private(bounds):
            with self._refusing():
                check_bounds(bounds, self.n_targets or 1, "target_bounds")
        return super().target_bounds(bounds, share=share)

    def rounds(self, n_rounds, rate, **paid):
        """Rounds, whose numbers are public."""
        with self._refusing():
            return super().rounds(n_rounds, rate, **paid)

    def _sensitivity(self, query):
        with self._refusing():
            return super()._sensitivity(query)

    def _of_scores(self, query):
        with self._refusing():
            return super()._of_scores(query)

    def _thresholded(self, query, share, failing):
        with self._refusing():
            return super()._thresholded(query, share, failing)

    # As it is written, for whoever listens to curators: here nothing is told.
    _charge = Curator._charge

    def _told(self, question, n_releases, answer):
        """From here on a fit may depend on answers; with no budget it asks no more."""
        self.certain = False
        if self.remaining < _NOTHING:
            raise _NothingLeft
        return answer()

    def _noisy(self, queries, sensitivities, mechanisms, coins=None):
        return self._rows.total(queries)

    def _chosen(self, query, levels, mechanism):
        return 0

    def _splits(self, query, levels, mechanism):
        return np.zeros((query.n_trees, query.size // query.n_trees - 1), dtype=bool)

    def _keys(self, query, mechanism, numbers, missing):
        return {}

    def _word_keys(self, query, levels, mechanism):
        return {}

    @contextmanager
    def _refusing(self):
        """What fails in here would fail on rows, whatever they are."""
        try:
            yield
        except Exception as error:
            self.mistake = error
            raise


def refuse_other_kind(labels, y):
    """Refuse texts where numbers are listed, and numbers where texts are."""
    listed = {isinstance(label, str) for label in labels.tolist()}
    kind = getattr(getattr(y, "dtype", None), "kind", "O")  # of objects, rows tell
    told = {"U": True, "T": True} | dict.fromkeys("biuf", False)
    if len(listed) == 1 and kind in told and told[kind] not in listed:
        words = ("text", "numbers") if told[kind] else ("numbers", "text")
        raise refused(
            ValueError,
            f"y holds {words[0]}, and classes are {words[1]}. List every label in "
            "classes=..., of the type that y has.",
        )


class _NothingLeft(Exception):
    """The budget is spent: what follows is arithmetic, which may take long."""


def rehearse(estimator, given):
    """Fit an estimator on no rows; raise what public facts reveal to be wrong.

    **Guarantee.** It looks at no row, so what it raises tells nothing about one.

    Parameters
    ----------
    estimator : DPEstimator
        Not changed.
    given : Given
    """
    twin = object.__new__(type(estimator))
    vars(twin).update(vars(estimator))
    twin._validate_params()
    budget = twin._budget()
    curators = []

    def asked(rows, *args, **kwargs):
        curators.append(Rehearsal(rows, *args, given=given, known=known, **kwargs))
        return curators[-1]

    rows, known = _no_rows(twin, given)
    unit = twin._unit(given.X, given.sample_weight, given.groups)
    try:
        with np.errstate(all="ignore"):
            twin._fit_rows(rows, budget, Entropy(0), unit, paid=given.paid, asked=asked)
    except Exception as error:
        if not curators or curators[0].certain or error is curators[0].mistake:
            raise


def _no_rows(twin, given):
    """Rows that are none, and whether their columns are known."""
    is_source, number = isinstance(given.X, Rows), twin._n_targets(given.X, given.y)
    if given.X is None or (is_source and twin._takes_tables):  # names may be unread
        if not given.in_source:
            kind, owner = twin._target_kind(), type(twin).__name__
            checked_target(_typed(given, number), kind, owner, number)
        return NoRows(_WIDTH, (0, 1), n_targets=number), False
    y = np.empty(0) if given.in_source and not is_source else _typed(given, number)
    admitted = twin._admitted(given.X, y, given.sample_weight, given.groups, min_rows=0)
    rows = NoRows(admitted.n_features, (0, 1), admitted.columns, admitted.n_targets)
    rows = rows if twin._target_kind() != "none" else rows._with_target(None)
    return rows, given.X.width_is_known if is_source else True


def _typed(given, n_targets):
    """What is known of the target; of a list nothing, not even how many columns."""
    unknown = n_targets is not None and given.y is not None and not given.has_type
    return np.empty((0, n_targets)) if unknown else given.y
