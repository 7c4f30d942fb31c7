"""Numbers that are printed with what one has to know of them."""


class Amount(float):
    """A float that says, when it is printed, why it is infinite or what is missing.

    Parameters
    ----------
    value : float
    reason : str, default=""
        Empty if there is nothing to say: it is then printed as any float.

    Examples
    --------
    >>> from skprivate.ledger._amount import Amount
    >>> Amount(float("inf"), "there is no cap"), Amount(1.5)
    (inf (there is no cap), 1.5)
    """

    def __new__(cls, value, reason=""):
        """Make a float with a reason."""
        amount = super().__new__(cls, value)
        amount.reason = reason
        return amount

    def __repr__(self):
        return self._with_reason(super().__repr__())

    __str__ = __repr__

    def __format__(self, spec):
        return self._with_reason(super().__format__(spec))

    def _with_reason(self, text):
        return f"{text} ({self.reason})" if self.reason else text
