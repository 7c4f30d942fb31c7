"""How sure an interval is."""

import numpy as np
from scipy.special import ndtri


def quantile_of(confidence):
    """How many standard deviations a two-sided interval reaches."""
    return float(ndtri(0.5 + confidence / 2))


def check_confidence(confidence):
    """Refuse what is no probability strictly between zero and one."""
    if not (isinstance(confidence, (float, np.floating)) and 0 < confidence < 1):
        raise ValueError("confidence must be a number between 0 and 1, such as 0.95.")
