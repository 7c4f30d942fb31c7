"""A mixed data frame as bounded features, by one private object."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.base._categories import refuse_unlisted
from skprivate.compose._table_categories import category_parts
from skprivate.compose._table_parts import (
    DATE_PARTS,
    CategoryPart,
    DatePart,
    NumberPart,
)
from skprivate.rows import UnitClip, coded_input
from skprivate.rows._features import checked_features
from skprivate.schema import Schema
from skprivate.schema._declared import found_field
from skprivate.tables._facts import fields_of, number_bounds, read_as
from skprivate.tables._ranges import Range, look_at_numbers

_BLOCK_ROWS = 2**13
_CATEGORIES_SHARE = 0.3  # where there are numbers to be looked at, too
_OTHERS_SHARE = 0.1  # of that, to count values that are not among those found


class DPTableVectorizer(DPTransformerMixin, DPEstimator):
    """Turn a data frame of mixed columns into bounded features, privately.

    What becomes of a column is decided by the schema alone: by its type, and by what
    the user declares. Numbers and years of dates are moved into a private range and
    standardized; categories become columns of zeros and ones; months, weekdays and
    hours go from -1 to 1. All that has to be learned about all columns together takes
    four releases: the categories that nobody declared, how many rows have others, the
    magnitudes of the numbers, and their quantiles.

    A value that is not among the categories of its column gets the usual mixture of
    them: for each the share of rows that have it. A model then answers as it does on
    average, and not with the noise in a column that hardly a row has ever filled.
    Where found categories leave out clearly more rows than noise could feign, these
    have a column of their own.

    Parameters
    ----------
    schema : Schema or mapping, default=None
        What is known about columns, or makes them something else than their type says;
        see :class:`~skprivate.schema.Schema`. It need not name all of them.
    numeric : {"standard", "minmax"}, default="standard"
        Numbers with mean zero and variance one, without the outermost half percent on
        either side; or from -1 to 1 between their bounds, which are searched for if
        the schema does not tell them.
    datetime : sequence of {"year", "month", "day", "weekday", "hour"}, \
            default=("year", "month", "weekday", "hour")
        Parts of dates, in UTC.
    cardinality_threshold : int, default=40
        Most categories of a column to find. Others are put together, as are those so
        rare that noise hides them. A type that declares more categories than that is
        taken to declare none; a schema may list any number.
    find_categories : bool, default=True
        Whether to pay for categories that neither a type nor the schema tells: with a
        part of ``epsilon`` if there are such columns, and with a tenth of ``delta`` in
        any case, since prices are fixed before there is a table; if ``delta`` is zero,
        none are found. False refuses such columns, and keeps that part of ``delta``.
    add_indicator : bool, default=False
        Whether each number also gets a column that is one where it is missing. That is
        done for all numbers: which of them lack values is private. A missing number
        is always replaced by the mean.
    epsilon : float, default=1.0
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    delta : float, default=1e-6
        Budget of a fit; zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes the fit repeatable, and not private.

    Attributes
    ----------
    schema_ : Schema
        What was declared and what was found, for all columns: give it to the next
        vectorizer of this table, and nothing needs to be found again.
    kind_to_columns_ : dict of str to list of str
        Names of the columns of each kind.
    output_to_input_ : dict of str to str
        From the name of each output column to that of its column.
    parts_ : tuple
        What becomes of each column.
    columns_ : tuple of Column
        How each column is read.
    output_bounds_ : tuple (low, high) of ndarray
        Range of ``transform``, of any rows.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPColumnTransformer : Transformers for columns that you choose.
    skprivate.schema.Schema : What is public about a table.

    Notes
    -----
    A row holds one value in each column. In the search for categories it adds one to a
    key of each column of which categories are to be found, and then to one count of
    each of these columns; in the search for ranges,
    one to a cell of each number; and for quantiles, one to an interval of each number
    on each level. A missing number adds nothing. All else follows from these counts.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skprivate.compose import DPTableVectorizer
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(
    ...     {
    ...         "age": rng.integers(18, 90, 5000),
    ...         "plan": rng.choice(["free", "team"], 5000),
    ...         "member": rng.random(5000) < 0.5,
    ...     }
    ... )
    >>> vectorizer = DPTableVectorizer(epsilon=1.0).fit(X)
    >>> vectorizer.get_feature_names_out().tolist()
    ['age', 'plan_free', 'plan_team', 'plan_infrequent_sklearn', 'member']
    """

    _takes_tables = True
    default_weight = 0.25  # in a pipeline: counts need less than what is made of them

    def __init__(
        self,
        *,
        schema: Schema | Mapping[Any, Any] | None = None,
        numeric: Literal["standard", "minmax"] = "standard",
        datetime: Sequence[Literal["year", "month", "day", "weekday", "hour"]] = (
            "year",
            "month",
            "weekday",
            "hour",
        ),
        cardinality_threshold: int = 40,
        find_categories: bool = True,
        add_indicator: bool = False,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        max_weight: float = 1.0,
        max_rows_per_group: int | UnitClip = 1,
        random_state: SeedLike = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.schema = schema
        self.numeric = numeric
        self.datetime = datetime
        self.cardinality_threshold = cardinality_threshold
        self.find_categories = find_categories
        self.add_indicator = add_indicator

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "schema": [Schema, dict, None],
        "numeric": [StrOptions({"standard", "minmax"})],
        "datetime": [list, tuple],
        "cardinality_threshold": [Interval(Integral, 1, None, closed="left")],
        "find_categories": ["boolean"],
        "add_indicator": ["boolean"],
    }

    def _read_as(self, columns):
        return read_as(columns, self._known(), self.cardinality_threshold)

    def _discovers(self):
        return self.find_categories  # the schema need not name all columns

    def _known(self):
        """The schema that was given, as one."""
        return None if self.schema is None else Schema(self.schema)

    def _fit(self, curator):
        _check_parts(self.datetime)
        self.columns_ = curator.columns
        fields = fields_of(curator.columns, self._known())
        numbers = {
            j: number_bounds(field)
            for j, field in enumerate(fields)
            if self._is_looked_at(field)
        }
        share = curator.remaining * (_CATEGORIES_SHARE if numbers else 1.0)
        categories = self._categories(curator, fields, (1 - _OTHERS_SHARE) * share)
        parts = category_parts(curator, categories, share=_OTHERS_SHARE * share)
        found = look_at_numbers(
            curator, [*numbers], [*numbers.values()], share=curator.remaining
        )
        ranges = dict(zip(numbers, found, strict=True))
        self.parts_ = tuple(
            parts.get(j) or self._part(field, ranges.get(j))
            for j, field in enumerate(fields)
        )
        self._describe(fields, ranges, categories)

    def _is_looked_at(self, field):
        """Whether the values of a column have to be looked at, to learn their range."""
        if field.kind == "date" and "year" not in self.datetime:
            return False
        if field.kind not in ("number", "date"):
            return False
        return self.numeric == "standard" or field.bounds is None

    def _categories(self, curator, fields, share):
        """Categories of each column that has some, declared or found, by its number."""
        numbers = [j for j, field in enumerate(fields) if field.kind == "category"]
        known = [fields[j].categories for j in numbers]
        if None in known and not self.find_categories:
            refuse_unlisted(curator.columns, numbers[known.index(None)])
        given = ["private" if listed is None else listed for listed in known]
        lists = curator.categories(
            given, share=share, missing=True, max_categories=self.cardinality_threshold
        )
        return dict(zip(numbers, lists, strict=True))

    def _part(self, field, found):
        """What becomes of a column that holds no categories."""
        if field.kind == "boolean":
            return NumberPart(Range.between(0.0, 1.0), self.add_indicator)
        if found is None and field.bounds is not None:
            found = Range.between(*number_bounds(field))
        elif found is not None and self.numeric == "minmax":
            found = Range.between(found.low, found.high)
        if field.kind == "date":
            parts = tuple(part for part in self.datetime if part != "year")
            return DatePart(found if "year" in self.datetime else None, parts)
        return NumberPart(found, self.add_indicator)

    def _describe(self, fields, ranges, categories):
        """Keep what is known about the columns, and about those that come out."""
        ends = [pair for part in self.parts_ for pair in part.bounds()]
        low, high = np.array(ends, dtype=np.float32).astype(np.float64).reshape(-1, 2).T
        bounds = np.ascontiguousarray(low), np.ascontiguousarray(high)
        self.output_geometry_ = Geometry(bounds)
        names = OneToOneFeatureMixin.get_feature_names_out(self).tolist()
        self.schema_ = Schema(
            {
                name: found_field(
                    field,
                    (ranges[j].low, ranges[j].high) if j in ranges else None,
                    categories.get(j),
                )
                for j, (name, field) in enumerate(zip(names, fields, strict=True))
            }
        )
        self.kind_to_columns_ = {}
        for name, field in zip(names, fields, strict=True):
            self.kind_to_columns_.setdefault(field.kind, []).append(name)
        self.output_to_input_ = dict(self._outputs(names))

    def transform(self, X: TableLike) -> TableLike:
        """Bounded features of ``X``.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows with the columns of ``fit``.

        Returns
        -------
        ndarray of float32 of shape (n_samples, n_features_out)
        """
        check_is_fitted(self)
        lists = [p.categories for p in self.parts_ if isinstance(p, CategoryPart)]
        table = coded_input(self, X, self.columns_, lists)
        features = np.zeros((len(table), len(self.output_bounds_[0])), np.float32)
        # Some thousand rows at a time, which stay in the cache.
        for rows in gen_batches(len(table), _BLOCK_ROWS):
            for values, (part, place) in zip(
                table[rows].T, self._places(), strict=True
            ):
                part.write(values, features[rows, place])
        return features

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Rows of the table that these features stand for, as far as they tell.

        So a center of clusters, or what a model is asked about, can be read in the
        units of the table. What lay outside of a range is at its end, a missing number
        is the mean, a date has what its year tells.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out)
            Output of ``transform``, or means of such rows.

        Returns
        -------
        ndarray of object of shape (n_samples, n_features)
            Numbers, dates as ``datetime64``, and for each category the one with the
            largest share, ``"infrequent_sklearn"`` for those that have no column.
        """
        check_is_fitted(self)
        X = checked_features(X, min_rows=1).astype(np.float64)
        if X.shape[1] != len(self.output_bounds_[0]):
            raise ValueError(
                f"X has {X.shape[1]} features, but {len(self.output_bounds_[0])} come "
                "out of transform. Give rows such as it returns."
            )
        rows = np.empty((len(X), len(self.parts_)), dtype=object)
        for j, (part, place) in enumerate(self._places()):
            rows[:, j] = [*part.read(X[:, place])]
        return rows

    def _places(self):
        """The part of each column, and where in the output it writes."""
        end = 0
        for part in self.parts_:
            start, end = end, end + len(part.endings())
            yield part, slice(start, end)

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Names of the columns: that of the column, and what tells them apart.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the features, if they had none in ``fit``.

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self)
        names = OneToOneFeatureMixin.get_feature_names_out(self, input_features)
        return np.array([name for name, _ in self._outputs(names)], dtype=object)

    def _outputs(self, names):
        """Name of each output column, all of them different, and of its column."""
        seen = set()
        for name, part in zip(names, self.parts_, strict=True):
            for ending in part.endings():
                output = f"{name}_{ending}" if ending else name
                while output in seen:
                    output += "_"
                seen.add(output)
                yield output, name

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _check_parts(datetime):
    """Refuse parts of dates that are not known."""
    if not {*datetime} <= {*DATE_PARTS}:
        raise ValueError(
            f"datetime names an unknown part of dates. Use some of {DATE_PARTS}."
        )
