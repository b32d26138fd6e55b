"""`flightdesk customers SCENARIO`: who comes, and with what message, without a whole run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import rich_click as click

from core.records import Outcome, Records
from core.scenario import Scenario
from core.scenario_file import load_scenario
from core.units import DAY, HOUR, MINUTE, write_moment
from sim.customer import Customer
from sim.facts import Facts, facts_of
from sim.floor import Floor
from sim.messages import LANGUAGES, Message
from sim.people import People
from tui.present import page_width, plain, wrapped

NOBODY_ASKED = {Outcome.PREVENTED: "Wrote nothing: proactive support had solved it.",
                Outcome.SELF_SERVED: "Wrote nothing: found the answer in the help centre."}


@click.command("customers")
@click.argument("scenario")
@click.option("--need", type=click.IntRange(min=0), help="The customer whose need has this number, the first being 0.")
@click.option("--count", type=click.IntRange(min=1), default=5, show_default=True, help="How many, from the first on.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: times and tenure in seconds and days.")
def command(scenario: str, need: int | None, count: int, seed: int, as_json: bool) -> None:
    """Show who comes to a floor, and with what message.

    SCENARIO is a file or the name of a built-in scenario. The floor runs no longer than it takes until those customers
    have come; the same scenario and seed have the same customers.
    """
    floor = load_scenario(scenario)
    needs = range(count) if need is None else range(need, need + 1)
    visitors = list(visitors_of(floor, seed, needs))
    if need is not None and not visitors:
        raise click.UsageError(f"--need {need}: no such need arises in this run.")
    if as_json:
        click.echo(json.dumps({"schema": 1, "scenario": scenario, "seed": seed,
                               "customers": [visitor.document() for visitor in visitors]}, indent=2,
                              ensure_ascii=False))
    elif not visitors:
        click.echo("Nobody comes in this run.", err=True)
    else:
        for at, visitor in enumerate(visitors):
            click.echo("\n" * (at > 0) + "\n".join(map(plain, visitor.lines())))


@dataclass(frozen=True)
class Visitor:
    """A customer who has come, or would have."""

    at: float
    """First message; where there is none, when the need arose (s since Monday 00:00 of the first week)."""
    outcome: Outcome
    facts: Facts
    customer: Customer
    message: Message | None
    """None where the matter was settled before there was one."""

    def lines(self) -> Iterator[str]:
        """What people read."""
        facts, customer = self.facts, self.customer
        when = write_moment(self.at // MINUTE * MINUTE)
        yield f"need {facts.need}  {when}  {facts.channel}, {facts.topic}, {facts.segment}"
        language, _ = LANGUAGES[customer.language]
        does = "speaks" if facts.kind == "call" else "writes"
        yield from (f"  {part}" for part in wrapped(", ".join(filter(None, (
            customer.name, customer.company, f"{customer.plan} plan", f"customer for {_span(customer.tenure_days)}",
            f"{does} {language.capitalize()}"))), page_width() - 2))
        known = [f"{name} {value}" for name, value in customer.attributes.items()]
        if facts.urgent:
            known.append("urgent")
        if known:
            yield "  " + ", ".join(known)
        if self.message is None:
            yield f"  {NOBODY_ASKED[self.outcome]}"
            return
        if self.message.subject:
            yield f"  Subject: {self.message.subject}"
        for line in filter(None, self.message.lines):
            yield from (f"    {part}" for part in wrapped(line, page_width() - 4))

    def document(self) -> dict[str, object]:
        """What programs read."""
        facts = asdict(self.facts)
        del facts["without"], facts["business"]
        return {**facts, "at": self.at, **asdict(self.customer),
                "subject": self.message.subject if self.message else None,
                "message": self.message.text if self.message else None}


def visitors_of(scenario: Scenario, seed: int, needs: range) -> Iterator[Visitor]:
    """Those who come with the needs of these numbers; none where the run ends before."""
    records = _until(scenario, seed, needs)
    people = People(seed)
    for row in np.flatnonzero((records.contact == 1) & np.isin(records.need, needs)).tolist():
        facts, outcome = facts_of(records, row, scenario), Outcome(records.outcome[row])
        asked = not np.isnan(records.asked[row])
        yield Visitor(float(records.asked[row] if asked else records.arrived[row]), outcome, facts,
                      people.customer(facts), None if outcome in NOBODY_ASKED else people.message(facts))


def _until(scenario: Scenario, seed: int, needs: range) -> Records:
    """The records of a floor that has run until it is known of these needs whether and when they were written about."""
    floor, step = Floor(scenario, seed), HOUR
    while True:
        floor.advance(min(floor.now + step, scenario.length))
        records = floor.records()
        theirs = records.where(np.isin(records.need, needs))
        decided = ~np.isnan(theirs.asked) | ~np.isnan(theirs.ended)
        if floor.now >= scenario.length or (len(theirs) >= len(needs) and decided.all()):
            return records
        step = min(2 * step, DAY)


def _span(days: float) -> str:
    """A tenure as people say it."""
    for size, noun in ((365, "year"), (30, "month"), (1, "day")):
        if days >= 2 * size or size == 1:
            count = int(days / size)
            return f"{count} {noun}{'s' * (count != 1)}"
    raise AssertionError
