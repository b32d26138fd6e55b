"""The metrics: name, unit, formula, estimator, and which way is better.

Each is a ratio of two sums over the records of a run (`core.view`), or a quantile of their times; so parts of a run
add up (`core.tally`), and replications give the right interval (`core.estimates`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core import sources
from core.records import Flags, Floats, Origin, Outcome
from core.view import View

_AUTOMATED: Flags = np.isin(list(Outcome), (Outcome.BOT_RESOLVED, Outcome.ARTICLE_RESOLVED))
_CONTAINED: Flags = _AUTOMATED | np.isin(list(Outcome), (Outcome.BOT_GAVE_UP,))
_DEFLECTED: Flags = _CONTAINED | np.isin(list(Outcome), (Outcome.SELF_SERVED,))
"""By outcome: a bot settled it; a bot ended it; no person saw it."""

Kind = Literal["ratio", "quantile", "count"]
Sum = Callable[[View], float]


@dataclass(frozen=True)
class Metric:
    """One measure of a run."""

    name: str
    title: str
    unit: str
    """s, 1 (a fraction), conversations, or money (in the scenario's currency)."""
    formula: str
    better: Literal["higher", "lower"] | None
    kind: Kind = "ratio"
    top: Sum | None = None
    bottom: Sum | None = None
    times: Callable[[View], Floats] | None = None
    share: float = 0.5
    moves: str = ""
    """What moves it."""

    @property
    def source(self) -> str:
        """Where its definition comes from: author and year, or what it is counted from."""
        return sources.METRICS.get(self.name, "")

    def of(self, view: View) -> float | None:
        """The metric over the rows of one view; None where there is nothing to measure, or records do not tell."""
        if self.times is not None:
            values = self.times(view)
            return float(np.quantile(values, self.share)) if len(values) else None
        if self.top is None or self.bottom is None:
            return None
        weight = self.bottom(view)
        return self.top(view) / weight if weight > 0 else None


def _count(rows: Flags) -> float:
    return float(np.count_nonzero(rows))


def _placed(view: View) -> Flags:
    """Whose rule knew a team; one that only says how urgently the inbox should look has placed nothing."""
    inbox, rules = view.scenario.routing.inbox, view.scenario.route
    unplaced = [-1, *(number for number, rule in enumerate(rules) if rule.team == inbox)]
    return np.isin(view.rows.rule, unplaced, invert=True)


def whole_span(view: View) -> float:
    """Only once a run: parts of it add their numerators to the same span (see `Tally`)."""
    return view.now - view.since


def _answer_times(view: View) -> Floats:
    return view.wait[view.answered]


def _first_response_times(view: View) -> Floats:
    return view.frt[view.awaiting_reply]


METRICS: dict[str, Metric] = {metric.name: metric for metric in (
    Metric("needs", "needs", "conversations", "needs that arose, prevented ones included", None, "count",
           top=lambda v: _count(v.new), moves="demand"),
    Metric("conversations", "conversations", "conversations",
           "conversations with a first message, further contacts included", None,
           "count", top=lambda v: _count(v.asked),
           moves="demand, proactive support, self-serve, reopens and retries"),
    Metric("human_conversations", "human conversations", "conversations",
           "conversations that joined a team's queue", None, "count",
           top=lambda v: _count(v.human), moves="demand, and how much the upper tiers settle"),
    Metric("wait_mean", "mean wait", "s",
           "time in the queue of all who joined it, those who gave up included / their number",
           "lower", top=lambda v: float(v.wait[v.human].sum()), bottom=lambda v: _count(v.human),
           moves="staffing, demand, handle time, patience"),
    Metric("p_wait", "had to wait", "1", "conversations not taken at once / all that joined a queue", "lower",
           top=lambda v: _count(v.human & ~(v.answered & (v.wait <= 0.0))), bottom=lambda v: _count(v.human),
           moves="staffing against demand"),
    Metric("asa", "average speed of answer", "s", "time in the queue of the answered / the answered", "lower",
           top=lambda v: float(v.wait[v.answered].sum()), bottom=lambda v: _count(v.answered),
           moves="staffing, demand, handle time, patience"),
    Metric("answer_p90", "90 % are answered within", "s",
           "90th percentile of the answered's time in the queue", "lower",
           "quantile", times=_answer_times, share=0.9, moves="staffing in the busiest hours"),
    Metric("frt_mean", "mean FRT", "s",
           "first message to first human reply, bots excluded; those still waiting count with their wait so far",
           "lower", top=lambda v: float(v.frt[v.awaiting_reply].sum()), bottom=lambda v: _count(v.awaiting_reply),
           moves="staffing, opening hours for email, time spent with the bot"),
    Metric("frt_p50", "median FRT", "s", "50th percentile of the first response time", "lower", "quantile",
           times=_first_response_times, share=0.5, moves="staffing, opening hours, the bot's turns"),
    Metric("frt_p90", "p90 FRT", "s", "90th percentile of the first response time", "lower", "quantile",
           times=_first_response_times, share=0.9, moves="staffing in the busiest hours, nights for email"),
    Metric("frt_office_mean", "mean FRT in office hours", "s", "first response time counted in office hours alone",
           "lower", top=lambda v: float(v.frt_office[v.awaiting_reply].sum()),
           bottom=lambda v: _count(v.awaiting_reply), moves="staffing in office hours"),
    Metric("service_level", "service level", "1", "answered in time / all who joined a queue", "higher",
           top=lambda v: _count(v.in_time), bottom=lambda v: _count(v.human & ~v.undecided),
           moves="staffing in the busiest hours"),
    Metric("service_level_answered", "service level of the answered", "1", "answered in time / answered", "higher",
           top=lambda v: _count(v.in_time), bottom=lambda v: _count(v.answered),
           moves="staffing; blind to those who gave up"),
    Metric("service_level_offered", "service level of the offered", "1",
           "answered in time / (all - those who gave up within the threshold)", "higher",
           top=lambda v: _count(v.in_time), moves="staffing",
           bottom=lambda v: _count(v.human & ~v.undecided)
           - _count(v.abandoned & (v.wait <= v.scenario.service_level.within))),
    Metric("abandonment_rate", "gave up waiting", "1", "gave up in the queue / all who joined it", "lower",
           top=lambda v: _count(v.abandoned), bottom=lambda v: _count(v.human), moves="waits and patience"),
    Metric("aht", "average handle time", "s",
           "people's time on closed conversations, after-contact work included / closed",
           None, top=lambda v: float(v.rows.handle[v.closed].sum()), bottom=lambda v: _count(v.closed),
           moves="topics that reach people, concurrency with slowdown"),
    Metric("aht_expected", "expected handle time", "s",
           "mean handle time of such topics, channels and difficulties in tenured, rested hands / closed", None,
           top=lambda v: float(v.rows.expected[v.closed].sum()), bottom=lambda v: _count(v.closed),
           moves="what reaches people: it rises as bots take the easy ones"),
    Metric("handle_index", "handle time for its difficulty", "1",
           "people's time on closed conversations / what tenured, rested people need for such conversations", "lower",
           top=lambda v: float(v.rows.handle[v.closed].sum()),
           bottom=lambda v: float(v.rows.expected[v.closed].sum()),
           moves="new people, levels, strain, chats at once, searching; not the difficulty of what comes"),
    Metric("ttr_mean", "mean time to resolution", "s", "first message to the end / conversations closed by people",
           "lower", top=lambda v: float((v.rows.ended - v.rows.asked)[v.closed].sum()),
           bottom=lambda v: _count(v.closed), moves="FRT, handle time, transfers, customers' delays in email"),
    Metric("fcr", "first-contact resolution", "1",
           "settled at the first human conversation / first human conversations closed",
           "higher", top=lambda v: _count(v.closed & v.rows.resolved & (v.rows.origin != Origin.REOPEN)),
           bottom=lambda v: _count(v.closed & (v.rows.origin != Origin.REOPEN)), moves="topics, who handles them"),
    Metric("occupancy", "occupancy", "1",
           "time with at least one conversation / time at work, breaks and away excluded",
           None, moves="staffing against demand"),
    Metric("utilisation", "utilisation", "1", "time with at least one conversation / paid time", None,
           moves="occupancy, shrinkage"),
    Metric("concurrency", "conversations a person", "conversations",
           "conversations held, averaged over time at work", None,
           moves="demand, concurrency, slowdown"),
    Metric("csat", "CSAT", "1",
           "ratings of 4 and 5 / all finished conversations, whether or not a survey was answered",
           "higher", top=lambda v: _count(v.rated & (v.rows.rating >= 4)), bottom=lambda v: _count(v.rated),
           moves="waits, first-contact resolution, effort, loops"),
    Metric("csat_surveyed", "CSAT as surveyed", "1", "ratings of 4 and 5 / surveys answered", "higher",
           top=lambda v: _count(v.rated & v.rows.surveyed & (v.rows.rating >= 4)),
           bottom=lambda v: _count(v.rated & v.rows.surveyed), moves="CSAT, and who answers surveys"),
    Metric("survey_response", "survey response", "1", "surveys answered / finished conversations", None,
           top=lambda v: _count(v.rated & v.rows.surveyed), bottom=lambda v: _count(v.rated), moves="ratings"),
    Metric("csat_controlled", "CSAT within people's reach", "1",
           "expected CSAT of conversations closed by people, had only acted what the person in charge controls",
           "higher", top=lambda v: float(v.controlled[v.closed].sum()), bottom=lambda v: _count(v.closed),
           moves="skill, tone, ramp, strain, coaching; not waits, transfers or bots"),
    Metric("iqs", "IQS", "1", "expected internal quality score / conversations closed by people", "higher",
           top=lambda v: float(v.iqs[v.closed].sum()), bottom=lambda v: _count(v.closed),
           moves="levels, ramp, strain, coaching by reviews"),
    Metric("churn_risk", "churn risk", "1",
           "expected share of customers lost after a conversation / conversations rated, of segments with churn",
           "lower", top=lambda v: float(v.churn_risk[v.felt].sum()),
           bottom=lambda v: _count(v.felt & (v.base_churn > 0)), moves="satisfaction, by segment"),
    Metric("money_at_risk", "money at risk", "money",
           "customers' yearly value x their chance of being lost beyond that after a good conversation", "lower",
           "count", top=lambda v: float(v.money_at_risk[v.felt].sum()),
           moves="satisfaction of the segments with value"),
    Metric("deflection_rate", "deflection", "1", "needs not prevented that no person saw / needs not prevented", None,
           top=lambda v: _count(v.new & _DEFLECTED[v.rows.outcome]),
           bottom=lambda v: _count(v.new & (v.rows.outcome != Outcome.PREVENTED)),
           moves="help centre, bot; also people given up on"),
    Metric("containment_rate", "containment", "1",
           "conversations that began and ended with the bot / conversations", None,
           top=lambda v: _count(v.asked & _CONTAINED[v.rows.outcome]),
           bottom=lambda v: _count(v.asked), moves="bot coverage; also a bot without an exit"),
    Metric("roar", "ROAR", "1",
           "conversations that bots resolved, suggested articles and false resolutions included / conversations",
           "higher", top=lambda v: _count(v.asked & _AUTOMATED[v.rows.outcome]),
           bottom=lambda v: _count(v.asked), moves="bot coverage and success, suggested articles"),
    Metric("roar_settled", "ROAR that stays resolved", "1",
           "conversations that bots really settled / conversations",
           "higher", top=lambda v: _count(v.asked & _AUTOMATED[v.rows.outcome] & v.rows.resolved),
           bottom=lambda v: _count(v.asked), moves="bot coverage, success, false resolution"),
    Metric("roar_articles", "of them by articles", "1",
           "conversations that a suggested article settled / conversations that bots resolved", None,
           top=lambda v: _count(v.asked & (v.rows.outcome == Outcome.ARTICLE_RESOLVED)),
           bottom=lambda v: _count(v.asked & _AUTOMATED[v.rows.outcome]), moves="task bot against resolution bot"),
    Metric("bot_resolution_rate", "resolved of the bot's own", "1",
           "conversations that the resolution bot resolved / those it took part in", "higher",
           top=lambda v: _count(v.asked & (v.rows.outcome == Outcome.BOT_RESOLVED)),
           bottom=lambda v: _count(v.asked & (v.rows.bot_turns > 0) & (v.rows.origin == Origin.NEW)),
           moves="bot success, difficulty of what it is given, turns before the exit"),
    Metric("prevented_rate", "prevented", "1", "needs that proactive support solved before anyone asked / needs",
           "higher", top=lambda v: _count(v.new & (v.rows.outcome == Outcome.PREVENTED)),
           bottom=lambda v: _count(v.new), moves="proactive support, campaigns, outage notices"),
    Metric("self_serve_rate", "self-served", "1", "needs settled in the help centre / needs not prevented", "higher",
           top=lambda v: _count(v.new & (v.rows.outcome == Outcome.SELF_SERVED)),
           bottom=lambda v: _count(v.new & (v.rows.outcome != Outcome.PREVENTED)),
           moves="who tries, coverage and freshness of the help centre"),
    Metric("turned_away_rate", "turned away", "1",
           "customers of closed channels who went nowhere else / needs not prevented", "lower",
           top=lambda v: _count(v.new & (v.rows.outcome == Outcome.TURNED_AWAY)),
           bottom=lambda v: _count(v.new & (v.rows.outcome != Outcome.PREVENTED)), moves="closed channels"),
    Metric("rule_rate", "placed by rules", "1",
           "conversations that a routing rule sent elsewhere than to the sorting inbox / conversations with people",
           None, top=lambda v: _count(v.human & _placed(v)), bottom=lambda v: _count(v.human),
           moves="routing rules, what customers and the triage bot tell"),
    Metric("right_first_rate", "right team at once", "1",
           "conversations that no wrong team passed on / conversations closed by people", "higher",
           top=lambda v: _count(v.closed & (v.rows.transfers == 0)), bottom=lambda v: _count(v.closed),
           moves="routing rules, topics told wrongly, accuracy of sorting"),
    Metric("transfer_rate", "transfers", "1", "times a wrong team passed it on / conversations closed by people",
           "lower", top=lambda v: float(v.rows.transfers[v.closed].sum()), bottom=lambda v: _count(v.closed),
           moves="routing rules, topics told wrongly, accuracy of sorting"),
    Metric("escalation_rate", "escalations", "1", "times it went up / conversations closed by people", None,
           top=lambda v: float(v.rows.escalations[v.closed].sum()), bottom=lambda v: _count(v.closed),
           moves="levels against difficulty, harsh customers"),
    Metric("tap_rate", "shoulder taps", "1", "times a senior was asked / conversations closed by people", "lower",
           top=lambda v: float(v.rows.taps[v.closed].sum()), bottom=lambda v: _count(v.closed),
           moves="coverage and freshness of the knowledge base, new people"),
    Metric("callback_rate", "call-backs", "1", "customers who waited for a call-back / conversations with people", None,
           top=lambda v: _count(v.human & v.rows.callback), bottom=lambda v: _count(v.human),
           moves="expected waits, the offer"),
    Metric("foreign_rate", "in a foreign language", "1",
           "conversations answered in a language not the customer's / conversations closed by people", "lower",
           top=lambda v: _count(v.closed & v.rows.foreign), bottom=lambda v: _count(v.closed),
           moves="languages of teams, rules by language"),
    Metric("upset_rate", "upset or harsh", "1", "conversations whose customer was upset or harsh / closed by people",
           "lower", top=lambda v: _count(v.closed & (v.rows.mood > 0)), bottom=lambda v: _count(v.closed),
           moves="failed bot turns, earlier contacts, waits"),
    Metric("waiting", "waiting", "conversations", "conversations in the queue, averaged over time", "lower",
           top=lambda v: v.overlap(v.rows.queued, np.where(np.isnan(v.rows.answered), v.rows.ended, v.rows.answered),
                                   ~np.isnan(v.rows.queued)), bottom=whole_span, moves="staffing against demand"),
    Metric("backlog", "backlog", "conversations", "human conversations not closed, averaged over time", "lower",
           top=lambda v: v.overlap(v.rows.queued, v.rows.ended, ~np.isnan(v.rows.queued)), bottom=whole_span,
           moves="staffing, opening hours, customers' delays in email"),
    Metric("cost", "cost", "money",
           "paid hours at the levels' and teams' rates + bots + campaigns + hires", "lower", "count",
           moves="staffing, levels, bots"),
    Metric("cost_per_conversation", "cost a conversation", "money", "cost / conversations", "lower",
           moves="staffing against demand"),
    Metric("cost_per_resolution", "cost a resolution", "money", "cost / conversations that settled the matter",
           "lower", moves="staffing against demand, first-contact resolution, bots"),
    Metric("hires", "hires", "people", "people hired for those who left", None, "count",
           moves="attrition, strain"),
)}
"""Every metric, by name."""

TIMES = {metric.times for metric in METRICS.values() if metric.times is not None}
"""The times that quantiles are taken of."""
