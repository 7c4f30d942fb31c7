"""When to stop training, told by rows that are kept aside, for one price."""

from collections import deque
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.base import PrivacyReport, Release, entropy_of
from skprivate.base._coins import number_of_rows, refuse_elsewhere
from skprivate.ledger import charge
from skprivate.ledger._charge import charge_carried
from skprivate.mechanisms import AboveThreshold, Laplace
from skprivate.metrics import DPScorer
from skprivate.model_selection._scoring import scorer_for
from skprivate.pipeline._shares import whole_budget

_ONE = 2.0**20  # grid steps in a score of one


class DPEarlyStopping:
    """Rows kept aside that say, of one model after another, whether to stop.

    Two questions are asked of each model, and the first yes ends it: is its mean score
    at least ``good_enough``? And is it not better by ``min_gain`` than the model
    ``patience`` models ago?

    **Guarantee.** All answers together are ``epsilon``-DP, on add or remove one row,
    however many models are asked about: they are the sparse vector technique (Lyu, Su
    and Li 2017, "Understanding the sparse vector technique", Algorithm 7 with
    ``c = 1``, Theorem 4), in which each question may depend on earlier answers. There
    is one noisy threshold for all questions. A question is a sum over rows of ``score -
    good_enough`` or of ``old score - score + min_gain``, for scores in [0, 1] on a
    grid: a row moves it by at most ``1 + min_gain``, the sensitivity that the noise
    has. The models must know these rows by the answers only.

    An answer is right but for the noise, some ``6 / epsilon`` rows' worth of score.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows that no model is fitted to.
    y : array-like of shape (n_samples,)
        Their targets.
    scoring : str or DPScorer, default="accuracy"
        A score that is a mean over rows: accuracy, ``"neg_log_loss"``,
        ``"neg_brier_score"``, or an error with public ``target_bounds``. Its own budget
        is not used.
    good_enough : float, default=None
        Stop at this mean score of rows, which is in [0, 1]: a loss is taken relative to
        its largest value, and from one. None does not ask.
    min_gain : float, default=0.0
        Smallest gain that counts, on the same scale.
    patience : int, default=5
        Stop if the last so many models have gained less than ``min_gain``.
    epsilon : float, default=1.0
        Price of all answers, paid when this object is made; ``delta`` is zero.
    random_state : int, RandomState instance or None, default=None
        A seed makes answers repeatable, and not private.

    Attributes
    ----------
    stopped : bool
        Whether the answer was yes.
    n_models : int
        Models asked about, which is public.
    privacy_ : PrivacyReport
        The price.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.model_selection import DPEarlyStopping
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (3000, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> stopping = DPEarlyStopping(X[2000:], y[2000:], good_enough=0.8)
    >>> for epsilon in (0.01, 0.1, 1.0):
    ...     model = DPLogisticRegression(
    ...         bounds=(-1, 1), classes=[0, 1], epsilon=epsilon
    ...     )
    ...     model = model.fit(X[:2000], y[:2000])
    ...     if stopping.should_stop(model):
    ...         break
    >>> stopping.stopped
    True
    """

    def __init__(
        self,
        X: TableLike,
        y: ArrayLike,
        *,
        scoring: str | DPScorer = "accuracy",
        good_enough: float | None = None,
        min_gain: float = 0.0,
        patience: int = 5,
        epsilon: float = 1.0,
        random_state: SeedLike = None,
    ) -> None:
        _check_level(good_enough, "good_enough", optional=True)
        _check_level(min_gain, "min_gain")
        if isinstance(patience, bool) or not isinstance(patience, Integral):
            raise TypeError("patience must be a whole number of models. Give 5, say.")
        if patience < 1:
            raise ValueError("patience must be at least 1. Give 5, for example.")
        self.good_enough, self.min_gain = good_enough, float(min_gain)
        self.patience, self.epsilon = int(patience), epsilon
        self._scorer = scorer_for(scoring, None)
        if not self._scorer.adds_up:
            raise _no_mean()
        refuse_elsewhere(X, y)
        budget, entropy = whole_budget(epsilon, 0.0), entropy_of(random_state)
        owner, seeded = (self, self._scorer), entropy.seeded
        paid = charge("DPEarlyStopping", budget, owner=owner, seeded=seeded)
        with paid.kept():
            number_of_rows(X, y)
        self._rows, self._entropy = (X, y), entropy
        self._mechanism = AboveThreshold(budget.epsilon)
        self._threshold = None
        self._before = deque(maxlen=self.patience)
        self.stopped, self.n_models = False, 0
        self.privacy_ = self._report(budget)
        paid.record(self.privacy_)
        self._charged = paid.ledgers

    @property
    def _levels(self):
        """How far one row moves the answer to a question, in grid steps."""
        return _ONE + self._gain

    @property
    def _gain(self):
        """Smallest gain that counts, in grid steps."""
        return float(np.rint(_ONE * self.min_gain))

    def should_stop(self, model: Estimator) -> bool:
        """Whether to stop; once the answer is yes, it remains.

        Parameters
        ----------
        model : estimator
            Fitted, and not to these rows.

        Returns
        -------
        bool
        """
        if self.stopped:
            return True
        self._charge_ledgers_of(model)
        scores = self._scores(model)
        self.n_models += 1
        self.stopped = any(self._is_positive(sums) for sums in self._questions(scores))
        self._before.append(scores)
        return self.stopped

    def _charge_ledgers_of(self, model):
        """Let ledgers that a model carries count all answers, once."""
        name, budget = "DPEarlyStopping", self.privacy_.budget
        paid = charge_carried(
            name, budget, model, self._charged, seeded=self._entropy.seeded
        )
        paid.record(self.privacy_)
        self._charged |= paid.ledgers

    def _questions(self, scores):
        """Contributions of rows to each question, in grid steps."""
        if self.good_enough is not None:
            yield scores - np.rint(_ONE * self.good_enough)
        if len(self._before) == self.patience:
            yield self._before[0] - scores + self._gain

    def _scores(self, model):
        """Score of each row in grid steps."""
        scores = self._scorer.row_score(model, *self._rows)
        if scores is None:
            raise _no_mean()
        scores = np.nan_to_num(np.asarray(scores, dtype=np.float64))
        return np.rint(np.clip(scores, 0.0, 1.0) * _ONE)

    def _is_positive(self, contributions):
        """Whether a noisy sum reaches the noisy threshold, which is around zero.

        The noises are those of :class:`~skprivate.mechanisms.AboveThreshold`, which is
        given all questions at once; here they come one by one.
        """
        total = int(contributions.sum())
        if not self.privacy_.budget.private:
            return total >= 0
        first, second = self._mechanism.split()
        if self._threshold is None:
            self._threshold = self._noisy(0, first, b"threshold")
        # Of two, as an answer moves either way: the scale is 2 levels / second.
        return self._noisy(total, second / 2, b"question") >= self._threshold

    def _noisy(self, total, epsilon, context):
        """A total with Laplace noise."""
        context += str(self.n_models).encode()
        total = np.array([total], dtype=np.int64)
        return int(Laplace(epsilon)(total, self._levels, self._entropy, context)[0])

    def _report(self, budget):
        """The one release: how many models were asked about until the yes."""
        real = self._levels / _ONE
        asked = Release("SparseVector", 1, real, np.inf, 1.0, self._mechanism)
        return PrivacyReport(
            estimator="DPEarlyStopping",
            budget=budget,
            releases=(asked,),
            assumed=(),
            unit="row",
            seeded=self._entropy.seeded,
        )

    def __reduce__(self):
        raise TypeError(
            "DPEarlyStopping holds private rows and a secret threshold, so it cannot "
            "be copied or pickled. Keep its privacy_, or pay for a new one."
        )

    def __repr__(self):
        state = "stopped" if self.stopped else "going on"
        return (
            f"DPEarlyStopping({state} after {self.n_models} models, "
            f"epsilon={self.epsilon:g})"
        )


def _no_mean():
    return ValueError(
        "This score is no mean over rows in [0, 1]. Choose accuracy, neg_log_loss or "
        "neg_brier_score, or an error with target_bounds."
    )


def _check_level(value, name, *, optional=False):
    """Refuse what is no score in [0, 1]."""
    if optional and value is None:
        return
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number in [0, 1], such as 0.01.")
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be in [0, 1]. Scores of rows are in that range.")
