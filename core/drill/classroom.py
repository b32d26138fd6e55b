"""Class mode: which drills and seeds a class plays, and the signed results that trainees hand in, all offline.

A trainer makes a class file, trainees play with it and hand in result files, the trainer collects them. A result has
the play itself (`core.drill.performance`), the score, and an HMAC-SHA256 (RFC 2104) over its canonical JSON with the
key that is in the class file.

What the signature proves: the file was made by somebody who has the class file, and has not changed since. What it does
not: who that was, or that they played alone; whoever has the class file can sign anything. That a score is right is
proved by playing the record again, which `sim.drills.collecting` does with every file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from core.drill.file import DrillFile
from core.drill.floor import Move
from core.drill.performance import Performance
from core.errors import DrillError
from core.scenario.part import Part
from core.toml_lines import printable, quoted
from core.units import WRITTEN

LARGEST = 4_000_000
"""Bytes; a larger file is nothing that a drill writes."""
Trainee = Annotated[str, Field(min_length=1, max_length=60)]
_Kind = TypeVar("_Kind", bound=Part)
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ClassDrill(Part):
    """A drill of a class."""

    name: str
    """Built-in name or file."""
    digest: str
    """Which version of it (`DrillFile.digest`)."""
    seeds: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
    """Seed of the first session, the second ...; after the last they come again."""
    references: dict[Annotated[str, Field(pattern=r"^[0-9]{1,18}$")], tuple[Move, ...]] = {}
    """Of a floor drill: the reference policy under each seed that is not the drill's own. The trainer's machine has
    looked for it, so no other has to, and all are measured by the same."""

    def seed(self, session: int) -> int:
        """Seed of a session, the first being 1."""
        return self.seeds[(session - 1) % len(self.seeds)]


class ClassFile(Part):
    """A class: what its trainees play, and the key that results are signed with."""

    flightdesk_class: Literal[1] = 1
    """Format of this file."""
    title: Annotated[str, Field(min_length=1, max_length=120)]
    key: Hex
    """Random, 32 bytes in hexadecimal."""
    drills: Annotated[tuple[ClassDrill, ...], Field(min_length=1)]

    @classmethod
    def new(cls, title: str, drills: Sequence[DrillFile], seeds: Sequence[int],
            references: Mapping[str, Mapping[str, tuple[Move, ...]]] | None = None) -> ClassFile:
        """A class with a key of its own.

        Args:
            title: what it is called.
            drills: what it plays.
            seeds: of the sessions; none: every drill is played under its own.
            references: see `ClassDrill.references`, by the drill's digest.
        """
        return cls(title=title, key=secrets.token_hex(32), drills=tuple(
            ClassDrill(name=drill.name, digest=drill.digest, seeds=tuple(seeds) or (drill.drill.seed,),
                       references=dict((references or {}).get(drill.digest, {})))
            for drill in drills))

    @property
    def id(self) -> str:
        """Tells classes apart without telling the key."""
        return hashlib.sha256(f"flightdesk class {self.key}".encode()).hexdigest()[:16]

    def drill(self, file: DrillFile) -> ClassDrill:
        """The class's entry of a drill.

        Raises:
            DrillError: where the class does not have it, or another version of it.
        """
        for drill in self.drills:
            if drill.digest == file.digest:
                return drill
        for drill in self.drills:
            if drill.name == file.name:
                raise DrillError(f"{file.name}: the class plays another version of this drill ({drill.digest}, here is "
                                 f"{file.digest}): trainer and trainees need the same version of Flightdesk")
        raise DrillError(f"{file.name}: the class does not play this drill; it plays "
                         + ", ".join(drill.name for drill in self.drills))

    def signature(self, document: Mapping[str, Any]) -> str:
        """What a result must be signed with."""
        return hmac.new(bytes.fromhex(self.key), canonical(document), hashlib.sha256).hexdigest()


class ClassResult(Part):
    """What a trainee hands in: the play as `performance`, and the score of it, signed."""

    flightdesk_result: Literal[1] = 1
    """Format of this file."""
    class_id: str
    """Of which class (`ClassFile.id`)."""
    trainee: Trainee
    """Who it was."""
    session: Annotated[int, Field(ge=1, le=999)]
    """The trainee's how-manieth go at this drill."""
    performance: Performance
    score: float | None
    """What the play came to; none: it could not be scored."""
    signature: Hex
    """HMAC-SHA256 over the rest, with the key of the class."""

    def signed_part(self) -> dict[str, Any]:
        """All that is signed; without the version where none is said, as in results from before there was one."""
        said = self.model_dump(mode="json", exclude={"signature"})
        if self.performance.version is None:
            del said["performance"]["version"]
        return said

    def text(self) -> str:
        """The file."""
        return json.dumps(self.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def canonical(document: Mapping[str, Any]) -> bytes:
    """One text for one content: keys in order, no spaces, plain ASCII, numbers as Python writes them."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def sign(group: ClassFile, trainee: str, session: int, performance: Performance, score: float | None) -> ClassResult:
    """A result, signed.

    Raises:
        DrillError: for a name that is none.
    """
    try:
        unsigned = ClassResult(class_id=group.id, trainee=trainee, session=session, performance=performance,
                               score=score, signature="0" * 64)
    except ValidationError as error:
        raise DrillError(_in_words("trainee", error)) from error
    return unsigned.model_copy(update={"signature": group.signature(unsigned.signed_part())})


def verified(group: ClassFile, result: ClassResult) -> bool:
    """Whether a result carries the signature that this class's key gives it."""
    return hmac.compare_digest(group.signature(result.signed_part()), result.signature)


def read_class(file: Path) -> ClassFile:
    """The class of a file.

    Raises:
        DrillError: where it is none, with all that is wrong with it.
    """
    return _read(file, ClassFile, "flightdesk_class", "class")


def read_result(file: Path) -> ClassResult:
    """The result of a file; whether its signature is right is not looked at.

    Raises:
        DrillError: where it is none, with all that is wrong with it.
    """
    return _read(file, ClassResult, "flightdesk_result", "result of a drill")


def is_class(file: Path) -> bool:
    """Whether a file means to be a class."""
    try:
        data = _load(file)
    except DrillError:
        return False
    return isinstance(data, dict) and "flightdesk_class" in data


def _load(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST:
            raise DrillError(f"{file}: is too large to be from a drill")
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DrillError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise DrillError(f"{file}: no JSON: {error}") from error


def _read(file: Path, kind: type[_Kind], mark: str, noun: str) -> _Kind:
    data = _load(file)
    if not isinstance(data, dict) or mark not in data:
        raise DrillError(f"{file}: is no {noun}")
    try:
        return kind.model_validate(data, context=WRITTEN)
    except ValidationError as error:
        raise DrillError(_in_words(str(file), error)) from error


def _in_words(name: str, error: ValidationError) -> str:
    """All that is wrong, a line each."""
    return "\n".join(printable(f"{name}: {'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}, given "
                               f"{quoted(one['input'])[:60]}") for one in error.errors(include_url=False))
