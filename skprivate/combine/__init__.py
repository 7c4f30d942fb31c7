"""Private samplers that add rows and leave rows out."""

from skprivate.combine._combine import DPCombine

__all__ = ["DPCombine"]
