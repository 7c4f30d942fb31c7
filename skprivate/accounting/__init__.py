"""Privacy accounting: budgets, composition and calibration.

The neighbouring relation is *add or remove one unit* throughout; functions that take
a `relation` also state the price under *replace one unit*. Importing this package is
cheap: dp-accounting and scipy are imported on first use.
"""

from skprivate.accounting._budget import Budget
from skprivate.accounting._calibrate import noise_multiplier
from skprivate.accounting._compose import (
    delta_of_events,
    epsilon_curve,
    epsilon_of_events,
)
from skprivate.accounting._errors import BudgetExceededError
from skprivate.accounting._filter import Filter
from skprivate.accounting._gdp import delta_of, epsilon_of, mu_of
from skprivate.accounting._groups import events_of_group
from skprivate.accounting._price import Price, price_of
from skprivate.accounting._pure import (
    bounded_range_of_mu,
    mu_of_bounded_range,
    mu_of_pure,
    pure_of_mu,
)
from skprivate.accounting._sampled import (
    check_rate,
    check_rounds,
    sampled_multiplier,
)

__all__ = [
    "Budget",
    "BudgetExceededError",
    "Filter",
    "Price",
    "bounded_range_of_mu",
    "check_rate",
    "check_rounds",
    "delta_of",
    "delta_of_events",
    "epsilon_curve",
    "epsilon_of",
    "epsilon_of_events",
    "events_of_group",
    "mu_of",
    "mu_of_bounded_range",
    "mu_of_pure",
    "noise_multiplier",
    "price_of",
    "pure_of_mu",
    "sampled_multiplier",
]
