"""A judgement drill by plain prompts, for a terminal without the dashboard: questions on stderr, answers from stdin."""

from __future__ import annotations

from collections.abc import Callable

import rich_click as click

from sim.drills.round import Round
from tui.drilling import judged
from tui.present import plain, wrapped

HELP = "A number decides; ? hint (costs points), g guide, b back, q stop and keep what is finished."


def play(one: Round, width: int, read: Callable[[], str] = input) -> bool:
    """Plays a round to its end, or until it is stopped (also by the end of input); False where Ctrl+C did that."""
    drill, count = one.file.drill, len(one.dealt.hand.items)
    _say(plain(drill.title))
    _say(*wrapped(plain(drill.brief), width))
    _say(*judged.terms(drill, count), HELP)
    try:
        while not one.ended:
            number, item = one.at + 1, one.show()
            _say("", f"{number} of {count}  {plain(item.title)}", *judged.card(item, width))
            while one.at < number:
                decision = one.decision
                _say("", decision.question, *wrapped(judged.choices(decision), width))
                click.echo("> ", err=True, nl=False)
                word = read().strip().lower()
                if word == "q":
                    return True
                if word == "?":
                    _hint(one, width)
                elif word == "g":
                    _say(*judged.guide(one.dealt.hand, width))
                elif word == "b":
                    _say("" if one.back() else "There is nothing to take back.")
                elif (value := _value(word, [(option.value, option.label) for option in decision.options])) is None:
                    _say(f"A number from 1 to {len(decision.options)} is wanted. {HELP}")
                elif (marks := one.choose(value)) is not None:
                    _say("", *judged.marking(item, marks, width))
    except (KeyboardInterrupt, EOFError) as end:
        _say("")
        return isinstance(end, EOFError)
    return True


def _hint(one: Round, width: int) -> None:
    hint = one.take_hint()
    _say(*wrapped("There is no other hint." if hint is None
                  else f"Hint {one.hints}, for {hint.cost:g} points: {plain(hint.text)}", width))


def _value(word: str, options: list[tuple[str, str]]) -> str | None:
    """The option meant: its number, its value or its label."""
    if word.isdecimal() and len(word) < 4 and 1 <= int(word) <= len(options):
        return options[int(word) - 1][0]
    return next((value for value, label in options if word in (value.lower(), label.lower())), None)


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(line, err=True)
