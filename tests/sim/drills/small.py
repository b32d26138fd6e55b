"""A drill on the floor of two hours: a run takes some hundredths of a second."""

from __future__ import annotations

from pathlib import Path

from core.drill.file import examine_drill
from sim.drills.exercise import Exercise
from tests.two_hours import two_hours

DRILL = """\
kind = "floor"
title = "A rush at the desk"
number = 1
level = "beginner"
goals = ["to act early"]
brief = "Three people at a desk, and a rush at half past nine."
scenario = "desk.toml"
seed = 7
start = "Mon 09:15"
end = "Mon 11:00"
grid = "15m"
pass_mark = 60
target = ["service_level>=60%"]

[[incident]]
at = "Mon 09:30"
lasts = "40m"
changes = { demand.level = "x2.5" }
headline = "A rush"
told_after = "2m"

[action.call-in]
title = "Call in two people"
delay = "10m"
lasts = "1h"
cost = 20
times = 2
changes = { team.desk.extra = "+2" }

[[action.call-in.then]]
after = "70m"
changes = { team.desk.handle_factor = "x1.2" }
headline = "People are tired"

[action.approve]
title = "Approve a text"
delay = "5m"

[action.notice]
title = "Tell customers"
needs = ["approve"]
delay = "2m"
cost = 5
changes = { proactive.reach = "30%" }

[action.send-home]
title = "Send one home"
delay = "1m"
changes = { team.desk.extra = "-1" }

[[goal]]
metric = "service_level"
worth = 2
per = "1%"

[[goal]]
metric = "abandonment_rate"
worth = 3
per = "1%"

[[goal]]
metric = "asa"
target = "<=2m"
worth = 10

[[hint]]
text = "Look at the queue."
cost = 4

[[hint]]
text = "Call people in."
cost = 6

[remember]
call-in = "People take ten minutes to come."
service_level = "Answered in time is what they came for."
always = "The first minutes count."
"""


def exercise(folder: Path, old: str = "", new: str = "") -> Exercise:
    """The drill, with a piece of its text replaced."""
    (folder / "desk.toml").write_text(two_hours("A desk"), encoding="utf-8")
    file = folder / "rush.toml"
    file.write_text(DRILL.replace(old, new, 1) if old else DRILL, encoding="utf-8")
    reading = examine_drill(file.read_text(encoding="utf-8"), file)
    assert reading.drill is not None, reading.problems
    return Exercise.of(reading.drill)
