"""What a person makes of a conversation: whose it is, how long it takes, whether they settle it, whom they ask.

`Handling.begin` is asked once for each person that a conversation meets. It says how long that person works on it and
whether they then end it or pass it on: to the right team from a wrong one, up where it is too difficult, to a manager
where the words are harsh. A scenario in which nothing of this can happen has no use for it (`sim.contact.is_plain`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.scenario import Scenario
from sim.conversation import Conversation
from sim.knowledge import KnowledgeBase
from sim.line import Kind
from sim.moods import HARSH, Moods

if TYPE_CHECKING:
    from sim.agents import Agent
    from sim.team import Team

_EMAIL = int(Kind.EMAIL)
MOST_PASSES = 6
"""After so many hands a conversation stays where it is."""
_SORTED, _PASSED_ON, _SEARCH, _ASKS, _FOUND, _TAPS, _ANSWER, _WRITES = (
    [f"{purpose}/{hands}" for hands in range(MOST_PASSES + 1)]
    for purpose in ("sorted", "passed on", "search", "asks", "found", "taps", "answer", "writes"))
"""What is drawn for each person that a conversation meets, by how many it has met before."""
ALONE = 0.5
"""First-contact resolution of a new person with a question and nobody to ask, against with somebody."""


class Handling:
    """One team's view of the conversations that its people take."""

    def __init__(self, knowledge: KnowledgeBase, moods: Moods):
        self._knowledge, self._moods = knowledge, moods

    def configure(self, scenario: Scenario, team: Team, teams: list[Team]) -> None:
        """Takes the scenario's numbers for conversations that this team takes from now on."""
        by_name = {other.name: other for other in teams}
        settings = scenario.team[team.name]
        self._team, self._teams = team, teams
        self._routing, self._signals, self._known = scenario.routing, scenario.signals, scenario.knowledge
        self.is_inbox = scenario.routing.inbox == team.name
        self._takes = [not self.is_inbox and (not topic.teams or team.name in topic.teams)
                       for topic in scenario.topic.values()]
        """Whether the team can settle each topic."""
        sorted_to = [other for other in teams if other.name != scenario.routing.inbox]
        others = [other for other in sorted_to if other.name != scenario.signals.manager] or sorted_to
        self._right = [[by_name[name] for name in topic.teams] or others[:1] for topic in scenario.topic.values()]
        self._wrong = [[other for other in others if topic.teams and other.name not in topic.teams]
                       for topic in scenario.topic.values()]
        self._up = None if settings.escalates_to is None else by_name[settings.escalates_to]
        self._escalate_after = settings.escalate_after
        self._speaks = [not settings.languages or name in settings.languages for name in scenario.language]
        self._foreign_factor = settings.foreign_factor
        self._pause_after_harsh = settings.pause_after_harsh
        manager = scenario.signals.manager
        self._manager = None if manager in (None, team.name) else by_name[manager or ""]
        self._searches = self._known.search.moments() != (0.0, 0.0)
        self._can_miss = self._known.taps > 0.0 or self._known.unanswered < 1.0
        self._ask: Callable[[Agent], Agent | None] = team.senior

    def begin(self, agent: Agent, conversation: Conversation, now: float) -> float:
        """Seconds that the person works on it (of an email, on the first touch); sets where it goes then, and how well
        they do."""
        block, row = conversation.block, conversation.row
        topic = block.topic_of[row]
        # What went up is not sent back down, whichever team's topic it is.
        if not self._takes[topic] and conversation.passed < MOST_PASSES and not block.escalations[row]:
            return self._pass_on(conversation, topic)
        work = self.touch_time(agent, conversation)
        if not self._moods.neutral:
            mood = self._meet(conversation, now)
            if mood == HARSH and self._calls_manager(conversation):
                assert self._manager is not None
                conversation.passes_to = self._manager
                block.escalations[row] += 1
                return work * self._signals.after
        hard = block.difficulty_of[row] > agent.handles
        if hard and self._up is not None and conversation.passed < MOST_PASSES:
            conversation.passes_to = self._up
            block.escalations[row] += 1
            return work * self._escalate_after
        possible, own = self._team.resolution_factor, agent.beyond if hard else 1.0
        if self._searches:
            work += block.time(_SEARCH[conversation.passed], self._known.search, row)
        if self._can_miss or agent.asks:
            asked, known, alone = self._look_up(agent, conversation, topic)
            work += asked
            possible *= known
            own *= alone
        conversation.possible, conversation.resolution = possible, possible * own
        block.skill[row], block.tone[row] = agent.skill, agent.tone
        return work

    def touch_time(self, agent: Agent, conversation: Conversation) -> float:
        """Seconds that the conversation itself takes the person; of an email, each touch."""
        block, row = conversation.block, conversation.row
        work = block.wants.work[row] * self._team.handle_factor * agent.pace
        if conversation.kind == _EMAIL:
            work /= block.wants.touches[row]
        if not self._speaks[block.language_of[row]]:
            block.foreign[row] = 1
            work *= self._foreign_factor
        return work

    def _pass_on(self, conversation: Conversation, topic: int) -> float:
        """A person of a wrong team, or of the sorting inbox, finds out where it belongs."""
        block, row, routing = conversation.block, conversation.row, self._routing
        right, wrong = self._right[topic], self._wrong[topic]
        target = right[0]
        if self.is_inbox:
            block.sorted[row] = 1
            chance = block.chance(_SORTED[conversation.passed], row)
            if wrong and chance >= routing.sort_accuracy:
                place = (chance - routing.sort_accuracy) / (1.0 - routing.sort_accuracy)
                target = wrong[min(int(place * len(wrong)), len(wrong) - 1)]
        else:
            block.transfers[row] += 1
        conversation.passes_to = target
        conversation.up += routing.transfer_up if conversation.passed == 0 else 0
        law = routing.sort_time if self.is_inbox else routing.transfer_time
        return block.time(_PASSED_ON[conversation.passed], law, row)

    def reason(self, conversation: Conversation) -> str:
        """Why this team passes a conversation on to where it goes now, in words."""
        block, row, to = conversation.block, conversation.row, conversation.passes_to
        assert to is not None
        if self.is_inbox:
            return f"sorted into {to.name}"
        if not block.escalations[row]:
            return f"passed on to {to.name}: not theirs to settle"
        if to is self._manager and block.met[row] == HARSH:
            return f"taken over by {to.name}: harsh words"
        return f"raised to {to.name}: too difficult"

    def _meet(self, conversation: Conversation, now: float) -> int:
        """The mood of the customer when this person meets them."""
        block, row = conversation.block, conversation.row
        # Who has not been answered yet counts from when they joined, sorting included.
        since = block.queued_of[row] if math.isnan(block.answered[row]) else conversation.queued
        mood, met = self._moods.later(block, row, (now - since) / block.expects_of[row] - 1.0), block.met[row]
        if mood < met:
            mood = met
        if mood < block.mood_of[row]:
            mood = block.mood_of[row]
        if mood != met:
            block.met[row] = mood
        return mood

    def rest_after(self, conversation: Conversation) -> float:
        """Room to breathe (s) for the person who ends it."""
        harsh = conversation.block.met[conversation.row] == HARSH
        return self._pause_after_harsh if harsh else 0.0

    def _calls_manager(self, conversation: Conversation) -> bool:
        if self._manager is None or conversation.passed >= MOST_PASSES:
            return False
        block, row = conversation.block, conversation.row
        return (self._moods.notices(block, row)
                and block.chance("taken over", row) < self._signals.takes_over)

    def _look_up(self, agent: Agent, conversation: Conversation, topic: int) -> tuple[float, float, float]:
        """Time (s) that asking takes; what is left of the chance of settling it where the answer is nowhere to be had,
        and where a new person has nobody to ask."""
        block, row, known = conversation.block, conversation.row, self._known
        number = conversation.passed
        unsure = agent.asks > 0.0 and block.chance(_ASKS[number], row) < agent.asks
        misses = block.chance(_FOUND[number], row) >= self._knowledge.answers(topic)
        taps = misses and block.chance(_TAPS[number], row) < known.taps
        if not (unsure or misses):
            return 0.0, 1.0, 1.0
        if unsure or taps:
            expert = self._ask(agent)
            if expert is not None:
                answer = block.time(_ANSWER[number], known.answer, row)
                block.taps[row] += 1
                expert.team.rest(expert, answer + known.refocus)
                if misses and block.chance(_WRITES[number], row) < known.writes_down:
                    self._knowledge.write(topic)
                    conversation.after_work += known.writing
                return answer, 1.0, 1.0
        return 0.0, known.unanswered if misses else 1.0, ALONE if unsure else 1.0
