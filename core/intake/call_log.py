"""A call log: every call of a floor, with when it was received, taken, done and given up. Start at `read_call_log`.

Rows that are no calls, or contradict themselves, are left out and counted by reason; what is odd but usable is kept
and counted too. All columns are read as text, so that a bad value spoils its row and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from core.errors import IntakeError
from core.intake.formats import MACROS, Format, recognise, why_not
from core.intake.source import Source, examine, plain
from core.units import DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_FAR = 1000
"""Days from the middle of the log beyond which a date is not believed."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows, and one of them."""

    rows: int
    example: str


@dataclass(frozen=True)
class CallLog:
    """Calls in the order in which they were received. Times are seconds since 00:00 of `first_monday`, nan for none."""

    title: str
    """Whose format it is."""
    files: tuple[str, ...]
    first_monday: date
    """Monday of the week of the first call."""
    queues: tuple[str, ...]
    agents: tuple[str, ...]
    caveats: tuple[str, ...]
    """What a log of this format does not tell."""
    rows: int
    """Rows in the files, those left out included."""
    left_out: dict[str, Count]
    """Rows that are not among the calls, by reason."""
    remarks: dict[str, Count]
    """Rows that are, by what is odd about them."""
    received: Floats
    """When the caller asked for a person: where the wait begins."""
    answered: Floats
    """When a person took it."""
    ended: Floats
    """When that person was free again; nan also where the log does not know."""
    left: Floats
    """When the caller gave up waiting."""
    queue: Ints
    """Position in `queues`."""
    agent: Ints
    """Position in `agents`, -1 for none."""
    customer: Ints
    """Number of the customer, -1 where the log does not know."""

    def __len__(self) -> int:
        return len(self.received)

    def where(self, rows: Flags) -> CallLog:
        """The log with some of its calls alone; days, names and what was left out stay."""
        columns = ("received", "answered", "ended", "left", "queue", "agent", "customer")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    @property
    def served(self) -> Flags:
        """Calls that a person took; all others gave up."""
        return ~np.isnan(self.answered)

    @property
    def wait(self) -> Floats:
        """Time in the queue, until answered or given up (s)."""
        return np.where(self.served, self.answered, self.left) - self.received

    @property
    def handle(self) -> Floats:
        """The agent's time for it (s); nan where nobody took it, or the log does not know."""
        return self.ended - self.answered

    @property
    def day(self) -> Ints:
        """Day of each call, from 0 on the first Monday."""
        return (self.received // DAY).astype(np.int64)

    def date_of(self, day: int) -> date:
        """The calendar date of a day."""
        return self.first_monday + timedelta(days=day)

    @property
    def dates(self) -> list[date]:
        """The calendar dates with a call."""
        return [self.date_of(int(day)) for day in np.unique(self.day)]

    @property
    def first_day(self) -> date:
        """Date of the first call."""
        return self.date_of(int(self.received[0] // DAY))

    @property
    def last_day(self) -> date:
        """Date of the last call."""
        return self.date_of(int(self.received[-1] // DAY))


def read_call_log(files: Sequence[str | Path]) -> CallLog:
    """The calls of one or several files of the same format, plain or packed with gzip.

    Raises:
        IntakeError: with every file that cannot be read, or is no call log, and why.
    """
    sources: list[tuple[Source, Format]] = []
    problems: list[str] = [] if files else ["no file is given"]
    for file in files:
        try:
            source = examine(Path(file))
        except IntakeError as error:
            problems.append(str(error))
            continue
        form = recognise(source.columns)
        if form is None:
            problems.append(plain(f"{source.name}: {why_not(source.columns)}", 1000))
        else:
            sources.append((source, form))
    if len({form.name for _, form in sources}) > 1:
        problems.append("the files are not of one format: "
                        + ", ".join(f"{source.name} is {form.title}" for source, form in sources))
    if problems:
        raise IntakeError("\n".join(problems))
    with duckdb.connect(config={"autoinstall_known_extensions": "false",
                                "autoload_known_extensions": "false"}) as database:
        return _Reader(database, sources[0][1]).read([source for source, _ in sources])


class _Reader:
    def __init__(self, database: duckdb.DuckDBPyConnection, form: Format):
        self.database = database
        self.form = form
        self.columns = (*form.wanted, *form.useful)

    def read(self, sources: list[Source]) -> CallLog:
        self.database.execute(MACROS)
        columns = ", ".join(f"{_name(column)} varchar" for column in self.columns)
        self.database.execute(f"create table given ({columns})")
        broken = [rows for source in sources for rows in self._load(source)]
        self.database.execute(f"create table calls as {self.form.calls}")
        self._mark_repeats()
        self._mark_strays()
        rows = int(self._one("select count(*) from calls")) + len(broken)
        left_out = self._counts("fault", "true")
        if broken:
            left_out["does not have as many columns as the header"] = Count(len(broken), plain(broken[0]))
        remarks = self._counts("remark", "fault is null")
        if self._one("select count(*) from calls where fault is null") == 0:
            why = "; ".join(f"{count.rows} × {reason}" for reason, count in left_out.items()) or "it has no rows"
            raise IntakeError(f"{', '.join(source.name for source in sources)}: no usable call in it: {why}")
        return self._log(sources, rows, left_out, remarks)

    def _load(self, source: Source) -> list[str]:
        """Adds the rows of a file to `given`; those that do not have its number of columns are returned."""
        there = [column.lower() for column in source.columns]
        struct = {f"c{place}": "VARCHAR" for place in range(len(there))}
        chosen = ", ".join(f"c{there.index(column)}" if column in there else "null" for column in self.columns)
        # No quotes: neither format has a separator inside a value, and one stray quote would swallow all that follows.
        options = {"auto_detect": False, "header": True, "all_varchar": True, "delim": source.separator, "quote": "",
                   "escape": "", "columns": struct, "compression": "gzip" if source.packed else "none",
                   "store_rejects": True, "rejects_limit": 0}
        named = ", ".join(f"{name} = ${name}" for name in options)
        try:
            self.database.execute(f"insert into given select {chosen} from read_csv($path, {named})",
                                  {"path": _literally(source.path), **options})
        except duckdb.Error as error:
            why = plain(str(error).splitlines()[0])
            raise IntakeError(f"{source.name}: cannot be read as a table ({why})") from None
        rejected = self.database.execute(
            "select any_value(csv_line) from reject_errors group by line order by line").fetchall()
        self.database.execute("drop table if exists reject_errors; drop table if exists reject_scans")
        return [str(line) for (line,) in rejected]

    def _mark_repeats(self) -> None:
        """A row that is there twice, to the last column, counts once."""
        columns = ", ".join(_name(column) for column in self.columns)
        self.database.execute(f"""
            create table repeats as select place from (
                select rowid as place, row_number() over (partition by {columns} order by rowid) as nth from given)
            where nth > 1;
            update calls set fault = 'the same row once more' from repeats
            where fault is null and calls.rowid = repeats.place""")

    def _mark_strays(self) -> None:
        """A date far from all others is a slip of the pen, and would stretch the log over years of nothing."""
        self.database.execute(f"""
            update calls set fault = 'received years away from the other calls' where fault is null and abs(
                epoch(received) - (select median(epoch(received)) from calls where fault is null)) > {_FAR * DAY}""")

    def _one(self, query: str) -> Any:
        found = self.database.execute(query).fetchone()
        assert found is not None
        return found[0]

    def _counts(self, column: str, condition: str) -> dict[str, Count]:
        shown = " || ', ' || ".join(f"coalesce(given.{_name(name)}, '')" for name in self.form.wanted)
        rows = self.database.execute(f"""
            select calls.{column}, count(*), arg_min({shown}, calls.rowid) from calls
            join given on given.rowid = calls.rowid
            where calls.{column} is not null and {condition} group by 1 order by 2 desc, 1""").fetchall()
        return {reason: Count(number, plain(example)) for reason, number, example in rows}

    def _log(self, sources: list[Source], rows: int, left_out: dict[str, Count],
             remarks: dict[str, Count]) -> CallLog:
        found = self.database.execute("""
            select epoch(received) as received, epoch(answered) as answered, epoch(ended) as ended,
                   epoch("left") as left_, queue, agent, customer
            from calls where fault is null order by received, rowid""").fetchnumpy()
        received = _times(found["received"])
        first = date(1970, 1, 1) + timedelta(days=int(received[0] // DAY))
        monday = first - timedelta(days=first.weekday())
        start = (monday - date(1970, 1, 1)).days * DAY
        queues, queue = _names(found["queue"])
        agents, agent = _names(found["agent"])
        _, customer = _names(found["customer"])
        answered, ended, left = (_times(found[column]) - start for column in ("answered", "ended", "left_"))
        names = tuple(source.name for source in sources)
        return CallLog(self.form.title, names, monday, queues, agents, self.form.caveats, rows, left_out, remarks,
                       received - start, answered, ended, left, queue, agent, customer)


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _literally(path: Path) -> str:
    """The path for DuckDB, which takes *, ? and [ for patterns: each in brackets stands for itself."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in str(path.resolve()))


def _times(values: Any) -> Floats:
    return np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)


def _names(values: Any) -> tuple[tuple[str, ...], Ints]:
    """The names there are, in order, and the place of each row's in them; -1 for none."""
    masked = np.ma.asarray(values)
    absent = np.ma.getmaskarray(masked)
    place = np.full(len(masked), -1, dtype=np.int64)
    if absent.all():
        return (), place
    known, where = np.unique(masked.data[~absent].astype(str), return_inverse=True)
    place[~absent] = where
    return tuple(plain(name, 40) for name in known.tolist()), place
