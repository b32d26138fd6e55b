"""What a review looks at, and the reviews that colleagues make of each other: the numbers of `core.quality`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from core.scenario.part import Part
from core.units import Duration, Share, Weight

Level = Annotated[Share, Field(gt=0.0, lt=1.0)]


class Quality(Part):
    """The internal quality score (IQS) of reviewed conversations, and the peer-review carousel.

    The shares are those of an average person, tenured and rested; skill and tone move their log odds. The defaults give
    such a person an IQS of 81 %, and a team that is better by 0.8 an IQS of 89 %: average and good teams.
    """

    accuracy: Weight = 30.0
    """Weight of accuracy, whether the answer was right, in the score."""
    completeness: Weight = 25.0
    """Weight of completeness, whether it left nothing open."""
    tone: Weight = 25.0
    """Weight of tone: empathy."""
    process: Weight = 20.0
    """Weight of the internal process, followed or not."""
    good: Share = 0.75
    """What a "good" counts, where "exceptional" counts 100 % and "needs improvement" nothing."""
    at_least_good: Level = 0.92
    """Share of ratings of accuracy, completeness and tone that are at least "good"."""
    exceptional: Level = 0.44
    """Share of them that are "exceptional"."""
    followed: Level = 0.85
    """Share of conversations in which the internal process was followed."""
    reviews: Annotated[float, Field(ge=0.0, le=100.0)] = 0.0
    """Colleagues' conversations that each person reviews a week (5 and more in the sources); 0 is no carousel."""
    review_time: Duration = 480.0
    """Time that one review takes."""
    shortest: Duration = 60.0
    """Conversations with less handle time are too short to review."""
    coaching_below: Share = 0.7
    """IQS of a person's reviews of a week under which the person is coached."""
    coaching_time: Duration = 1_800.0
    """Time that coaching takes of the person and of the coach."""
    coaching_gain: Annotated[float, Field(ge=0.0, le=5.0)] = 0.1
    """What it adds to the person's quality of work, in log odds."""
    coaching_limit: Annotated[float, Field(ge=0.0, le=5.0)] = 0.8
    """The most that coaching can add to one person."""

    @model_validator(mode="after")
    def _grades_in_order(self) -> Quality:
        if self.exceptional > self.at_least_good:
            raise ValueError("`exceptional` cannot be more than `at_least_good`: what is exceptional is good too")
        return self
