"""Private naive Bayes classifiers."""

from skprivate.naive_bayes._bernoulli import DPBernoulliNB
from skprivate.naive_bayes._categorical import DPCategoricalNB
from skprivate.naive_bayes._complement import DPComplementNB
from skprivate.naive_bayes._gaussian import DPGaussianNB
from skprivate.naive_bayes._multinomial import DPMultinomialNB

__all__ = [
    "DPBernoulliNB",
    "DPCategoricalNB",
    "DPComplementNB",
    "DPGaussianNB",
    "DPMultinomialNB",
]
