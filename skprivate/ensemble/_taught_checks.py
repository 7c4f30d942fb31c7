"""Whether teachers and students can do their work: tried on rows that are no secret."""

import warnings
from numbers import Integral, Real

import numpy as np
from sklearn.base import clone

from skprivate.base._tables import take
from skprivate.base._tape import off_the_record
from skprivate.ensemble._vote_rows import public_labels, public_table
from skprivate.ledger._prepaid import covered
from skprivate.rows import refused
from skprivate.rows._labels import encode, sorted_classes
from skprivate.rows._target import checked_target
from skprivate.synthesis import DPTabularSynthesizer

_ROWS = 60


def try_teacher(estimator, asked, values):
    """Refuse a teacher that cannot learn made-up targets of rows that are asked about.

    Every teacher of private rows would abstain, and nobody could say why.

    **Guarantee.** It sees no private row, so its error is shown as it is.

    Parameters
    ----------
    estimator : estimator
    asked : table
        Public, or made of what was released.
    values : ndarray
        Made-up targets, as many kinds as there may be.
    """
    _try("estimator", estimator, asked, values)


def try_student(student, asked, values):
    """The same for a student."""
    _try("student", student, asked, values)


def _try(name, estimator, asked, values):
    n_asked = asked.shape[0]
    n_rows = max(_ROWS, 10 * len(values))
    rows = take(asked, np.arange(n_rows) % n_asked)
    no_numbers, unheard = np.errstate(all="ignore"), off_the_record()
    with warnings.catch_warnings(), no_numbers, covered(), unheard:
        warnings.simplefilter("ignore")
        try:
            model = clone(estimator).fit(rows, np.resize(values, n_rows))
            model.predict(rows)
        except Exception as error:
            raise refused(
                ValueError,
                f"{name} cannot be fitted to the rows that are voted on, with made-up "
                f"targets: {type(error).__name__}: {error} Give one that can, such as "
                "a pipeline that encodes text and fills gaps.",
            ) from error


def check_parameters(model):
    """Refuse parameters of a model that is taught, whatever its rows are."""
    for name in ("estimator", "student"):
        check_model(name, getattr(model, name))
    check_whole("n_estimators", model.n_estimators, 2, 100_000, "200 are usual.")
    check_whole("n_queries", model.n_queries, 1, 10**6, "2,000 are usual.")
    if model.clip is not None:
        check_clip(model.clip)
    queries = model.queries
    named = isinstance(queries, str) and queries in ("marginals", "ranges")
    if not named and not isinstance(queries, DPTabularSynthesizer):
        raise ValueError(
            'queries must be "marginals", "ranges" or a DPTabularSynthesizer.'
        )
    if model.public is not None:
        _check_public(model)
    elif model.public_target is not None:
        raise ValueError(
            "public_target is given, and public is not. Give the rows, too."
        )
    elif named and queries == "ranges" and isinstance(model.bounds, str):
        raise ValueError(
            'queries="ranges" draws rows within public bounds. Give '
            'bounds=(low, high), or queries="marginals".'
        )


def check_model(name, model):
    """Refuse what is neither None nor an instance of an estimator."""
    if model is None or (hasattr(model, "fit") and not isinstance(model, type)):
        return
    raise TypeError(
        f"{name} must be an instance of an estimator, or None for the default. Any of "
        "scikit-learn will do."
    )


def check_whole(name, value, low, high, usual):
    """Refuse what is no whole number from ``low`` to ``high``."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}. {usual}")


def check_clip(clip):
    """Refuse what is no part of the longest vote."""
    number = isinstance(clip, Real) and not isinstance(clip, bool)
    if not number or not 0 < clip <= 1:
        raise ValueError("clip must be above 0, and at most 1. Give 0.15 if unsure.")


def _check_public(model):
    """Refuse public rows that are none, and labels of others, or that are no class."""
    _, n_rows = public_table(model.public)
    labels = public_labels(model.public, model.public_target)
    if labels is None:
        return
    if len(labels) != n_rows:
        raise ValueError(
            "public_target is not one of each row of public. Give as many."
        )
    labels = checked_target(labels, "class" if model._for_classes else "number")
    classes = model.classes if model._for_classes else None
    if classes is not None and len(classes) > 1:
        known = encode(labels, sorted_classes(classes), np.zeros(n_rows, bool)) >= 0
        if not known.all():
            raise ValueError(
                "public_target holds a label that is not in classes. List all of them."
            )
