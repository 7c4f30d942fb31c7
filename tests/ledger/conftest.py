"""Workers of joblib receive the spies themselves.

By name they may find another package called ``tests``, which some wheels install.
"""

from tests.ledger import spies

try:
    import cloudpickle
except ImportError:  # joblib < 1.6 brings its own
    from joblib.externals import cloudpickle

cloudpickle.register_pickle_by_value(spies)
