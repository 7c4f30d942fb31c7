"""The privacy report of a whole model, as plain data with a price."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any, Literal, Self

from skprivate.accounting import epsilon_of_events
from skprivate.report._curve import known_curves, plot_curves
from skprivate.report._record import parts_from, to_dict
from skprivate.report._stated import stated


@dataclass(frozen=True, repr=False)
class ModelPrivacyReport:
    """What a model, or a ledger, has released about its rows, and at what price.

    Made by :func:`skprivate.privacy_report`. Shows itself as text, as HTML in a
    notebook, and as a section of a model card; :meth:`to_json` keeps it.

    **Guarantee.** ``ways`` hold an event for every private fit that is seen, or that
    the model is known to have made. If something else looked at rows, or is not known
    not to have, there is a gap, and ``epsilon`` is infinite.

    Parameters
    ----------
    name : str
        Class of the model.
    delta : float
        The ``delta`` at which prices are stated unless another is asked for.
    ways : tuple of tuple of DpEvent
        What was paid for, and concerns the same privacy unit. There is one way, unless
        a ledger was told of disjoint parts of the rows: a unit is then in one of them,
        and the dearest way counts.
    n_fits : int
        Number of private fits, seen or not.
    fits : tuple of Fit
        Those that can be seen.
    gaps : tuple of Leak
        What takes the guarantee away.
    unseen : tuple of str
        What is paid for, but whose releases and assumptions are not known any more.
    presumed : tuple of (place, fact)
        What the model around the fits took for granted.
    asserted : tuple of str
        Facts about the whole that the user declared.
    seeded : bool
        Whether the noise of a fit can be repeated by whoever knows ``random_state``.
    facts : tuple of (name, text)
        What people have stated, such as the purpose; see :meth:`with_facts`.
    versions : tuple of (name, text)
        Software at the time of the report.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate import privacy_report
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> X, y = load_iris(return_X_y=True)
    >>> model = DPGaussianNB(bounds=(0, 8), classes=[0, 1, 2]).fit(X, y)
    >>> report = privacy_report(model)
    >>> report.private, round(report.epsilon(), 6)
    (True, 1.0)
    >>> report.to_model_card().splitlines()[0]
    '## Privacy'
    """

    name: str
    delta: float
    ways: tuple
    n_fits: int
    fits: tuple
    gaps: tuple = ()
    unseen: tuple = ()
    presumed: tuple = ()
    asserted: tuple = ()
    seeded: bool = False
    facts: tuple = ()
    versions: tuple = field(default=(), compare=False)

    def epsilon(
        self,
        delta: float | None = None,
        *,
        relation: Literal["add_remove", "replace_one"] = "add_remove",
    ) -> float:
        """Total price at ``delta``.

        Parameters
        ----------
        delta : float, default=None
            The ``delta`` of the guarantee; None means that of the report.
        relation : {"add_remove", "replace_one"}, default="add_remove"
            Neighbours: one unit more or less, or one unit replaced by another.

        Returns
        -------
        float
            Infinite if there is a gap.
        """
        if delta is None:
            delta = self.delta
        if self.gaps:
            return float("inf")
        ways = self.ways
        if relation == "replace_one":
            # A unit may be replaced by one of another part, and then pays for both.
            ways = (tuple(chain.from_iterable(ways)),)
        prices = [epsilon_of_events(way, delta, relation=relation) for way in ways]
        return max(prices, default=0.0)

    @property
    def private(self) -> bool:
        """Whether there is a guarantee at all."""
        return not self.gaps and not self.seeded and self.epsilon() < float("inf")

    @property
    def units(self) -> tuple[Any, ...]:
        """The privacy units of the fits: one, unless fits disagree."""
        return tuple(dict.fromkeys(fit.unit for fit in self.fits))

    @property
    def assumed(self) -> tuple[Any, ...]:
        """Facts that were taken for granted: pairs (place, fact)."""
        facts = [(fit.where, fact) for fit in self.fits for fact in fit.assumed]
        return tuple(dict.fromkeys([*facts, *self.presumed]))

    def with_facts(self, **facts: Any) -> Self:
        """The same report, with what only people can say.

        Parameters
        ----------
        **facts : str, date or number
            Such as ``purpose``, ``legal_basis``, ``retention`` (a date) and
            ``unit_of_privacy``; an unknown name is an error that lists the known ones.
            They are shown as they are, and replace what was stated before.

        Returns
        -------
        ModelPrivacyReport

        Examples
        --------
        >>> from skprivate import privacy_report
        >>> from skprivate.preprocessing import DPStandardScaler
        >>> scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.5]] * 100)
        >>> report = privacy_report(scaler).with_facts(purpose="stock planning")
        >>> report.fact("purpose"), report.fact("retention")
        ('stock planning', None)
        """
        return replace(
            self, facts=tuple((dict(self.facts) | dict(stated(facts))).items())
        )

    def fact(self, name: str) -> Any:
        """What was stated under a name, or None."""
        return dict(self.facts).get(name)

    @cached_property
    def curves(self) -> Any:
        """Points (delta, epsilon) of the accountant's curve, by relation."""
        return {} if self.gaps else known_curves(self.epsilon, self.delta)

    def plot(self, ax: Any = None) -> Any:
        """Plot epsilon as a function of delta.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        matplotlib Axes
        """
        if not self.private and not self.seeded:
            raise ValueError(
                f"{self.name} is not private, so there is no curve to draw. Print the "
                "report to see what to do about it."
            )
        return plot_curves(self.curves, f"Privacy of {self.name}", ax)

    def to_dict(self) -> dict[Any, Any]:
        """The report as plain data, the same in every version of the schema.

        Returns
        -------
        dict
            JSON can hold it; see :meth:`from_dict`.
        """
        return to_dict(self)

    def to_json(self, *, indent: int | None = 2) -> str:
        """The report as JSON.

        Parameters
        ----------
        indent : int or None, default=2
            As for :func:`json.dumps`.

        Returns
        -------
        str
        """
        import json

        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    @classmethod
    def from_dict(cls, data: dict[Any, Any]) -> Self:
        """The report that :meth:`to_dict` has described.

        Parameters
        ----------
        data : dict
            Prices in it are not believed, but computed again from its events.

        Returns
        -------
        ModelPrivacyReport
        """
        return cls(**parts_from(data))

    @classmethod
    def from_json(cls, text: str) -> "ModelPrivacyReport":
        """The report that :meth:`to_json` has described.

        Parameters
        ----------
        text : str
            JSON.

        Returns
        -------
        ModelPrivacyReport
        """
        import json

        return cls.from_dict(json.loads(text))

    def to_model_card(self) -> str:
        """A section for the model card of the model.

        Returns
        -------
        str
            Markdown; its heading is ``## Privacy``.
        """
        from skprivate.report._markdown import markdown_of

        return markdown_of(self._card(), "Privacy")

    def _card(self):
        """What is shown, as text, HTML or Markdown."""
        from skprivate.report._sections import card_of

        return card_of(self)

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()
