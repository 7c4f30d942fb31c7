"""Secret coins: in which part a privacy unit falls."""

import numpy as np

from skprivate.rows import in_memory_array
