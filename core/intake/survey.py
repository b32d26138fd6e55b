"""A survey export: ratings with the time to the first reply, and with how long the agent had been on the job.

`read_survey` reads the table; `core.intake.survey_fit` finds what waiting and short tenure do to satisfaction. Columns
are found by the names that help desks give them, or named by the caller. All values are read as text, so that a bad
one spoils its row and nothing else; rows that tell nothing are left out and counted by reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from core.errors import IntakeError, did_you_mean
from core.intake.call_log import Count
from core.intake.source import Source, examine, plain
from core.units import HOUR, MINUTE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NAMES = {
    "rating": ("csat score", "satisfaction score", "csat", "last teammate rating", "survey results", "rating", "score"),
    "asked": ("issue_reported at", "conversation started at", "created at", "created time", "asked"),
    "answered": ("issue_responded", "conversation first replied at", "initial response time", "first reply at",
                 "answered"),
    "waited": ("first reply time in minutes", "first response time (seconds)", "first response time (in hrs)",
               "first reply time in minutes within business hours"),
    "tenure": ("tenure bucket", "agent tenure", "tenure"),
    "agent": ("agent_name", "agent name", "teammate currently assigned", "assignee", "agent"),
}
"""What columns are called in exports, likeliest first; a name may go on with a time zone in brackets."""
_BUCKETS = ((30.0, "0-30"), (60.0, "31-60"), (90.0, "61-90"), (np.inf, "over 90"))
"""Days on the job up to which a bucket goes, where tenure is a number."""
_MOST_BUCKETS = 12
_UNKNOWN = "not said"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the table tells what; None where none does."""

    rating: str
    """1 to 5."""
    asked: str | None = None
    """Date and time of the first message."""
    answered: str | None = None
    """Date and time of the first reply."""
    waited: str | None = None
    """Time to the first reply, in place of the two: in the unit that its name says, else seconds, or H:MM:SS."""
    tenure: str | None = None
    """How long the agent had been on the job: the name of a bucket, or days."""
    agent: str | None = None
    """Who replied: ratings of the same person are not independent."""


@dataclass(frozen=True)
class Survey:
    """Answered surveys, one row each."""

    file: str
    columns: Columns
    rows: int
    """Rows of the file, those left out included."""
    left_out: Mapping[str, Count]
    rating: Ints
    """1 to 5."""
    waited: Floats
    """Seconds from the first message to the first reply."""
    tenures: tuple[str, ...]
    """Buckets of tenure, in the order of the export or of their days; one where it does not tell."""
    tenure: Ints
    """Position in `tenures`."""
    agent: Ints
    """Number of the agent; where the export does not tell, each row has its own."""

    def __len__(self) -> int:
        return len(self.rating)


def read_survey(path: Path, day_first: bool | None = None, **named: str | None) -> Survey:
    """The answered surveys of an export, plain or packed with gzip.

    Args:
        path: the file.
        day_first: whether dates such as 01/08/2023 begin with the day; None: as the dates themselves show.
        named: columns by field of `Columns`, for those that are not found by their usual names.

    Raises:
        IntakeError: it cannot be read, a column is missing, or no row can be used.
    """
    source = examine(path)
    columns = _find(source, named)
    with duckdb.connect(config={"autoinstall_known_extensions": "false",
                                "autoload_known_extensions": "false"}) as database:
        return _read(database, source, columns, day_first)


def _find(source: Source, named: Mapping[str, str | None]) -> Columns:
    there = {column.lower(): column for column in source.columns}
    found: dict[str, str | None] = {}
    problems = []
    for what, names in _NAMES.items():
        name = named.get(what)
        if name is None:
            usual = [column for name in names for column in there if column == name or column.startswith(f"{name} (")]
            found[what] = there[usual[0]] if usual else None
        elif name.lower() in there:
            found[what] = there[name.lower()]
        else:
            problems.append(f"there is no column {plain(name)}; {plain(did_you_mean(name, source.columns), 400)}")
    if named.get("asked") or named.get("answered"):
        found["waited"] = named.get("waited") and found["waited"]
    if not problems:
        told = "the columns there are: " + plain(", ".join(source.columns), 400)
        if found["rating"] is None:
            problems.append(f"no column of ratings is known by its name; {told}")
        if found["waited"] is None and None in (found["asked"], found["answered"]):
            problems.append("neither the time to the first reply nor the moments of first message and first reply are "
                            f"known by their names; {told}")
    if problems:
        raise IntakeError("\n".join(f"{source.name}: {problem}" for problem in problems))
    if found["waited"] is not None:
        found["asked"] = found["answered"] = None
    return Columns(**found)  # type: ignore[arg-type]


_MOMENTS = """
create macro said(x) as nullif(nullif(trim(x), ''), 'NULL');
create macro written(x) as regexp_extract(said(x), '^(\\d{1,2})[/.-](\\d{1,2})[/.-]\\d{4}', ['a', 'b']);
create macro iso(x, day_first) as case when day_first
    then regexp_replace(said(x), '^(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4})', '\\3-\\2-\\1')
    else regexp_replace(said(x), '^(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4})', '\\3-\\1-\\2') end;
create macro moment(x, day_first) as case
    when not contains(x, ':') then null
    when regexp_matches(x, '[ap]m\\s*$', 'i') then try_strptime(iso(x, day_first),
        ['%Y-%m-%d %I:%M %p', '%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M%p'])
    else try_cast(iso(x, day_first) as timestamp) end;
create macro clock(x) as case when regexp_full_match(said(x), '\\d+:[0-5]\\d:[0-5]\\d')
    then split_part(said(x), ':', 1)::bigint * 3600 + split_part(said(x), ':', 2)::int * 60
       + split_part(said(x), ':', 3)::int end;
"""


def _read(database: duckdb.DuckDBPyConnection, source: Source, columns: Columns, day_first: bool | None) -> Survey:
    database.execute(_MOMENTS)
    rejected = _load(database, source, columns)
    if columns.waited is None and day_first is None:
        day_first = _day_first(database, source, columns)
    unit = _unit(columns.waited)
    seconds = (f"coalesce(clock(waited), try_cast(said(waited) as double) * {unit})" if columns.waited is not None else
               f"epoch(moment(answered, {bool(day_first)})) - epoch(moment(asked, {bool(day_first)}))")
    empty = ("said(waited) is null" if columns.waited is not None
             else "said(asked) is null or said(answered) is null")
    database.execute(f"""
        create table surveys as select *, try_cast(said(rating) as double) as stars, {seconds} as wait,
            case when said(rating) is null then 'no rating'
                 when stars is null or stars not in (1, 2, 3, 4, 5) then 'a rating that is not 1, 2, 3, 4 or 5'
                 when {empty} then 'no time to the first reply'
                 when wait is null then 'a time that cannot be read'
                 when wait < 0 then 'answered before it was asked'
            end as fault from given""")
    counted = database.execute("""
        select fault, count(*), any_value(concat_ws(', ', rating, asked, answered, waited)) from surveys
        where fault is not null group by 1 order by 2 desc, 1""").fetchall()
    left_out = {reason: Count(number, plain(example)) for reason, number, example in counted}
    if rejected:
        left_out["does not have as many columns as the header"] = Count(len(rejected), plain(rejected[0]))
    rows = database.execute("""
        select stars::int as rating, wait, said(tenure) as tenure, said(agent) as agent from surveys
        where fault is null order by rowid""").fetchnumpy()
    found = len(rows["rating"])
    if not found:
        why = "; ".join(f"{count.rows:,} × {reason}" for reason, count in left_out.items()) or "it has no rows"
        raise IntakeError(f"{source.name}: no usable survey in it: {why}")
    tenures, tenure = _tenures(source, columns, _texts(rows["tenure"]))
    names = _texts(rows["agent"])
    known = np.array([name != "" for name in names])
    agent = np.arange(found)
    if known.any():
        agent[known] = found + np.unique(np.array(names)[known], return_inverse=True)[1]
    return Survey(source.name, columns, found + sum(count.rows for count in left_out.values()), left_out,
                  np.asarray(rows["rating"], dtype=np.int64), np.asarray(rows["wait"], dtype=np.float64),
                  tenures, tenure, agent)


def _load(database: duckdb.DuckDBPyConnection, source: Source, columns: Columns) -> list[str]:
    """Makes `given` from the file; returns the lines that do not have its number of columns."""
    place = {name: at for at, name in reversed(list(enumerate(source.columns)))}
    chosen = ", ".join(f"c{place[name]} as {field.name}" if (name := getattr(columns, field.name)) is not None
                       else f"null::varchar as {field.name}" for field in fields(columns))
    options = {"auto_detect": False, "header": True, "all_varchar": True, "delim": source.separator, "quote": '"',
               "escape": '"', "columns": {f"c{at}": "VARCHAR" for at in range(len(source.columns))},
               "compression": "gzip" if source.packed else "none", "store_rejects": True, "rejects_limit": 0}
    named = ", ".join(f"{name} = ${name}" for name in options)
    path = "".join(f"[{char}]" if char in "*?[" else char for char in str(source.path.resolve()))
    try:
        database.execute(f"create table given as select {chosen} from read_csv($path, {named})",
                         {"path": path, **options})
    except duckdb.Error as error:
        raise IntakeError(f"{source.name}: cannot be read as a table ({plain(str(error).splitlines()[0])})") from None
    return [str(line) for (line,) in database.execute(
        "select any_value(csv_line) from reject_errors group by line order by line").fetchall()]


def _day_first(database: duckdb.DuckDBPyConnection, source: Source, columns: Columns) -> bool:
    """Which number of 01/08/2023 is the day: the one that goes beyond 12."""
    found = database.execute("""
        select max(try_cast(written(asked).a as int)), max(try_cast(written(asked).b as int)) from given""").fetchone()
    assert found is not None
    first, second = (number or 0 for number in found)
    if (first > 12) == (second > 12) and first and second:
        how = "both numbers go" if first > 12 else "no number goes"
        raise IntakeError(f"{source.name}: the dates in {plain(str(columns.asked))} may begin with the day or with the "
                          f"month ({how} beyond 12); say which")
    return first > 12


def _unit(name: str | None) -> float:
    """Seconds of the unit that the name of a column of durations says."""
    words = (name or "").lower()
    units = (("second", 1.0), ("minute", MINUTE), ("hour", HOUR), ("hrs", HOUR), ("(min", MINUTE), ("day", 24 * HOUR))
    # "in minutes within business hours" is in minutes: what is named first counts.
    said = sorted((words.index(word), seconds) for word, seconds in units if word in words)
    return said[0][1] if said else 1.0


def _texts(values: Any) -> list[str]:
    """The values as text, "" for none."""
    masked = np.ma.asarray(values)
    absent = np.ma.getmaskarray(masked)
    return ["" if missing else str(value) for value, missing in zip(masked.data, absent, strict=True)]


def _tenures(source: Source, columns: Columns, said: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """Names of the buckets of tenure, and each row's position among them."""
    days = [_number(text) for text in said]
    if any(said) and all(day is not None for day, text in zip(days, said, strict=True) if text):
        said = ["" if day is None else next(name for most, name in _BUCKETS if day <= most) for day in days]
        order = [name for _, name in _BUCKETS if name in said]
    else:
        order = [name for name in dict.fromkeys(said) if name]
    if len(order) > _MOST_BUCKETS:
        raise IntakeError(f"{source.name}: {plain(str(columns.tenure))} has {len(order)} different values, such as "
                          f"{plain(order[0])}; tenure is given in days, or in at most {_MOST_BUCKETS} buckets")
    if "" in said:
        order.append("")
    place = {name: at for at, name in enumerate(order)}
    return (tuple(plain(name, 40) or _UNKNOWN for name in order),
            np.array([place[text] for text in said], dtype=np.int64))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
