"""The glossary leads somewhere: its metrics are measured, its keys are in the model, each spelling means one thing."""

from __future__ import annotations

import pytest

from core.glossary import WORDS, Word, find, spellings
from core.metrics import METRICS
from core.scenario_keys import slot_at


@pytest.mark.parametrize("word", WORDS.values(), ids=list(WORDS))
def test_a_word_names_what_exists(word: Word) -> None:
    assert word.meaning.endswith("."), "a sentence"
    assert [name for name in word.metrics if name not in METRICS] == []
    # A star is any name: of a route any position, of a table any key.
    assert [key for key in word.keys if slot_at(tuple(key.replace("*", "0").split("."))) is None] == []


def test_a_spelling_means_one_thing() -> None:
    every = [spelling for spelling, _ in spellings()]
    assert sorted(set(every)) == sorted(every)


def test_any_spelling_is_found() -> None:
    assert find("first response time") == find("frt") == WORDS["FRT"]
    assert find("Self service") == find("self_serve") == WORDS["self-serve"]
    assert find("the weather") is None


def test_the_words_of_the_field_are_there() -> None:
    for word in ("conversation", "contact reason", "channel", "segment", "tier", "FRT", "ASA", "TTR", "AHT", "FCR",
                 "service level", "abandonment", "backlog", "occupancy", "shrinkage", "concurrency", "containment",
                 "ROAR", "escalation", "transfer", "reopen", "CSAT", "IQS", "ramp", "attrition",
                 "staffing requirement", "shift", "interval"):
        assert find(word) is not None, word
