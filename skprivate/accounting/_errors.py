"""The error that all who keep a budget raise."""


class BudgetExceededError(RuntimeError):
    """A release would have cost more than the budget allows."""
