"""The debrief of a floor drill as a page: what `core.output.report` makes HTML and Markdown of."""

from __future__ import annotations

from collections.abc import Iterator

from core.metrics import METRICS
from core.output.pictures import day, losses
from core.output.report import Page, Picture, Section, Table
from core.output.store import program_version
from core.units import DAY, HOUR, write_moment
from sim.drills.debrief import Debrief
from tui.drilling.common import written
from tui.drilling.debrief_ import decision, timeline
from tui.drilling.play_ import judged_lines, money
from tui.present import plain

NO_BREAK = "\N{NO-BREAK SPACE}"


def page(found: Debrief, command: str, pictures: bool = True) -> Page:
    """The page of a debrief."""
    result = found.result
    drill, score = result.exercise.drill, result.score
    currency = plain(result.exercise.scenario.currency)
    who = f"How it went for {plain(result.performance.trainee)}" if result.performance.trainee else "How it went"
    if score.scorable:
        *tenths, hints, total = score.in_tenths()
        verdict = f"{total:.1f} points of the {score.pass_mark:g} that pass."
        rows = [(part.title, _signed(tenth), *(written(value, METRICS[part.name].unit if part.name in METRICS
                                                        else "money", currency)
                                                for value in (part.value, part.twin, part.reference)),
                 money(part.money, currency)) for part, tenth in zip(score.parts, tenths, strict=True)]
        if score.hints:
            rows.append(("hints", _signed(hints), "", "", "", ""))
        rows.append(("score", f"{total:.1f}", "", "", "", ""))
    else:
        verdict, rows = "There is no score: the reference is hardly better than doing nothing.", []
    judged = [" ".join(line.split()) for line in judged_lines(score, currency)]
    parts: list[Table | Picture] = []
    if rows:
        parts.append(Table("The score, part by part", ("part", "points", "you", "nothing done", "reference", "worth"),
                           rows, f"0 is what happens by itself, 100 ({currency}{score.span:,.0f}) is the reference "
                                 "policy, under the same chance."))
    worths = {one.deed: one for one in found.own}
    lines = [(write_moment(round(at)).replace(" ", NO_BREAK), who_, plain(words), "" if deed not in worths else
              _signed(worths[deed].points)) for at, who_, words, deed in timeline(found)]
    decided = [Table("The timeline", ("when", "who", "what", "worth, points"), lines, text_columns=3,
                     note="What a decision was worth is the course with it against the course without it.")]
    sections = [
        Section(who, plain(drill.brief.strip()), [verdict, *judged], score.passed, parts),
        Section("Where it was decided", "At which minute was most lost, and what would have helped?",
                [plain(line) for line in decision(found, currency)], None,
                [*decided, *(_pictures(found) if pictures else ())],
                ["At each point of the day the trainee's course is taken up to there, and the reference goes on: as it "
                 "did, or doing at once what it had done by then and the trainee had not, or with nothing more, "
                 "whichever is best.",
                 "The reference was found by a search under the same chance, from the first headline on: it is strong, "
                 "and nobody has proved that there is none stronger."], plain(command)),
        Section("To remember", "What would you tell the next one?", [plain(line) for line in found.remember])]
    return Page(f"Debrief: {plain(drill.title)}", sections, f"Flightdesk {program_version()}",
                [f"Drill {plain(result.exercise.name)} ({result.exercise.digest}), seed {result.seed}."])


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "−")


def _pictures(found: Debrief) -> Iterator[Picture]:
    lost = [{"hour": step.begin % DAY / HOUR, "until": step.end % DAY / HOUR or 24.0, "points": step.points}
            for step in found.steps]
    yield Picture("What was lost, step by step", "Points against the reference going on from there; below zero where "
                  "the trainee did better.", losses(lost, "points"))
    events = [{"hour": at % DAY / HOUR, "kind": "what you did" if who == "you" else "what happened"}
              for at, who, _, _ in timeline(found) if who != "reference"]
    for name, mine in found.series.items():
        rows = [{"hour": time % DAY / HOUR, "value": value, "series": whose} for whose, one in mine.items()
                for time, value in zip(one.times.tolist(), one.values.tolist(), strict=True) if value == value]
        if rows:
            metric = METRICS[name]
            yield Picture(metric.title, "Upright lines: dotted for what happened, solid for what you did.",
                          day(rows, events, metric.title, metric.unit == "1", list(mine)))
