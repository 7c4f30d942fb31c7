"""Tables for demo and benchmarks: bundled with scikit-learn, in a folder, or OpenML.

A table comes with its schema: which columns are numbers, which values a category may
take, which classes there are. Privacy is about rows; the schema is taken as public, and
whoever uses these tables with real secrets must write it down without looking at them.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets

BUNDLED = {
    "breast_cancer": datasets.load_breast_cancer,
    "diabetes": datasets.load_diabetes,
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
}
# Radius, texture, perimeter, area, smoothness, compactness, concavity, concave points,
# symmetry and fractal dimension of cell nuclei: their mean, its error, their worst.
NUCLEI = np.array([50, 50, 300, 5000, 0.5, 1, 1, 0.5, 1, 0.5])
NUCLEI_ERRORS = np.array([5, 5, 50, 500, 0.05, 0.2, 0.5, 0.1, 0.1, 0.05])
NUCLEI_HIGH = np.concatenate([NUCLEI, NUCLEI_ERRORS, NUCLEI])
# Facts that need no look at the rows: round numbers for what an instrument measures;
# and a pixel of `digits` counts the dots in a block of 4 x 4.
PUBLIC_BOUNDS = {
    "breast_cancer": (np.zeros_like(NUCLEI_HIGH), NUCLEI_HIGH),
    "diabetes": (-0.2, 0.2),
    "digits": (0.0, 16.0),
    "mnist": (0.0, 255.0),
}
PUBLIC_TARGET_BOUNDS = {"diabetes": (0.0, 400.0)}

TARGETS = {
    "abalone": "Rings",
    "acs_national2019": "PINCP",
    "adult": "income",
    "air_passengers": "Passengers",
    "bank_marketing": "y",
    "california_housing": "median_house_value",
    "compas": "two_year_recid",
    "covertype_20k": "Cover_Type",
    "credit_default": "default",
    "diabetes130": "readmitted",
    "elevators": "Goal",
    "fraud_simulated_30d": "TX_FRAUD",
    "german_credit": "class",
    "imdb_10k": "label",
    "kddcup99_10pct": "label",
    "location30": "label",
    "mammography": "class",
    "mnist": "target",
    "newsgroups20": "newsgroup",
    "parkinsons_telemonitoring": "total_UPDRS",
    "phoneme": "class",
    "pima_diabetes": "Outcome",
    "pol": "foo",
    "sms_spam": "label",
    "telco_churn": "Churn",
    "wisdm_activity": "class",
    "wine_quality": "quality",
}
# Identifiers, and columns that tell the target.
LEFT_OUT = {
    "bank_marketing": ["duration"],
    "compas": [
        "is_recid",
        "event",
        "start",
        "end",
        "id",
        "r_offense_date",
        "r_jail_in",
        "r_jail_out",
        "vr_offense_date",
    ],
    "diabetes130": ["encounter_id", "patient_nbr"],
    "fraud_simulated_30d": [
        "TRANSACTION_ID",
        "CUSTOMER_ID",
        "TERMINAL_ID",
        "TX_FRAUD_SCENARIO",
    ],
    "imdb_10k": ["rating", "split"],
    "newsgroups20": ["doc_id"],
    "parkinsons_telemonitoring": ["subject#", "motor_UPDRS"],
    "telco_churn": ["customerID"],
    "wisdm_activity": ["unique_id", "user"],
}
MOST_CATEGORIES = 60  # a text column with more is free text or an identifier


@dataclass(frozen=True)
class Table:
    """Rows and schema.

    Attributes
    ----------
    name : str
    X : DataFrame
        Columns of numbers (missing values allowed) and of text.
    y : ndarray
    numbers : list of str
    categories : dict of str -> list of str
        Values of each column of text.
    classes : ndarray or None
        None for a regression target.
    bounds : tuple (low, high) or None
        Public range of the numbers, if it is known.
    target_bounds : tuple (low, high) or "private"
        Public range of a regression target, if it is known.
    target : str
        Name of the column that is predicted.
    texts : tuple of str
        Columns of free text, where nothing else is left to predict from.
    left_out : tuple of str
        Other columns that are not used: identifiers and texts; dates, unless asked for.
    """

    name: str
    X: pd.DataFrame
    y: np.ndarray
    numbers: list
    categories: dict
    classes: np.ndarray | None
    bounds: tuple | None
    target_bounds: tuple | str
    target: str = "target"
    texts: tuple = ()
    left_out: tuple = ()

    def sample(self, n_rows):
        """At most so many rows, at random, with the same schema."""
        if len(self.X) <= n_rows:
            return self
        chosen = np.random.default_rng(0).permutation(len(self.X))[:n_rows]
        X = self.X.iloc[chosen].reset_index(drop=True)
        return replace(self, X=X, y=self.y[chosen])


def data_folder():
    """Where tables may lie: ``SKPRIVATE_DATA``, or ``shared/data`` beside the repo."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    return Path(os.environ.get("SKPRIVATE_DATA", beside))


def load_table(data, target="", *, dates=False):
    """The table called, or stored at, ``data``.

    Parameters
    ----------
    data : str
        Name of a bundled data set, path of a parquet or csv file, name of a file in
        :func:`data_folder`, or name of a data set at OpenML; the first that exists.
    target : str, default=""
        Column to predict; empty for the usual one of a known table.
    dates : bool, default=False
        Whether to keep dates, as days since 1970, which are numbers.

    Returns
    -------
    Table
    """
    name = Path(data).stem
    bundled = data in BUNDLED
    frame = BUNDLED[data](as_frame=True).frame if bundled else _read(data)
    target = target or ("target" if bundled else TARGETS.get(name, ""))
    if target not in frame:
        raise SystemExit(
            f"{name} has no column {target!r}. Give TARGET=, one of: "
            f"{', '.join(map(str, frame.columns))}"
        )
    frame = frame.dropna(subset=[target]).reset_index(drop=True)
    known = [c for c in LEFT_OUT.get(name, ()) if c != target]
    X, y = frame.drop(columns=[target, *known]), frame[target]
    # Ranges that are known are those of all columns but the usual target.
    usual = not bundled or target == "target"
    X = _with_days(X) if dates else X
    table = _with_schema(name, X, y, bounds=PUBLIC_BOUNDS.get(name) if usual else None)
    return replace(table, target=str(target), left_out=(*known, *table.left_out))


def _read(data):
    """The data frame at a path, in the data folder, or at OpenML."""
    folder = data_folder()
    for path in (Path(data), folder / f"{data}.parquet", folder / f"{data}.npz"):
        if path.is_file():
            return _READERS.get(path.suffix, pd.read_parquet)(path)
    if Path(data).suffix:
        raise SystemExit(f"There is no file {data}. Give DATA= a table or a name.")
    return datasets.fetch_openml(data, version=1, as_frame=True).frame


def _read_arrays(path):
    """The training part of a file of arrays, each of them a table or a column."""
    arrays = np.load(path)
    if not {"X_train", "y_train"} <= {*arrays.files}:
        raise SystemExit(
            f"{path.name} holds no table: X_train and y_train, one row an example. "
            f"Make one of what it holds: {', '.join(arrays.files)}."
        )
    X = arrays["X_train"].reshape(len(arrays["y_train"]), -1)
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    return frame.assign(target=arrays["y_train"])


_READERS = {".csv": pd.read_csv, ".npz": _read_arrays}


def _with_schema(name, X, y, bounds):
    """A table with its schema, read off the rows (see the top of this file)."""
    X = X.copy()
    for column in X.columns[[not _is_number(X[c]) for c in X]]:
        X[column] = X[column].astype("object").where(X[column].notna(), "missing")
        X[column] = X[column].astype(str)
    numbers = [c for c in X if _is_number(X[c])]
    X[numbers] = X[numbers].astype(np.float64)
    categories = {c: sorted(X[c].unique()) for c in X if c not in numbers}
    others = [c for c, values in categories.items() if len(values) > MOST_CATEGORIES]
    categories = {c: v for c, v in categories.items() if c not in others}
    texts = () if numbers or categories else tuple(others)
    is_regression = _is_number(y) and y.nunique() > 20
    y = y.to_numpy(dtype=np.float64) if is_regression else y.to_numpy()
    return Table(
        name=name,
        X=X[[*numbers, *categories, *texts]],
        y=y,
        numbers=numbers,
        categories=categories,
        classes=None if is_regression else np.unique(y),
        bounds=bounds,
        target_bounds=PUBLIC_TARGET_BOUNDS.get(name, "private"),
        texts=texts,
        left_out=tuple(c for c in others if c not in texts),
    )


def _with_days(X):
    """A table with days since 1970 in place of dates, and of ISO texts of dates."""
    found = {c: _dates_of(X[c]) for c in X if not _is_number(X[c])}
    start, day = pd.Timestamp(0, tz="UTC"), pd.Timedelta(days=1)
    days = {c: (v - start) / day for c, v in found.items() if v is not None}
    return X.assign(**days)


def _dates_of(column):
    """Dates, in UTC; None where something else is in the column, or nothing."""
    there = column.dropna()
    if not pd.api.types.is_datetime64_any_dtype(column):
        texts = there.map(lambda value: isinstance(value, str)).all() and len(there)
        if not texts or not there.str.fullmatch(r"\d{4}-\d\d-\d\d([ T].*)?").all():
            return None
    found = pd.to_datetime(column, format="ISO8601", errors="coerce", utc=True)
    return found if len(there) and found[there.index].notna().all() else None


def _is_number(column):
    return pd.api.types.is_numeric_dtype(column)
