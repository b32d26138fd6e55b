"""Synthetic customers are the same every time, not all the same, and say what is known of their conversation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.scenario_file import load_scenario
from sim.facts import Facts, facts_of
from sim.floor import Floor
from sim.messages import LANGUAGES, every_phrase, phrases, stands
from sim.people import LOCALES, People
from sim.topic_families import FAMILIES, are_of_business, family_of

ANYONE = Facts(3, topic="billing", kind="email", language="ko", mood=1, keyword="refund", attributes={"page": "/pay"})


def test_a_need_belongs_to_the_same_person_every_time() -> None:
    once, again = People(7), People(7)
    backwards = {need: again.who(need) for need in reversed(range(200))}
    assert {need: once.who(need) for need in range(200)} == backwards
    assert {customer.locale for customer in backwards.values()} == set(LOCALES)
    assert len({customer.name for customer in backwards.values()}) > 150


def test_another_process_finds_the_same_people() -> None:
    script = ("import json; from sim.people import People; from sim.facts import Facts; people = People(7)\n"
              "facts = [Facts(need, topic='order', kind='email', mood=need % 3) for need in range(40)]\n"
              "print(json.dumps([[*people.message(each).lines, people.customer(each).plan] for each in facts]))")
    told = [json.loads(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True,
                                      env={**os.environ, "PYTHONHASHSEED": seed}).stdout) for seed in ("1", "2")]
    assert told[0] == told[1]


def test_another_seed_has_other_people() -> None:
    assert [People(1).who(need).name for need in range(20)] != [People(2).who(need).name for need in range(20)]


def test_a_customer_of_the_population_stays_who_they_are() -> None:
    people = People(1)
    first, later = Facts(10, customer=4, topic="login"), Facts(99, customer=4, topic="billing", mood=2)
    assert people.customer(first) == people.customer(later)
    assert people.customer(first) != people.customer(replace(first, customer=5))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_everything_to_say(language: str) -> None:
    said = phrases(language)
    assert set(said.topic) == {*FAMILIES, "other"}
    assert {key: set(group) for key, group in said.topic.items()} == {key: {"subject", "says"} for key in said.topic}
    assert all(len(group["subject"]) in (1, len(group["says"])) for group in said.topic.values())
    for part in ("opening", "closing", "mood", "extra"):
        assert set(getattr(said, part)) == set(getattr(phrases("en"), part))
    assert all(phrase.isprintable() for phrase in every_phrase(said))
    told = People(1).message(replace(ANYONE, language=LANGUAGES[language][0], keyword="")).lines
    assert any(told[2].startswith(phrase) for phrase in said.topic["billing"]["says"])


def test_words_of_a_language_lead_to_it() -> None:
    people = People(1)
    for language in ("ko", "ko_KR", "Korean"):
        customer = people.customer(Facts(1, language=language))
        assert (customer.language, customer.locale) == ("ko", "ko_KR")
    # There are Italian names but no phrases: the customer makes do with English.
    customer = people.customer(Facts(1, language="it"))
    assert (customer.language, customer.locale[:2]) == ("en", "it")
    assert people.customer(Facts(1, language="klingon")).locale in LOCALES
    assert people.customer(Facts(1, locale="pl_PL")).locale == "pl_PL"
    assert people.customer(Facts(1, language="en", locale="ko_KR")).locale == "ko_KR"


def test_the_kind_of_channel_decides_the_form() -> None:
    people = People(1)
    email, chat, call = (people.message(replace(ANYONE, kind=kind)) for kind in ("email", "chat", "call"))
    name = people.customer(ANYONE).name
    assert email.subject in phrases("ko").topic["billing"]["subject"]
    assert name in email.lines
    assert name in call.text
    assert (chat.subject, len(chat.lines), len(call.lines)) == ("", 1, 1)


@given(st.builds(
    Facts, st.integers(0, 10**6), topic=st.sampled_from(["billing", "api", "holiday-hours", "unheard-of", ""]),
    kind=st.sampled_from(["call", "chat", "email"]), language=st.sampled_from(["", *LANGUAGES]),
    mood=st.integers(0, 2), keyword=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12),
    without=st.sampled_from([(), ("refund", "order")]), attributes=st.dictionaries(st.just("product"), st.text()),
    urgent=st.booleans(), contact=st.integers(1, 3), business=st.booleans()))
@settings(max_examples=60, deadline=None)
def test_a_message_has_its_keyword_and_nothing_that_does_not_print(facts: Facts) -> None:
    message = People(1).message(facts)
    assert not facts.keyword or stands(facts.keyword, message.text)
    assert all(line.isprintable() for line in (message.subject, *message.lines))


def test_a_message_leaves_out_what_rules_look_for_and_do_not_find() -> None:
    people = People(1)
    for need in range(60):
        text = people.message(Facts(need, topic="cancel", without=("cancel", "close", "end"))).text
        assert not any(stands(word, text) for word in ("cancel", "close", "end")), text


def test_anger_is_heard() -> None:
    text = People(1).message(replace(ANYONE, language="en", mood=2)).text
    assert any(phrase in text for phrase in phrases("en").mood["harsh"])


def test_the_new_and_those_of_years_say_so_now_and_then() -> None:
    people, said = People(1), phrases("en").extra

    def telling(phrase: str, tenure_days: float) -> int:
        texts = [people.message(Facts(need, mood=1, tenure_days=tenure_days)).text for need in range(100)]
        return sum(any(line in text for line in said[phrase]) for text in texts)

    assert 20 < telling("new", 3.0) < 60
    assert 20 < telling("for_years", 1000.0) < 60
    assert telling("new", 100.0) == telling("for_years", 100.0) == 0


def test_a_topic_without_a_family_is_called_by_its_name() -> None:
    assert "wobbly widgets" in People(1).message(Facts(1, topic="wobbly-widgets")).text


def test_families_by_the_words_of_a_name() -> None:
    assert [family_of(name) for name in ("order-status", "Refunds", "payment-error", "password-reset", "line-2", "")] \
        == ["order", "returns", "billing", "login", "other", "anything"]
    assert are_of_business(["api", "billing"])
    assert not are_of_business(["order-status", "how-to"])


def test_facts_are_what_the_records_tell() -> None:
    scenario = load_scenario("small-team")
    floor = Floor(scenario, seed=3)
    floor.advance(36_000.0)
    records = floor.records()
    facts = [facts_of(records, row, scenario) for row in range(len(records))]
    assert [each.need for each in facts] == list(records.need)
    assert {each.kind for each in facts} == {"chat", "email"}
    assert all((each.channel == "email") == (each.kind == "email") for each in facts)
    assert all(People(3).customer(each).company == "" for each in facts), "a shop's customers are private"
