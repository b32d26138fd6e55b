"""The formats of call logs: how each is recognised by its columns and turned into calls.

A format's SQL reads the table `given`, all text, and yields one row per row of the file with the columns

    received, answered, ended, left     timestamps: joined the queue; a person took it; that person was free again;
                                        the caller gave up
    queue, agent, customer              names, null where there is none
    fault                               why the row is left out, null where it is a call
    remark                              what is odd about a row that is kept, null where nothing is

Rows are told apart by the first fault that applies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import nearest

LONGEST = 12
"""Hours: a wait or a handle time beyond it is a line that was not hung up."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of call log."""

    name: str
    title: str
    wanted: tuple[str, ...]
    """Columns without which it cannot be read."""
    useful: tuple[str, ...]
    """Columns that are read where they are there."""
    calls: str
    """SQL from `given` to calls."""
    caveats: tuple[str, ...] = ()
    """What such a log does not tell, or tells in a way that is easily misread."""

    def missing(self, columns: Sequence[str]) -> list[str]:
        """Columns that are wanted and not there, whatever the case of the letters."""
        there = {column.lower() for column in columns}
        return [column for column in self.wanted if column not in there]


MACROS = """
create macro said(x) as nullif(nullif(trim(trim(x), '"'), ''), 'NULL');
create macro moment(x) as case when isfinite(try_cast(x as timestamp)) then try_cast(x as timestamp) end;
create macro clock(x) as case when regexp_full_match(said(x), '\\d{1,2}:[0-5]\\d:[0-5]\\d')
    then split_part(said(x), ':', 1)::int * 3600 + split_part(said(x), ':', 2)::int * 60
       + split_part(said(x), ':', 3)::int end;
"""

VANAD = Format(
    name="vanad",
    title="VANAD call centre",
    wanted=("date_received", "queue_name", "agent_number", "answered", "transfer", "hangup"),
    useful=("consult",),
    # The person is free again when the call was transferred, else at the hang-up: with that rule nobody's calls
    # overlap. Not answered and hung up is abandoned; the person at whose desk it was ringing then does not count.
    calls=f"""
with said as (select said(date_received) as received_, said(queue_name) as queue, said(agent_number) as agent,
                     said(answered) as answered_, said(transfer) as transfer_, said(hangup) as hangup_ from given),
times as (select *, moment(received_) as received, moment(answered_) as taken, moment(hangup_) as hung_up,
                 moment(transfer_) as moved, least(moment(transfer_), moment(hangup_)) as freed from said)
select received, taken as answered, case when taken is not null then freed end as ended,
       case when taken is null then hung_up end as left, queue,
       case when taken is not null then agent end as agent, null as customer,
       case when received_ is null then 'no time received'
            when received is null or (taken is null and answered_ is not null)
              or (moved is null and transfer_ is not null) or (hung_up is null and hangup_ is not null)
                then 'a time that cannot be read'
            when queue is null then 'no queue'
            when taken < received then 'answered before it was received'
            when taken is null and moved is not null then 'transferred without being answered'
            when moved < taken then 'transferred before it was answered'
            when hung_up < received then 'hung up before it was received'
            when hung_up < taken then 'hung up before it was answered'
            when taken is null and hung_up is null then 'neither answered nor hung up'
            when freed is null then 'answered, but neither hung up nor transferred'
            when freed - coalesce(taken, received) > interval {LONGEST} hour
              or taken - received > interval {LONGEST} hour then 'lasted more than {LONGEST} hours'
       end as fault,
       case when taken is not null and agent is null then 'answered by nobody who is named' end as remark
from times""")

ANONYMOUS_BANK = Format(
    name="anonymous_bank",
    title="Anonymous Bank (Technion)",
    wanted=("type", "date", "vru_exit", "q_start", "q_exit", "outcome", "ser_start", "ser_exit", "server"),
    useful=("vru+line", "call_id", "customer_id", "priority", "vru_entry", "vru_time", "q_time", "ser_time"),
    # A call asks for a person when it leaves the voice response unit (VRU); 0:00:00 is a stage it did not reach.
    # The clocks of the stages differ by a second or two, and some stretch over midnight.
    calls=f"""
with said as (select said(type) as type_, said(date) as date_, said(vru_exit) as asked_, said(q_start) as joined_,
                     said(q_exit) as released_, said(ser_start) as taken_, said(ser_exit) as freed_,
                     upper(said(outcome)) as fate, nullif(said(server), 'NO_SERVER') as server_,
                     nullif(said(customer_id), '0') as customer from given),
times as (select *, try_strptime(date_, '%y%m%d') as midnight, clock(asked_) as asked, clock(joined_) as joined0,
                 clock(released_) as released0, clock(taken_) as taken0, clock(freed_) as freed0,
                 nullif(joined0, 0) as joined, nullif(released0, 0) as released, nullif(taken0, 0) as taken,
                 nullif(freed0, 0) as freed from said),
over_midnight as (
    select * replace (
        case when released < joined - 43200 then released + 86400 else released end as released,
        case when taken < asked - 43200 then taken + 86400 else taken end as taken,
        case when freed < asked - 43200 then freed + 86400 else freed end as freed)
    from times)
select midnight + to_seconds(asked) as received,
       case when fate = 'AGENT'
            then midnight + to_seconds(greatest(coalesce(taken, released, asked), asked)) end as answered,
       case when fate = 'AGENT' then midnight + to_seconds(freed) end as ended,
       case when fate = 'HANG' then midnight + to_seconds(greatest(released, asked)) end as left,
       upper(type_) as queue,
       case when fate = 'AGENT' then server_ end as agent, customer,
       case when midnight is null then 'a date that cannot be read'
            when asked is null or (joined0 is null and joined_ is not null)
              or (released0 is null and released_ is not null) or (taken0 is null and taken_ is not null)
              or (freed0 is null and freed_ is not null)
                then 'a time that cannot be read'
            when type_ is null then 'no type of service'
            when fate = 'PHANTOM' then 'PHANTOM: not a real call'
            when fate is null or fate not in ('AGENT', 'HANG') then 'an outcome other than AGENT, HANG and PHANTOM'
            when fate = 'HANG' and taken is not null then 'gave up (HANG), yet with a time of service'
            when fate = 'HANG' and joined is null then 'left before queueing (HANG in the voice menu): asked for nobody'
            when released < joined then 'left the queue before joining it'
            when taken < asked - 5 then 'answered before it was received'
            when freed < taken then 'service ended before it began'
            when fate = 'AGENT' and freed - taken < 10 then 'served for less than 10 s: an artefact, no service'
            when greatest(freed - taken, released - joined) > {LONGEST} * 3600 then 'lasted more than {LONGEST} hours'
       end as fault,
       case when fate <> 'AGENT' then null
            when taken is null or freed is null
                then 'answered, but without a time of service: its wait counts, its handle time is unknown'
            when server_ is null then 'answered by nobody who is named'
       end as remark
from over_midnight""",
    caveats=("all callers are of one class: customers of priority 2 enter with 90 s of waiting to their credit, but "
             "only those who had to wait were identified, so who has priority is not known of the others",))

FORMATS = (VANAD, ANONYMOUS_BANK)


def recognise(columns: Sequence[str]) -> Format | None:
    """The format that has all its columns there."""
    return next((form for form in FORMATS if not form.missing(columns)), None)


def why_not(columns: Sequence[str]) -> str:
    """What would make these columns a call log: found, and wanted by the format that comes nearest."""
    form = min(FORMATS, key=lambda form: len(form.missing(columns)) / len(form.wanted))
    missing = form.missing(columns)
    found = ", ".join(columns)
    text = f"is not a call log that can be read. Its columns: {found}. "
    if len(missing) == len(form.wanted):
        wanted = " or ".join(f"{', '.join(form.wanted)} ({form.title})" for form in FORMATS)
        return text + f"Wanted: {wanted}"
    near = {name: nearest(name, [column.lower() for column in columns]) for name in missing}
    hints = [f"{name} (is that {near[name]}?)" if near[name] else name for name in missing]
    return text + f"The nearest format is {form.title}, which also needs: {', '.join(hints)}"
