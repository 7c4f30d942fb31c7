"""The rows of a party during one fit."""

from hashlib import blake2b

import numpy as np

from skprivate.base import Query
from skprivate.federated._codec import dumps
from skprivate.federated._maps import Maps
from skprivate.mechanisms import Entropy
from skprivate.rows import check_queries, check_size, refused
from skprivate.rows._coded import coded_rows
from skprivate.rows._rows import RowCount, check_row_count
from skprivate.rows._sampled import Coins, sampled_rows
from skprivate.rows._tallies import typed_counts

_MOST_VALUES = 2**24  # of an answer


class Session:
    """Answers questions of one fit, about rows that are validated once.

    Parameters
    ----------
    opening : Opening
    rows : Rows
        As the owner has them.
    mode : ServerNoise, PartyNoise or another
        Who adds noise.
    """

    def __init__(self, opening, rows, mode):
        self.opening, self._rows, self._mode = opening, rows, mode
        self._forms, self._maps = {}, Maps()

    def check(self, question):
        """Refuse what cannot be asked: no row is read for that.

        **Guarantee.** Of what passes, each query is one of this package whose fields
        make sense for as many columns as there are here, so that a row moves it no
        farther than it states; and each has the noise that the fit was opened for.
        """
        if question.asked != "totals":
            if not self._mode.exact:
                raise _no_values(self.opening.noise)
            words = question.tally[2] if question.tally else None
            if words is not None:
                check_queries([words], self._rows.n_features)
            return
        if not question.queries:
            raise refused(ValueError, "nothing is asked.")
        check_queries(question.queries, self._rows.n_features)
        if sum(query.n_totals for query in question.queries) > _MOST_VALUES:
            raise refused(
                ValueError, "so many values are not given at once. Ask for fewer."
            )
        if not {*question.roster} <= {*self.opening.roster}:
            raise refused(ValueError, "a party is asked that was not there before.")
        if self._mode.exact:
            return
        sampled = any(step[0] == "sampled" for step in question.steps)
        sums = all(map(_is_sum, question.queries))
        if sampled or question.mechanisms is None or not sums:
            raise _no_values(self.opening.noise)
        self.opening.cost(question.mechanisms)
        if self._mode.together:
            self._mode.check(question.roster, question.mechanisms)
        for query, mechanism in zip(question.queries, question.mechanisms, strict=True):
            if mechanism.norm == 1 and query.l1_bound is None:
                raise refused(
                    ValueError,
                    "a query has no bound in the 1-norm, so delta=0 cannot be had. Use "
                    "delta > 0.",
                )

    def price(self, question):
        """What a question takes of the budget of the fit, and the event of that."""
        if self._mode.exact:
            return self.opening.cost([]), None
        return (
            self.opening.cost(question.mechanisms),
            self.opening.event_of(question.mechanisms),
        )

    def value(self, question):
        """The answer."""
        rows = self._form(question)
        if question.asked == "labels":
            return np.asarray(rows.labels())
        if question.asked == "tally":
            numbers, missing, words = question.tally
            asked = {} if words is None else {"words": words}
            tally = rows.tally([*numbers], missing=missing, **asked)
            return [[j, key, n] for (j, _, key), n in typed_counts(tally).items()]
        queries = self._maps.known(question.queries)
        if self._mode.exact:
            return rows.total(queries)
        *totals, count = rows.total([*queries, RowCount()])
        n_rows = int(count[0]) * len(question.roster)  # as if all had as many
        check_row_count(n_rows, queries)
        for query, total in zip(queries, totals, strict=True):
            check_size(total, query)
        return self._mode.answered(
            queries, totals, question.mechanisms, question.roster, question.context
        )

    def _form(self, question):
        """The rows as a question sees them; each form is made once."""
        steps = list(question.steps)
        sample = steps.pop() if steps and steps[-1][0] == "sampled" else None
        digest = blake2b(dumps({"door": question.door}))
        rows = self._kept(digest, lambda: self._rows.through(question.door))
        for step in steps:
            digest.update(dumps({"step": step}))
            rows = self._kept(digest, lambda rows=rows, step=step: _changed(rows, step))
        if sample is None:
            return rows
        _, rate, often = sample
        return sampled_rows(rows, Coins(rate, Entropy(), b"", 1, often))

    def _kept(self, digest, make):
        key = digest.digest()
        if key not in self._forms:
            self._forms[key] = make()
        return self._forms[key]


def _is_sum(query):
    """Whether noise that is added to an answer protects each row."""
    if not isinstance(query, Query):
        return False
    return query.norm == 2 and not (query.scored or query.by_key or query.of_units)


def _changed(rows, step):
    """Rows after one step."""
    name, *rest = step
    if name == "coded":
        return coded_rows(rows, rest[0])
    if name == "encoded":
        return rows.encoded(rest[0])
    return rows.keeping()


def _no_values(noise):
    return refused(
        ValueError,
        f"only sums with noise are given where noise={noise!r}: no labels, categories, "
        "selections, nor samples of rows. List classes=[...] and categories=[...], "
        "choose an estimator that asks for sums, or noise='server' where the owner "
        "allows it.",
    )
