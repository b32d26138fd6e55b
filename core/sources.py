"""Where definitions and default numbers come from: author and year, a data set, a published survey, or nowhere.

By metric, and by key of the scenario (`team.*.open_limit`: a star for any name) or table of keys.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

GANS = "Gans, Koole and Mandelbaum 2003, Telephone Call Centers, Manufacturing & Service Operations Management 5"
JOUINI = "Jouini, Koole and Roubos 2013, Performance indicators for call centers with impatient customers, IIE Tr. 45"
BROWN = "Brown et al. 2005, Statistical Analysis of a Telephone Call Center, JASA 100"
LITTLE = "Little 1961, A Proof for the Queuing Formula L = λW, Operations Research 9"
GARNETT = "Garnett, Mandelbaum and Reiman 2002, Designing a Call Center with Impatient Customers, MSOM 4"
HELP_DESKS = "help desks' own definition, as in the exports of Zendesk, Intercom and Freshdesk"
FUNNEL = "the order of automation measures: deflection ≥ containment ≥ ROAR ≥ ROAR that stays resolved"
BOTS = "vendors' published figures: 4.5 % at a B2B company, 10-20 % in consumer business"
RATINGS = "ratings of 4 and 5 of 5, as in surveys of help desks; docs/explanation/csat.md"
COUNTED = "counted from the records; docs/reference/records.md"

METRICS: dict[str, str] = {
    "needs": COUNTED, "conversations": COUNTED, "human_conversations": COUNTED,
    "wait_mean": GARNETT, "p_wait": GARNETT, "abandonment_rate": GARNETT,
    "asa": GANS, "answer_p90": GANS,
    "frt_mean": HELP_DESKS, "frt_p50": HELP_DESKS, "frt_p90": HELP_DESKS,
    "frt_office_mean": "help desks' times within business hours, as in the exports of Zendesk",
    "service_level": JOUINI, "service_level_answered": JOUINI, "service_level_offered": JOUINI,
    "aht": BROWN, "fcr": "first-contact resolution as surveys of support professionals rank it (67 % name it first)",
    "occupancy": GANS, "utilisation": GANS,
    "concurrency": "Tezcan and Zhang 2014, Routing and Staffing in Customer Service Chat Systems, Oper. Res. 62",
    "csat": RATINGS, "csat_surveyed": RATINGS, "survey_response": RATINGS,
    "prevented_rate": COUNTED, "self_serve_rate": COUNTED, "turned_away_rate": COUNTED, "roar_articles": BOTS,
    "bot_resolution_rate": "vendors' published figures: one customer's bot resolves 33 % of what it is involved in",
    "rule_rate": "a vendor's published figure: rules place nearly half of the conversations",
    "right_first_rate": "a vendor's published figure: 60 % reach the right inbox on the first attempt",
    "transfer_rate": COUNTED, "escalation_rate": COUNTED, "callback_rate": COUNTED, "foreign_rate": COUNTED,
    "tap_rate": "Mark, Gudith and Klocke 2008, The cost of interrupted work: 23 min 15 s to get back into it",
    "upset_rate": COUNTED, "aht_expected": COUNTED, "ttr_mean": HELP_DESKS,
    "handle_index": "indirect standardisation, as in mortality ratios: what was, over what was to be expected",
    "csat_controlled": "docs/explanation/csat.md",
    "iqs": "internal quality scores average 81 %, good teams 89 %; published benchmark of support teams",
    "churn_risk": "SQM Group's surveys of call centres: wishes to leave by contacts needed; docs/explanation/csat.md",
    "money_at_risk": "the same, times what such a customer brings a year",
    "cost_per_resolution": COUNTED, "hires": "support centres replace 26 % of their people a year",
    "deflection_rate": FUNNEL, "containment_rate": FUNNEL, "roar": BOTS, "roar_settled": BOTS,
    "waiting": LITTLE, "backlog": LITTLE,
    "cost": "counted from the hours of the teams and the records", "cost_per_conversation": COUNTED,
}
"""By metric: where its definition comes from."""

KEYS: dict[str, str] = {
    "demand.busyness_cv": BROWN,
    "topic.*.handle_time": BROWN,
    "topic.*.first_contact_resolution": "+1 point is about +1 point of CSAT, a rule of thumb of the field",
    "channel.*.patience": BROWN,
    "channel.*.leaves_at_once": GARNETT,
    "channel.*.expects": "published surveys: 45 % expect an answer to a chat within 1 minute, 97 % within 10",
    "channel.*.silent": "Castellanos, Yom-Tov and Goldberg 2023, Silent Abandonment in Contact Centers",
    "self_serve.tries": "published surveys: 67 % try self-service first",
    "self_serve.finds": "published surveys: about 9 % settle the matter there",
    "bot.coverage": BOTS,
    "bot.success": "vendors' published figures: one customer's bot resolves 33 % of what it is involved in",
    "route.*.priority": "Cobham 1954, Priority Assignment in Waiting Line Problems, Operations Research 2",
    "team.*.open_limit": "support organisations: 10-15 complex open issues a person",
    "team.*.shrinkage": "20-35 % together is usual; a planners' rule of the field",
    "team.*.slowdown": "Tezcan and Zhang 2014, Routing and Staffing in Customer Service Chat Systems, Oper. Res. 62",
    "service_level": "80 % in 20 seconds, the usual target of call centres",
    "satisfaction": "docs/explanation/csat.md",
}
"""By key, or table of keys: where its default or its usual range comes from."""

GUESSED = (
    "bot.false_resolution", "bot.gives_up", "bot.hardness", "task_bot.spares", "task_bot.solves_again",
    "triage_bot.told", "trust.demands_person", "trust.burnt_after", "trust.remembers", "self_serve.writes_after",
    "proactive.effect", "campaign.*.effect", "campaign.*.half_life", "incident.*.notice_effect",
    "mood.failed_turn", "signals.detects", "callback.accepts", "callback.no_answer", "routing.sort_accuracy",
    "strain.slows", "strain.skill", "strain.leaves", "ramp.knows", "ramp.asks", "ramp.specialist",
    "knowledge.writes_down", "quality.coaching_gain",
)
"""How customers and people behave where no source is known: a guess, unless somebody has measured it."""


def is_guessed(key: str) -> bool:
    """Whether a key's value is a guess unless somebody has measured it."""
    return any(fnmatchcase(key, pattern) for pattern in GUESSED)


def source_of_key(key: str) -> str:
    """Where a key's numbers come from, "" where nothing is known; the longest table that fits counts."""
    fitting = [known for known in KEYS if key == known or key.startswith(f"{known}.")]
    return KEYS[max(fitting, key=len)] if fitting else ""
