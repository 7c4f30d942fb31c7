"""A thrifty suite tries less for each estimator, and nothing less for all of them."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from skprivate.base import Query
from skprivate.testing import dp_checks, parametrize_with_dp_checks
from skprivate.testing._examples import configured
from skprivate.testing._shared import recording_of
from skprivate.testing._thrift import (
    Thrift,
    fewer,
    kind_of,
    not_tried,
    sizes_of,
    some_of,
)
from tests.testing.defects_of_noise import noise_times
from tests.testing.toys import Toy, ToyMoments, ToyTriangle

TOYS = [Toy(), ToyMoments(), ToyTriangle()]
SOURCES = list("abcdef")


@dataclass(frozen=True, eq=False)
class Sums(Query):
    """A query with fields of every kind."""

    low: np.ndarray
    clip: float = 1.0
    n_classes: int = 2
    bound = 1.0


def asked(query):
    return SimpleNamespace(query=query)


def tried_by(thrift, estimator, parts=None):
    tried = []
    thrift(lambda e: tried.extend(some_of(SOURCES, e, parts)))(estimator)
    return tried


def test_without_thrift_everything_is_tried():
    query = asked(Sums(np.zeros(3)))
    for _ in range(2):
        assert some_of(SOURCES, Toy()) == SOURCES
        assert not_tried("rows", [query], ()) == [query]


def test_the_first_of_a_kind_runs_the_whole_and_others_a_part():
    thrift = Thrift(TOYS)
    assert len({kind_of(toy) for toy in TOYS}) == 1
    assert tried_by(thrift, TOYS[0]) == SOURCES
    for toy in TOYS[1:]:
        assert len(tried_by(thrift, toy)) == 1
        assert len(tried_by(thrift, toy, parts=2)) == 3
        assert tried_by(thrift, toy) == tried_by(Thrift(TOYS), toy), "no chance in it"


def test_parts_are_another_one_for_other_names():
    names = [f"DP{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    others = [type(name, (Toy,), {"__init__": Toy.__init__})() for name in names]
    thrift = Thrift([Toy(), *others])
    parts = [tried_by(thrift, other) for other in others]
    assert {source for part in parts for source in part} == {*SOURCES}


def test_a_fit_is_shared_by_checks_of_one_estimator_and_its_parameters():
    def recordings(estimator):
        found.extend(recording_of(configured(e)) for e in (estimator, estimator))
        found.append(recording_of(configured(estimator, epsilon=3.0)))

    found, thrift = [], Thrift(TOYS)
    for _ in range(2):
        thrift(recordings)(TOYS[0])
    assert found[0] is found[1] is found[3] is found[4]
    assert found[2] is found[5] is not found[0]
    thrift(recordings)(TOYS[1])
    assert type(found[6].estimator) is ToyMoments
    assert recording_of(configured(TOYS[0])) is not recording_of(configured(TOYS[0]))


def test_samples_and_tables_are_smaller():
    sizes = []
    Thrift([])(lambda estimator: sizes.append(fewer(2, 5)))(None)
    assert [*sizes, fewer(2, 5)] == [2, 5]


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_a_fifth_more_or_less_noise_shows_in_a_small_sample(factor, monkeypatch):
    noise_times(monkeypatch, factor)
    check = dp_checks(TOYS[1])["check_noise_has_the_size_that_was_paid"]
    with pytest.raises(AssertionError, match="noise is"):
        Thrift(TOYS)(check)(TOYS[1])


def test_a_class_of_query_is_tried_once_for_each_size_of_its_fields():
    tried = []

    def check(estimator):
        tried.extend(not_tried("rows", estimator, ()))

    thrifty = Thrift([])(check)
    first = asked(Sums(np.zeros(3)))
    others = [Sums(np.zeros(4)), Sums(np.zeros(3), 1.0, 3), Sums(np.zeros(3), -1.0)]
    for queries in ([first], [asked(Sums(np.ones(3), 2.0))], [*map(asked, others)]):
        thrifty(queries)
    assert [a.query for a in tried] == [first.query, *others]


def test_other_rows_and_other_checks_are_other_tries():
    query, tried = asked(Sums(np.zeros(3))), []

    def check(place):
        tried.extend(not_tried(place[0], [query], place[1]))

    thrifty = Thrift([])(check)
    for place in (("rows", 1), ("rows", 2), ("weights", 1), ("rows", 1)):
        thrifty(place)
    assert len(tried) == 3


def test_thrift_ends_with_the_check_even_if_that_fails():
    thrift = Thrift([Toy()])

    def fails(estimator):
        raise AssertionError

    with pytest.raises(AssertionError):
        thrift(fails)(ToyMoments())
    assert some_of(SOURCES, ToyMoments()) == SOURCES


def test_a_defect_of_a_query_fails_the_suite(monkeypatch):
    """Of all who ask it, at least the first."""
    monkeypatch.setattr(Toy.sums, "bound", 0.1)
    heirs = [type(f"Toy{i}", (Toy,), {"__init__": Toy.__init__})() for i in range(3)]
    cases = parametrize_with_dp_checks(heirs, thrifty=True).args[1]
    hostile = [case for case in cases if "hostile_rows" in case.id]
    failures = 0
    for case in hostile:
        estimator, check = case.values
        try:
            check(estimator)
        except AssertionError:
            failures += 1
    assert failures >= 1
    assert len(hostile) == 3


def test_sizes_tell_fields_apart_that_kernels_branch_on():
    values = [0.0, 1.0, -1.0, np.inf, np.nan, 1, 2, True, None, "a", np.zeros(2)]
    values += [np.zeros(2, np.float32), (1, 2), [1, 2], (1, 3)]
    sizes = [sizes_of(value) for value in values]
    assert len({repr(size) for size in sizes}) == len(values)
    assert sizes_of(0.5) == sizes_of(2.0)
