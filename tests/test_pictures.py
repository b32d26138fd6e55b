"""The pictures of the documentation show the screens as they are."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    """The script."""
    spec = importlib.util.spec_from_file_location("make_pictures", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_has_its_recipe_and_needs_no_network(make: ModuleType) -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(make.PICTURES)
    for path in FOLDER.glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert "url(http" not in text, path.name
        assert "font-face" not in text, path.name
        assert len(text) < 150_000, path.name


@pytest.mark.long
@pytest.mark.parametrize("name", ["browser", "debrief", "drill", "floor", "look-up"])
async def test_the_script_draws_what_is_there(name: str, make: ModuleType) -> None:
    assert await make.draw(name) == (FOLDER / f"{name}.svg").read_text(encoding="utf-8"), "run `make pictures`"
