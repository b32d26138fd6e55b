"""What surrounds the screens: looks, settings, keys bound anew, the tour, jumping, looking words up."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.color import Color
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from core.errors import Problem, ScenarioError
from sim.live import LiveSession
from tests.fake_floor import FakeClock, FakeFloor, scenario
from tui.app import UNTOUCHED, Flightdesk
from tui.cli import run
from tui.exit import Exit
from tui.front import run_app
from tui.keymap import NAMED
from tui.play import Play
from tui.screens.dialogs import HelpScreen, words_in
from tui.screens.jump import JumpScreen
from tui.screens.live import LiveScreen
from tui.screens.look_up import LookUpScreen
from tui.screens.tour import BROWSER, LIVE, STEP, TourScreen
from tui.settings import Settings, first_time, read_settings, save_setting
from tui.themes import THEMES
from tui.widgets.keys import Keys
from tui.widgets.knobs import Knobs
from tui.widgets.kpis import Kpis
from tui.widgets.panel import Panel

Capture = pytest.CaptureFixture[str]


@asynccontextmanager
async def floor(size: tuple[int, int] = (120, 40), settings: Settings = UNTOUCHED,
                unicode: bool = True) -> AsyncIterator[tuple[Flightdesk, Pilot[None]]]:
    """A live floor that stands still at Tuesday 10:00, its opening done."""
    clock = FakeClock()
    session = LiveSession(scenario(), 7, start=34 * 3600.0, make_floor=FakeFloor, clock=clock)
    session.playing = False
    while session.on_errand:
        session.advance(0.0)
    app = Flightdesk(session, clock=clock, timed=False, unicode=unicode, settings=settings)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def rows(app: Flightdesk) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def write(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text(text, encoding="utf-8")


# --- looks ---------------------------------------------------------------------------------------------------------

def luminance(colour: Color) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("name", "least"), [("dark", 4.5), ("light", 4.5), ("high-contrast", 7.0),
                                             ("colour-blind", 4.5)])
def test_every_colour_of_every_look_can_be_read(name: str, least: float) -> None:
    """Contrast of text against its ground, 4.5 at least (WCAG 2.2 AA), 7 where high contrast is promised (AAA)."""
    theme = THEMES[name]
    for ground in (theme.background, theme.surface):
        for colour in (theme.foreground, theme.primary, theme.accent, theme.success, theme.warning, theme.error):
            light, dark = sorted((luminance(Color.parse(str(colour))), luminance(Color.parse(str(ground)))),
                                 reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= least, (colour, ground)


def test_good_and_bad_differ_in_lightness_too_where_hues_may_not() -> None:
    theme = THEMES["colour-blind"]
    good, bad = (luminance(Color.parse(str(colour))) for colour in (theme.success, theme.error))
    assert abs(good - bad) > 0.02


@pytest.mark.parametrize("name", ["light", "high-contrast"])
async def test_a_look_is_set_and_drawn(name: str) -> None:
    async with floor(settings=Settings(theme=name, tour=False)) as (app, _):
        assert app.theme == THEMES[name].name
        ground = app.screen.styles.background
        assert ground == Color.parse(str(THEMES[name].background))


# --- settings ------------------------------------------------------------------------------------------------------

def test_without_a_file_all_is_as_it_comes() -> None:
    assert read_settings() == (Settings(), ())


def test_settings_are_read_and_keys_may_be_nested(home: Path) -> None:
    write(home, 'theme = "light"\nsymbols = "ascii"\ntour = false\n'
                '[keys]\n"live.pause" = "p,f5"\n[keys.live]\nstep = "ctrl+s"\n')
    settings, problems = read_settings()
    assert problems == ()
    assert settings == Settings("light", "ascii", False, {"live.pause": "p,f5", "live.step": "ctrl+s"})
    assert settings.unicode is False


def test_every_bad_setting_is_said_with_its_line_and_the_good_ones_hold(home: Path) -> None:
    write(home, 'theme = "drk"\nthme = "dark"\nsymbols = "ascii"\ntour = "no"\n'
                '[keys]\n"live.pause" = ""\n"live.step" = "x"\n')
    settings, problems = read_settings()
    assert settings == Settings(symbols="ascii", keys={"live.step": "x"})
    assert [problem.text("settings.toml") for problem in problems] == [
        'settings.toml:1: theme: must be one of "dark", "light", "high-contrast", "colour-blind", given "drk"; '
        'did you mean "dark"?',
        'settings.toml:2: thme: there is no such setting; did you mean "theme"?',
        'settings.toml:4: tour: must be true or false, given "no"',
        'settings.toml:6: keys.live.pause: must be a key such as "p", "ctrl+p", "f5" or "space", given ""']


@pytest.mark.parametrize("text", ["theme = ", "\x00", "keys = 3", "[theme]", "\ufeff"])
def test_a_broken_file_is_never_fatal(home: Path, text: str) -> None:
    write(home, text)
    settings, problems = read_settings()
    assert settings == Settings()
    assert bool(problems) == (text != "\ufeff")


async def test_bad_settings_are_said_on_the_screen(home: Path) -> None:
    write(home, 'theme = "drk"\n[keys]\n"live.pause" = "p"\n"live.pase" = "x"\n')
    settings, problems = read_settings()
    app = Flightdesk(timed=False, settings=settings, problems=problems)
    async with app.run_test() as pilot:
        await pilot.pause()
        said = [notice.message for notice in app._notifications]
    assert said[0].startswith("settings.toml:1: theme: must be one of")
    assert said[1] == 'settings.toml: keys.live.pase: nothing has this name; did you mean "live.pause"?'


def test_the_command_lists_settings_and_keys(home: Path, capsys: Capture) -> None:
    write(home, 'theme = "light"\n[keys]\n"live.pause" = "p"\n')
    assert run(["settings"]) == Exit.OK
    text = capsys.readouterr().out
    assert text.startswith(str(home / "settings.toml"))
    assert "theme = light" in text
    assert ["live.pause", "p", "pause"] in [line.split() for line in text.splitlines()]
    write(home, 'theme = "light"\n[keys]\n"live.pase" = "p"\n')
    assert run(["settings", "--json"]) == Exit.INPUT
    document = json.loads(capsys.readouterr().out)
    assert document["settings"]["theme"] == "light"
    assert document["problems"][0]["hint"] == 'did you mean "live.pause"?'
    assert document["keys"]["live.pause"] == {"key": "space", "default": "space", "does": "pause"}


def test_a_theme_is_kept_and_the_rest_of_the_file_with_it(home: Path) -> None:
    write(home, '# mine\ntheme = "light"  # by day\n[keys]\n"live.pause" = "p"\n')
    save_setting("theme", "dark")
    assert (home / "settings.toml").read_text() == '# mine\ntheme = "dark"  # by day\n[keys]\n"live.pause" = "p"\n'
    (home / "settings.toml").unlink()
    save_setting("theme", "colour-blind")
    assert read_settings() == (Settings(theme="colour-blind"), ())


# --- keys ----------------------------------------------------------------------------------------------------------

async def test_a_key_bound_anew_does_it_and_the_old_one_does_not() -> None:
    async with floor(settings=Settings(tour=False, keys={"live.pause": "p", "knobs.turn-up": "x"})) as (app, pilot):
        assert app.session is not None
        assert "p pause" in app.screen.query_one(Keys).text()
        await pilot.press("space")
        assert not app.session.playing
        await pilot.press("p")
        assert app.session.playing
        await pilot.press("x")
        assert [change.value for change in app.session.interventions] == ["1"]
        await pilot.press("right")
        assert len(app.session.interventions) == 1


def test_names_of_keys_are_one_each() -> None:
    taken: dict[tuple[str, str], str] = {}
    for name, binding in NAMED.items():
        assert binding.description, name
        for key in binding.key.split(","):
            place = name.split(".")[0]
            assert taken.setdefault((place, key), name) == name, f"{key} does two things in {place}"


# --- finding one's way ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("stops", [BROWSER, LIVE])
def test_a_tour_takes_less_than_a_minute(stops: tuple[object, ...]) -> None:
    assert len(stops) * STEP < 60


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_tour_shows_one_part_after_another_and_never_covers_it(size: tuple[int, int]) -> None:
    async with floor(size) as (app, pilot):
        below = app.screen
        app.action_tour()
        await pilot.pause()
        seen = []
        while isinstance(app.screen, TourScreen):
            (part,) = below.query(".-toured")
            box = app.screen.query_one("#tour", Static)
            assert not box.region.overlaps(part.region), (part, box.region, part.region)
            assert box.region.bottom <= size[1]
            seen.append(part)
            app.screen.next()
            await pilot.pause()
        assert len(seen) == len(LIVE) - (size == (80, 24)), "the funnel has no room there"
        assert not below.query(".-toured")


@pytest.mark.parametrize("key", ["space", "right"])
async def test_any_key_ends_the_tour_and_does_nothing_else(key: str) -> None:
    async with floor() as (app, pilot):
        app.action_tour()
        await pilot.pause()
        await pilot.press(key, key)  # the second is on its way before the tour is gone
        await pilot.pause()
        assert not isinstance(app.screen, ModalScreen)
        assert not app.screen.query(".-toured")


async def test_the_tour_is_offered_once(home: Path) -> None:
    for offered in (True, False):
        async with floor(settings=Settings()) as (app, pilot):
            app.keep()
            await pilot.pause()
            assert isinstance(app.screen, TourScreen) == offered
    assert not first_time("tour-live")
    async with floor(settings=Settings(tour=False)) as (app, pilot):
        app.keep()
        assert not isinstance(app.screen, TourScreen)


def test_where_it_cannot_be_noted_there_is_no_first_time(home: Path) -> None:
    home.write_text("a file in the way")
    assert not first_time("tour-live")


async def test_a_letter_jumps_to_its_panel() -> None:
    async with floor() as (app, pilot):
        await pilot.press("j")
        jump = app.screen
        assert isinstance(jump, JumpScreen)
        letter, panel = next((letter, panel) for letter, panel in jump.places.items() if isinstance(panel, Kpis))
        assert f" {letter} " in rows(app)[panel.region.y]
        await pilot.press(letter)
        await pilot.pause()
        assert app.focused is panel
        await pilot.press("j", "escape")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
        assert app.focused is panel


async def test_a_word_is_explained_as_it_is_typed() -> None:
    async with floor() as (app, pilot):
        await pilot.press("f1")
        assert isinstance(app.screen, LookUpScreen)
        assert "need: Something a customer wants settled" in " ".join(rows(app))
        await pilot.press(*"frt_p90")
        await pilot.pause()
        assert "90th percentile of the first response time" in "\n".join(rows(app))
        app.screen.query_one(Input).value = "[bold]courier"
        await pilot.pause()
        app.screen.query_one(Input).value = "courier"
        await pilot.pause()
        assert "urgency" in "\n".join(rows(app))
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)


async def test_help_brings_the_words_that_it_uses() -> None:
    assert [word.name for word in words_in("The twin: the same seed, without your changes. CSAT beside it.")] == [
        "twin", "seed", "CSAT"]
    assert words_in("ton of seeding") == []
    async with floor() as (app, pilot):
        app.screen.query_one(Knobs).focus()
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen), "two quick keys leave one dialog"


async def test_the_palette_has_what_the_keys_have() -> None:
    async with floor() as (app, _):
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Jump to a panel", "Look up a word", "Tour", "Settings", "Theme", "Undo"} <= titles


async def test_without_unicode_they_are_ascii() -> None:
    async with floor(unicode=False) as (app, pilot):
        for opened in (app.action_tour, app.action_jump, app.action_look_up):
            opened()
            await pilot.pause()
            assert isinstance(app.screen, ModalScreen)
            assert "\n".join(rows(app)).isascii()
            await pilot.press("escape")
            await pilot.pause()


def test_every_panel_that_takes_keys_can_be_jumped_to() -> None:
    assert all(kind.can_focus for kind in Panel.__subclasses__() if "BINDINGS" in kind.__dict__)


async def test_what_cannot_be_opened_is_told_once_the_terminal_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ScenarioError("mine.toml", [Problem("team", "is required")])

    def opening() -> Play:
        raise wrong

    app = Flightdesk(opening=opening)
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert app.refusal is wrong
    monkeypatch.setattr(app, "run", lambda: None)
    with pytest.raises(ScenarioError, match="is required"):
        run_app(app)
