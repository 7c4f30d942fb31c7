"""What makes a frozen dataclass of arrays a value: nobody can alter it."""

from dataclasses import fields

import numpy as np


class Frozen:
    """Mixin of frozen dataclasses that are checked, and whose arrays are read-only.

    Guarantee: after it was made, or has travelled, ``problems`` finds none, and no
    array of it changes with one that it was made from. So two uses of one object are
    uses of one value: what is kept for it may be used again.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.binning import NumberBins
    >>> NumberBins(np.array([0.0])).edges.flags.writeable
    False
    """

    def __post_init__(self):
        for problem in self.problems():
            raise ValueError(
                f"This {type(self).__name__} makes no sense: {problem}. Mend what "
                "makes it."
            )
        for field in fields(self):
            array = getattr(self, field.name)
            if isinstance(array, np.ndarray) and array.flags.writeable:
                array = array.copy()
                array.flags.writeable = False
                object.__setattr__(self, field.name, array)

    def __getstate__(self):
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __setstate__(self, state):
        # What was found of the fields before does not travel: here it is found anew.
        vars(self).update({field.name: state[field.name] for field in fields(self)})
        self.__post_init__()
