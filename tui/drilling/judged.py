"""Judgement drills in text: a card as it is laid on the table, how an answer was marked, and what a play came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.drill.drill import Drill
from core.drill.judgement import SPEED
from sim.drills.dealing import Result
from sim.drills.judgement import Decision, Figures, Hand, Item, Mark
from sim.drills.review import Agreement
from tui.present import columns, in_blocks, plain, wrapped

WORDS = {"random": "guessing", "first": "always the first option", "commonest": "always the commonest answer"}
"""What `sim.drills.judgement.baselines` are."""
BROAD = 60
"""Columns from which on a text hangs beside its heading."""
READABLE = 36
"""Columns that a text beside a long heading has at least; where there are fewer it stands under it."""


def card(item: Item, width: int) -> Iterator[str]:
    """What is laid before the trainee."""
    names = max((len(name) for name, _ in item.facts), default=0)
    for name, value in item.facts:
        yield from hung(plain(name).ljust(names), plain(value), width)
    if item.facts and item.lines:
        yield ""
    speakers = max((len(who) for who, _ in item.lines), default=0)
    last = ""
    for who, said in item.lines:
        yield from hung(("" if who == last else plain(who)).ljust(speakers), plain(said), width)
        last = who
    for number, figures in enumerate(item.figures):
        if number or item.facts or item.lines:
            yield ""
        yield from table(figures, width)


def table(figures: Figures, width: int) -> Iterator[str]:
    """Figures in columns, nearer to each other where there is little room, then in tables under each other."""
    rows = [[plain(cell) for cell in row] for row in (figures.head, *figures.rows)]
    widest = sum(max(map(len, column)) for column in zip(*rows, strict=True)) + 2 * (len(figures.head) - 1)
    yield from in_blocks(rows, width, gap=2 if widest <= width else 1, numbers=True)


def guide(hand: Hand, width: int) -> Iterator[str]:
    """What the trainee may look into at any time."""
    for rule in hand.guide:
        name, colon, rest = plain(rule).partition(": ")
        yield from hung(f"  {name}:", rest, width) if colon and " " not in name else hung(" ", plain(rule), width)


def hung(head: str, text: str, width: int) -> Iterator[str]:
    """A name and its text, which hangs beside it."""
    for line in wrapped(text, max(width - len(head) - 2, 20)):
        yield f"{head}  {line}".rstrip()
        head = " " * len(head)


def choices(decision: Decision) -> str:
    """The options with their numbers, on one line."""
    return "  ".join(f"{number}) {plain(option.label)}" for number, option in enumerate(decision.options, 1))


def label_of(decision: Decision, value: str | None) -> str:
    """What an option is called."""
    return next((plain(option.label) for option in decision.options if option.value == value), "nothing")


def marking(item: Item, marks: Sequence[Mark], width: int, figures: bool = True) -> Iterator[str]:
    """How the answers to an item were marked, and why; with the `figures` that show it, or in words alone."""
    decisions = {decision.name: decision for decision in item.decisions}
    for mark in marks:
        decision = decisions[mark.decision]
        given, right = label_of(decision, mark.given), label_of(decision, mark.truth.value)
        verdict = "right" if mark.right else "near " if mark.credit else "wrong"
        said = given if mark.given == mark.truth.value else (f"{given}, as good as {right}" if mark.right
                                                             else f"{given}; it is {right}")
        if width >= BROAD:
            yield from hung(verdict, f"{plain(mark.decision)}: {said}. {plain(mark.why)}", width)
        else:
            if mark is not marks[0]:
                yield ""
            yield from wrapped(f"{verdict.strip()}, {plain(mark.decision)}: {said}.", width)
            yield from wrapped(plain(mark.why), width)
        if figures and mark.truth.figures is not None:
            margin = " " * (len(verdict) + 2) if width >= BROAD else ""
            yield ""
            yield from (f"{margin}{line}" for line in table(mark.truth.figures, width - len(margin)))


def report(result: Result, width: int) -> Iterator[str]:
    """The score for people: parts that add up, what was missed, how ratings agree, what to remember."""
    drill = result.file.drill
    verdict = "passed" if result.passed else "not passed"
    yield f"Score {result.points:.1f}, {verdict} (pass mark {drill.pass_mark:g})"
    rows = [("", "points", "of")]
    rows += [(f"  {plain(share.name)}", f"{share.tenths / 10:.1f}", f"{share.most / 10:.1f}")
             for share in result.grade.shares]
    if result.performance.hints:
        rows.append(("  hints", f"{-result.hint_tenths / 10:.1f}", ""))
    most = sum(share.most for share in result.grade.shares)
    yield from columns([*rows, ("  score", f"{result.points:.1f}", f"{most / 10:.1f}")], right=(1, 2))
    done, whole = len(result.answers), len(result.dealt.hand.items)
    if done < whole:
        yield f"{done} of {whole} were answered; the others count nothing."
    others = [f"{WORDS[name]} {points:.1f}" for name, points in result.baselines.items() if name in WORDS]
    yield from wrapped(f"For comparison: {', '.join(others)}.", width)
    if result.missed:
        yield ""
        yield "Missed"
        whys = {mark.truth.place: mark.truth.why for mark in reversed(result.marks) if not mark.right}
        heads = {place: f"  {times} × {plain(place)}" for place, times in result.missed}
        broad = max(map(len, heads.values()))
        for place, head in heads.items():
            why = plain(whys[place]).removeprefix(f"{place}: ")
            if width - broad >= READABLE:
                yield from hung(head.ljust(broad), why, width)
            else:
                yield head
                yield from hung("    ", why, width)
    if result.agreement:
        yield ""
        yield from agreement_table(result.agreement, width)
    remembered = result.remember()
    if remembered:
        yield ""
        yield "To remember"
        for sentence in remembered:
            yield from hung(" ", plain(sentence), width)


def agreement_table(agreement: Sequence[Agreement], width: int) -> Iterator[str]:
    """How ratings agree with the reference, beside how the colleagues' do."""
    yield "Agreement with the reference"
    yield from in_blocks([("", "exact", "within one", "kappa", "colleagues'", "bias"),
                          *((f"  {name}", *cells) for name, *cells in agreement_rows(agreement))], width, numbers=True)


def agreement_rows(agreement: Sequence[Agreement]) -> Iterator[tuple[str, ...]]:
    """For each rating: exact, within one, kappa, the colleagues' kappas, and the bias."""
    for one in agreement:
        kappas = sorted(kappa for kappa in one.colleagues if kappa is not None)
        yield (one.dimension, _share(one.exact), _share(one.within_one),
               "–" if one.kappa is None else f"{one.kappa:.2f}",
               f"{kappas[0]:.2f} to {kappas[-1]:.2f}" if kappas else "–", bias(one.bias))


def bias(value: float | None) -> str:
    """A bias in words: grades too mild or too strict."""
    if value is None:
        return "–"
    return "none" if value == 0.0 else f"{abs(value):.2f} too {'mild' if value > 0 else 'strict'}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.0f} %"


def terms(drill: Drill, items: int) -> Iterator[str]:
    """What is to be known before it begins."""
    yield f"{items} to decide. Pass mark {drill.pass_mark:g}."
    par = getattr(drill, "par", None)
    if par is not None and SPEED in getattr(drill, "points", {}):
        yield f"Speed counts for right answers only: all of it within {par:g} s an item, none after {3 * par:g} s."
