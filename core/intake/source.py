"""A data file as it lies on the disk: is it there, is it text, what separates it, which columns does it have.

`examine` answers before DuckDB reads anything, so that whatever is wrong with the file is said in plain words.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import IntakeError

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_SEPARATORS = ",\t;|"


@dataclass(frozen=True, slots=True)
class Source:
    """A readable text table."""

    path: Path
    packed: bool
    """Whether it is a gzip file, by its content: the name may say anything."""
    separator: str
    columns: tuple[str, ...]
    """The headers as they stand there."""

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return plain(self.path.name)


def examine(path: Path) -> Source:
    """The file as a text table.

    Raises:
        IntakeError: it is missing, empty, no text in UTF-8, or a packed file that is damaged or cut short.
    """
    name = plain(path.name)
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        header = _header(path, packed)
    except FileNotFoundError:
        raise IntakeError(f"{plain(str(path))}: there is no such file") from None
    except IsADirectoryError:
        raise IntakeError(f"{plain(str(path))}: is a folder, a file is wanted") from None
    except EOFError:
        raise IntakeError(f"{name}: the packed file ends in the middle: the copy or download is not complete") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise IntakeError(f"{name}: the packed file is damaged ({error})") from None
    except UnicodeDecodeError as error:
        raise IntakeError(f"{name}: is not text in UTF-8 ({_culprit(error)}); save or export it as UTF-8") from None
    except OSError as error:
        raise IntakeError(f"{plain(str(path))}: cannot be read ({error.strerror or error})") from None
    if not header.strip():
        raise IntakeError(f"{name}: is empty, or blank where the column names belong, in its first line")
    separator = max(_SEPARATORS, key=header.count)
    columns = tuple(column.strip().strip('"').strip() for column in header.split(separator))
    return Source(path, packed, separator, columns)


def _header(path: Path, packed: bool) -> str:
    """The first line, after all of the file has been seen to be text."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    first = ""
    done = False
    for chunk in _chunks(path, packed):
        if b"\0" in chunk:
            raise UnicodeDecodeError("utf-8", chunk, chunk.index(b"\0"), chunk.index(b"\0") + 1, "a zero byte")
        text = decoder.decode(chunk)
        if not done:
            first += text
            done = "\n" in first
    decoder.decode(b"", final=True)
    return first.split("\n", 1)[0].rstrip("\r")


def _chunks(path: Path, packed: bool) -> Iterator[bytes]:
    with gzip.open(path, "rb") if packed else path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _culprit(error: UnicodeDecodeError) -> str:
    if error.object[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "it looks like UTF-16"
    return f"byte 0x{error.object[error.start]:02x}"


def plain(text: str, width: int = 120) -> str:
    """Text that came from outside, safe to print: one line, no control characters, not endless."""
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return shown if len(shown) <= width else shown[:width - 3] + "..."
