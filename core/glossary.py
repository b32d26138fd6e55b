"""The field's words and what they mean here, for `flightdesk explain`, help panels and the reference page.

`WORDS` holds every word by its name, `find` takes any of its spellings. A word names the metrics that measure it
and the keys (`team.*.shrinkage`; a star is any name) that set it, where there are any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the field."""

    name: str
    meaning: str
    also: tuple[str, ...] = ()
    """Other spellings: what an abbreviation stands for, other words for the same thing."""
    metrics: tuple[str, ...] = ()
    """Names in `core.metrics`."""
    keys: tuple[str, ...] = ()
    """Keys of a scenario, or tables of them."""
    source: str = ""
    """Who says so, or where its numbers come from; empty for common usage."""


# Sources that several words share.
_REVIEW = "Gans, Koole and Mandelbaum 2003, Telephone Call Centers: Tutorial, Review, and Research Prospects"
_BROWN = "Brown et al. 2005, JASA 100"
_BENCHMARK = "a 2022 benchmark of 300 support teams"

WORDS: dict[str, Word] = {word.name: word for word in (
    # Who comes, and about what
    Word("need", "Something a customer wants settled. It may be prevented, self-served, or become one or several "
                 "conversations; a run accounts for every need.", metrics=("needs",), keys=("demand.rate",)),
    Word("conversation", "One contact from its first message to its end, by call, chat or email. A reopen, a recontact "
                         "and a retry are further conversations about the same need.",
         ("contact", "ticket", "case"), ("conversations", "human_conversations")),
    Word("topic", "What a conversation is about. Topics differ in volume, handle time, and in what the upper tiers can "
                  "do for them.", ("contact reason", "reason"), keys=("topic",)),
    Word("channel", "A way to reach the team: call, chat or email, each with its own patience, expectations and way of "
                    "working.", keys=("channel",)),
    Word("segment", "A kind of customer, such as trial, standard or high-touch: treated differently, worth "
                    "differently.", keys=("segment",)),
    Word("tenure", "How long someone has been a customer, or an agent on the team."),
    Word("demand", "Needs that arise, by hour of week: a Poisson process, more variable than chance alone on busy and "
                   "calm days, multiplied by incidents and seasonal peaks.", ("volume", "arrivals"), ("needs",),
         ("demand", "profile"), _BROWN),
    Word("busyness", "How much whole days differ beyond chance: a gamma factor for each day with a coefficient of "
                     "variation of 5-30 %.", ("overdispersion",), keys=("demand.busyness_cv",), source=_BROWN),
    Word("incident", "Something goes wrong and customers write about it: demand for its topics is multiplied while it "
                     "lasts.", ("outage",), keys=("incident",)),
    Word("interval", "A step of the day, often 30 or 60 minutes, for which volume is forecast and people are planned. "
                     "Also, of an estimate: the confidence interval.", keys=("profile.*.every",)),
    Word("urgency", "How soon the customer needs an answer. With impact, what is at stake, it makes the priority: a "
                    "courier standing outside needs an answer now, a general question can wait a day.", ("impact",)),
    Word("mood", "How the customer feels when the conversation begins: calm, upset or harsh.", ("sentiment",)),
    # The tiers
    Word("tier", "A layer of the funnel that a need passes on its way: proactive support, self-serve, bot, people. "
                 "The point of the upper tiers is that only what is complex reaches the team."),
    Word("funnel", "All tiers together, and how many needs each of them settles.", metrics=(
        "deflection_rate", "containment_rate", "roar")),
    Word("proactive support", "Solving known problems before anyone asks: outreach about known bugs, education before "
                              "a predictable peak, notices of outages.", ("proactive", "outreach", "campaign"),
         ("needs", "conversations"), ("proactive", "topic.*.proactive")),
    Word("self-serve", "Customers answer simple questions themselves, mostly in the help centre. Two thirds try it "
                       "before they contact anyone; about 9 % settle the matter there.",
         ("self-service", "help centre", "help center"), ("deflection_rate",),
         ("self_serve", "topic.*.self_serve"), "published surveys of self-service: 67 % try first, 9 % fully resolve"),
    Word("task bot", "Suggests articles from the keywords of a message, unless the customer has read the help centre "
                     "in the last 15 minutes: sending them back annoys.", ("article suggestions",)),
    Word("resolution bot", "Answers at once, asks whether that helped, and hands over to a person after failed turns.",
         ("bot", "chatbot", "answer bot"), ("roar", "roar_settled", "containment_rate"), ("bot",)),
    Word("triage bot", "Collects context before a person joins: costs the customer a moment, saves handle time and "
                       "transfers.", ("triage",)),
    Word("escape hatch", "The way from a bot to a person, offered after so many failed turns. Without one the customer "
                         "is in a loop.", ("exit", "hand-off", "handoff"), ("containment_rate", "csat"),
         ("bot.exit_after",)),
    Word("loop", "A bot without an exit: the customer gives up, or arrives angry before the first human word.",
         ("bot loop",), ("csat", "containment_rate"), ("bot.exit_after", "bot.gives_up")),
    Word("false resolution", "The bot counts the matter as resolved, because the customer said yes or said nothing, "
                             "and the customer still has the problem.", metrics=("roar", "roar_settled"),
         keys=("bot.false_resolution", "follow_up.recontact")),
    Word("never automate", "Topics, segments and tenures that go straight to people: sensitive matters such as "
                           "upgrade, cancellation and payment, high-touch customers, trials.", ("never-automate list",),
         keys=("topic.*.bot", "segment.*.bot")),
    Word("trust", "Willingness to deal with automation. Customers whom a bot has burnt demand a person next time, "
                  "which raises the people's load.", ("automation trust",)),
    Word("deflection", "Needs that no person saw, whatever became of them, of those not prevented. The widest of the "
                       "four measures of automation: deflection, containment, ROAR, ROAR that stays resolved.",
         ("deflection rate",), ("deflection_rate",)),
    Word("containment", "Conversations that began and ended with the bot, helped or not. A bot without an exit has "
                        "high containment and angry customers.", ("containment rate",), ("containment_rate",)),
    Word("ROAR", "Rate of automated resolution: conversations that a bot resolved, of all conversations. 4.5 % at a "
                 "company with complex questions, 10-20 % in consumer business.", (
        "rate of automated resolution", "automated resolution", "automation rate"), ("roar", "roar_settled"),
         source="published figures of a B2B software company and its customers"),
    # Routing
    Word("routing", "Which team's queue a conversation joins: rules on topic, segment, channel and what the message "
                    "says, the first that matches; the rest is sorted by a person.", ("assignment", "routing rule"),
         keys=("route",)),
    Word("inbox", "A team's queue. The escalation inbox is the one for what no rule placed, where a person sorts it."),
    Word("first-attempt accuracy", "Conversations that reach the right inbox at the first attempt; published figures "
                                   "are near 60 %. The others are transferred.", ("right first time", "misroute"),
         source="published figures of a B2B software company"),
    Word("transfer", "A conversation goes to another team after a person has seen it: costs time and satisfaction.",
         ("reassignment",)),
    Word("escalation", "A conversation goes up: to a higher level, a manager or the escalation inbox."),
    Word("priority class", "Order between conversations in a queue; within a class first come, first served.",
         ("priority",), ("asa", "service_level"), ("route.*.priority",),
         "Cobham 1954, Priority Assignment in Waiting Line Problems"),
    Word("overflow", "After a wait people of another team also take from this queue; after no wait it is a shared "
                     "skill.", ("spillover", "skill"), keys=("team.*.overflow",)),
    # Waiting
    Word("queue", "Conversations that wait for a person of a team.", metrics=("waiting", "p_wait", "wait_mean")),
    Word("FRT", "First response time: from the customer's first message to the first human reply, bots excluded.",
         ("first response time", "first reply time"), ("frt_mean", "frt_p50", "frt_p90", "frt_office_mean")),
    Word("ASA", "Average speed of answer: mean time in the queue of those who were answered. Blind to those who gave "
                "up.", ("average speed of answer",), ("asa",)),
    Word("service level", "X % within Y: conversations answered within a threshold. Of all, of the answered, or of all "
                          "but those who left in time: three formulas with three answers.", ("SLA", "answered in time"),
         ("service_level", "service_level_answered", "service_level_offered"), ("service_level",)),
    Word("patience", "How long a customer would wait for a person. Waits of those who gave up are not it: the patient "
                     "were answered first. Estimated by Kaplan and Meier.", keys=("channel.*.patience",), source=_BROWN,
         metrics=("abandonment_rate",)),
    Word("abandonment", "The customer gives up waiting.", ("abandon", "gave up", "reneging"), ("abandonment_rate",),
         ("channel.*.patience", "channel.*.leaves_at_once")),
    Word("silent abandonment", "A customer leaves a chat without closing it; an agent finds out only by opening it.",
         keys=("channel.*.silent", "channel.*.silent_check"), metrics=("aht", "occupancy"),
         source="Castellanos, Yom-Tov and Goldberg 2023, Silent Abandonment in Contact Centers"),
    Word("balking", "Leaving at the first sight of a queue.", metrics=("abandonment_rate",),
         keys=("channel.*.leaves_at_once",)),
    Word("call-back", "Instead of waiting in the queue the customer is called later: fine when that is what they "
                      "prefer.", ("callback",)),
    Word("backlog", "Human conversations not closed, with or without a first reply.", metrics=("backlog",)),
    Word("office hours", "Opening hours. Times in office hours stand still while they are closed.", ("business hours",),
         ("frt_office_mean",), ("office_hours",)),
    # People
    Word("AHT", "Average handle time: a person's time for a conversation, after-contact work included. It rises when "
                "bots take the quick ones: the team looks slower and is not.", ("average handle time", "handle time"),
         ("aht",), ("topic.*.handle_time", "channel.*.handle_factor", "team.*.handle_factor"),
         f"lognormal, coefficient of variation 0.7-1.5: {_BROWN}"),
    Word("after-contact work", "Work after the customer is gone, before the agent is free.",
         ("wrap-up", "after-call work", "ACW"), ("aht", "occupancy"), ("topic.*.after_work",)),
    Word("TTR", "Time to resolution: from the first message until the matter is settled, over all its conversations.",
         ("time to resolution", "resolution time")),
    Word("FCR", "First-contact resolution: the matter is settled at the first human conversation. Of all measures the "
                "one with the largest effect on CSAT.",
         ("first-contact resolution", "one-touch"), ("fcr",),
         ("topic.*.first_contact_resolution", "team.*.resolution_factor"),
         "a survey of support professionals (67 % name it first)"),
    Word("reopen", "The customer comes back because a person's answer had not settled the matter.", (),
         ("fcr",), ("follow_up.reopen",)),
    Word("recontact", "The customer comes back after a false resolution by the bot.", metrics=("roar_settled",),
         keys=("follow_up.recontact",)),
    Word("retry", "The customer gave up waiting and tries again.", ("redial",), ("abandonment_rate",),
         ("follow_up.retry",)),
    Word("touch", "One piece of a person's work on an email conversation, with the customer's delay before the next.",
         ("reply",), keys=("channel.*.touches",)),
    Word("concurrency", "Chats that one person holds at once. Each further one slows the others.", ("slots",),
         ("concurrency",), ("team.*.concurrency", "team.*.slowdown"),
         "Tezcan and Zhang 2014, Routing and Staffing in Customer Service Chat Systems"),
    Word("slowdown", "How much each further chat slows all chats of that person (processor sharing).",
         metrics=("aht", "concurrency"), keys=("team.*.slowdown",)),
    Word("occupancy", "Time with at least one conversation, of the time at work without breaks and absences. Above "
                      "85 % for long people tire.", metrics=("occupancy",), source=_REVIEW),
    Word("utilisation", "Time with at least one conversation, of all paid time: occupancy less shrinkage.",
         ("utilization",), ("utilisation",)),
    Word("shrinkage", "Paid time in which people are not available: illness, leave, meetings, training. 20-35 % "
                      "together is usual.", metrics=("utilisation",), keys=("team.*.shrinkage",)),
    Word("shift", "Hours of work on some days of the week, with breaks.", ("roster", "rota"),
         keys=("shift", "team.*.shifts")),
    Word("staffing requirement", "People needed in an interval to meet a service level at the volume forecast.",
         ("requirement", "headcount"), keys=("team.*.agents", "team.*.shifts", "team.*.schedule", "team.*.extra")),
    Word("level", "Specialist 1 and 2, senior specialist, engineer, senior engineer: which difficulty they settle, how "
                  "fast, at what cost."),
    Word("difficulty", "How hard a matter is; it decides who can settle it and how long that takes. What the bots "
                       "leave over is harder than what arrived.", ("residual mix",)),
    Word("ramp", "New people are slower and know fewer topics at first: 1.22 times the handle time in week 1, 1.15 to "
                 "day 30, 1.05 to day 60.", ("ramp-up", "onboarding"), source="measured on 80 hires of a call centre"),
    Word("safety net", "Experienced colleagues whom new people can ask; too early on the queue without one harms "
                       "customers and the new people."),
    Word("strain", "Above 85 % occupancy for long people become slower, make mistakes, and leave.", ("burnout",),
         ("occupancy",)),
    Word("attrition", "People who leave the team: 26 % a year in support centres.", ("turnover",),
         source="published figure for support centres"),
    Word("take-over", "A manager takes a harsh conversation off an agent, or ends it.", ("manager take-over",)),
    # Knowledge and quality
    Word("knowledge base", "Where people look up answers while they handle a conversation. Missing, stale or "
                           "distrusted it costs shoulder taps.", ("knowledge",)),
    Word("shoulder tap", "Asking an expert because the knowledge base has no answer: costs the expert the answer and "
                         "23 min 15 s to get back to work.", ("interruption",),
         source="Mark, Gudith and Klocke 2008, The Cost of Interrupted Work, and interviews about it"),
    Word("staleness", "Knowledge that was right once; grows unless somebody writes and reviews.", ("freshness",)),
    Word("CSAT", "Customer satisfaction: ratings of 4 and 5 out of 5. The customer's view. Those who answer surveys "
                 "are not all customers, so the true and the surveyed value differ. 78 % rising to 89 %.",
         ("customer satisfaction",), ("csat", "csat_surveyed", "survey_response"), ("satisfaction",), _BENCHMARK),
    Word("IQS", "Internal quality score, from a scorecard: accuracy, completeness, tone, process. The company's view. "
                "81 % rising to 89 %.", ("internal quality score", "quality score", "scorecard"), source=_BENCHMARK),
    Word("carousel", "Peer review: each person reviews at least five colleagues' conversations a week, drawn at "
                     "random, never the very short or spam.", ("peer review",)),
    Word("calibration of reviewers", "Bringing the people who review to rate alike: neither milder nor stricter than "
                                     "the reference (bias), and like each other (spread, alpha).", ("bias",),
         keys=("quality",)),
    Word("weighted kappa", "How far two raters agree beyond chance: 1 throughout, 0 as by chance. A rating that is two "
                           "grades off counts four times one that is one grade off.", ("Cohen's kappa", "kappa"),
         source="Cohen 1968, Psychological Bulletin 70"),
    Word("Krippendorff's alpha", "How far any number of raters agree beyond chance, also where some rated only a part; "
                                 "here for ordered grades: 1 throughout, 0 as by chance.", ("alpha",),
         source="Krippendorff 2011, Computing Krippendorff's alpha-reliability"),
    Word("coaching", "Time with a person whom reviews found to need it; raises their quality."),
    Word("driver", "A named part of satisfaction, such as waiting or an unsettled matter. Drivers add up, so a "
                   "difference in CSAT is the sum of what each contributed.", metrics=("csat",),
         keys=("satisfaction",)),
    Word("churn", "Customers who leave the company; money at risk is what they paid.", ("money at risk",)),
    Word("cost", "People's paid hours at their rates, the bot's resolutions at their price.",
         ("cost per conversation",), ("cost", "cost_per_conversation"),
         ("team.*.cost_per_hour", "bot.cost_per_resolution")),
    # Simulation
    Word("scenario", "What the world is: a TOML file. A scenario, a seed and interventions make a run, to the last "
                     "digit, on any machine."),
    Word("seed", "Number that all chance of a run follows from."),
    Word("replication", "The same scenario under independent chance; from several come the intervals."),
    Word("confidence interval", "95 % of such intervals contain the true value; shown as ± half its width.",
         ("±", "half width")),
    Word("warm-up", "Time at the start that metrics leave out, because an empty floor is not a usual one.",
         keys=("warm_up",)),
    Word("intervention", "A change of the scenario in the run: at a time, a key takes a value.", ("change", "knob")),
    Word("twin", "The same scenario and seed without the changes, beside the live floor: the difference is what the "
                 "changes did, and not what chance did."),
    Word("common random numbers", "Every customer draws the same chance in both runs of a comparison, so differences "
                                  "need far fewer replications."),
    Word("calibration", "Learning a scenario from real logs.", ("calibrate", "fit")),
    Word("backtest", "Learning from some logs, predicting others, and comparing with what happened."),
    Word("drill", "Practice with a score and a debrief: an incident on a live floor, conversations to sort (triage), "
                  "finished chats to rate (review), or a floor to read (reading).",
         ("floor drill", "triage drill", "review drill", "reading drill")),
    Word("reference policy", "What a strong player does on the same day of a drill, found by trying actions at many "
                             "times. It makes 100 points; doing nothing makes 0.", ("reference",)),
    Word("debrief", "What there is to learn from a drill: the score by parts, where it was decided, the better move at "
                    "that minute, and what to remember."),
    Word("hint", "Help in steps during a drill; each costs points."),
    Word("pass mark", "Points from which a drill is passed."),
    Word("eased clock", "A drill's clock at half the speed, which stops whenever something is told. The score is the "
                        "same, and is marked as eased.", ("eased",)),
    Word("branch", "Playing on from an earlier minute, with what had been done by then."),
    Word("par time", "How long a card of a judgement drill may take with all points for speed.", ("par",)),
    Word("Erlang C", "Exact waits for Poisson arrivals, exponential handle times and endless patience: M/M/c.",
         ("M/M/c",), source="Erlang 1917"),
    Word("Erlang A", "Erlang C with exponential patience: M/M/c+M. The usual first model of a call centre.",
         ("M/M/c+M",), source="Garnett, Mandelbaum and Reiman 2002, Designing a Call Center with Impatient Customers"),
    Word("Little's law", "Number in a place = arrival rate x time spent there; holds for every tier and queue.",
         ("L = lambda W",), source="Little 1961"),
)}
"""Every word, by name, in the order of the funnel."""


def spellings() -> Iterator[tuple[str, Word]]:
    """Each spelling of each word, as `find` compares them."""
    for word in WORDS.values():
        for text in (word.name, *word.also):
            yield folded(text), word


def folded(text: str) -> str:
    """The text as it is compared: case, and which of space, hyphen and underscore joins it, make no difference."""
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


def find(text: str) -> Word | None:
    """The word that the text is a spelling of, None where it is none."""
    return dict(spellings()).get(folded(text))
