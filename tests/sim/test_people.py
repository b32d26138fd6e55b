"""Synthetic customers are the same every time, and not all the same."""

from __future__ import annotations

from sim.people import LOCALES, People


def test_a_need_belongs_to_the_same_person_every_time() -> None:
    once, again = People(7), People(7)
    backwards = {need: again.who(need) for need in reversed(range(200))}
    assert {need: once.who(need) for need in range(200)} == backwards
    assert {customer.locale for customer in backwards.values()} == set(LOCALES)
    assert len({customer.name for customer in backwards.values()}) > 100


def test_another_seed_has_other_people() -> None:
    assert [People(1).who(need).name for need in range(20)] != [People(2).who(need).name for need in range(20)]
