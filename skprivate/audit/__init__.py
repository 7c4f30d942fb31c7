"""What sees rows as they are, to judge what was made of them: not private."""

from skprivate.audit._synthetic import SyntheticReport

__all__ = ["SyntheticReport"]
