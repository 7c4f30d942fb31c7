"""Tables for demo and benchmarks: bundled with scikit-learn, in a folder, or OpenML.

A table comes with its schema: which columns are numbers, which values a category may
take, which classes there are. Privacy is about rows; the schema is taken as public, and
whoever uses these tables with real secrets must write it down without looking at them.
"""

import os
from dataclasses import dataclass
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
}
PUBLIC_TARGET_BOUNDS = {"diabetes": (0.0, 400.0)}

TARGETS = {
    "abalone": "Rings",
    "adult": "income",
    "bank_marketing": "y",
    "california_housing": "median_house_value",
    "compas": "two_year_recid",
    "covertype_20k": "Cover_Type",
    "credit_default": "default",
    "diabetes130": "readmitted",
    "elevators": "Goal",
    "german_credit": "class",
    "mammography": "class",
    "phoneme": "class",
    "pima_diabetes": "Outcome",
    "pol": "foo",
    "telco_churn": "Churn",
    "wine_quality": "quality",
}
# Identifiers, and columns that tell the target.
LEFT_OUT = {
    "bank_marketing": ["duration"],
    "compas": ["is_recid", "event", "start", "end", "id"],
    "diabetes130": ["encounter_id", "patient_nbr"],
    "telco_churn": ["customerID"],
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
    """

    name: str
    X: pd.DataFrame
    y: np.ndarray
    numbers: list
    categories: dict
    classes: np.ndarray | None
    bounds: tuple | None
    target_bounds: tuple | str


def data_folder():
    """Where tables may lie: ``SKPRIVATE_DATA``, or ``shared/data`` beside the repo."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    return Path(os.environ.get("SKPRIVATE_DATA", beside))


def load_table(data, target=""):
    """The table called, or stored at, ``data``.

    Parameters
    ----------
    data : str
        Name of a bundled data set, path of a parquet or csv file, name of a file in
        :func:`data_folder`, or name of a data set at OpenML; the first that exists.
    target : str, default=""
        Column to predict; empty for the usual one of a known table.

    Returns
    -------
    Table
    """
    name = Path(data).stem
    if data in BUNDLED:
        X, y = BUNDLED[data](return_X_y=True, as_frame=True)
    else:
        frame = _read(data)
        target = target or TARGETS.get(name, "")
        if target not in frame:
            raise SystemExit(
                f"{name} has no column {target!r}. Give TARGET=, one of: "
                f"{', '.join(map(str, frame.columns))}"
            )
        frame = frame.dropna(subset=[target]).reset_index(drop=True)
        X, y = frame.drop(columns=[target, *LEFT_OUT.get(name, ())]), frame[target]
    return _with_schema(name, X, y)


def _read(data):
    """The data frame at a path, in the data folder, or at OpenML."""
    for path in (Path(data), data_folder() / f"{data}.parquet"):
        if path.is_file():
            return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    if Path(data).suffix:
        raise SystemExit(f"There is no file {data}. Give DATA= a table or a name.")
    return datasets.fetch_openml(data, version=1, as_frame=True).frame


def _with_schema(name, X, y):
    """A table with its schema, read off the rows (see the top of this file)."""
    X = X.copy()
    for column in X.columns[[not _is_number(X[c]) for c in X]]:
        X[column] = X[column].astype("object").where(X[column].notna(), "missing")
        X[column] = X[column].astype(str)
    numbers = [c for c in X if _is_number(X[c])]
    X[numbers] = X[numbers].astype(np.float64)
    categories = {c: sorted(X[c].unique()) for c in X if c not in numbers}
    categories = {c: v for c, v in categories.items() if len(v) <= MOST_CATEGORIES}
    is_regression = _is_number(y) and y.nunique() > 20
    y = y.to_numpy(dtype=np.float64) if is_regression else y.to_numpy()
    return Table(
        name=name,
        X=X[[*numbers, *categories]],
        y=y,
        numbers=numbers,
        categories=categories,
        classes=None if is_regression else np.unique(y),
        bounds=PUBLIC_BOUNDS.get(name),
        target_bounds=PUBLIC_TARGET_BOUNDS.get(name, "private"),
    )


def _is_number(column):
    return pd.api.types.is_numeric_dtype(column)
