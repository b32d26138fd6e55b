"""From a real call log to numbers: reading exports and fitting what a scenario needs. Read `fit.py` first.

    call_log      reads a file in one of the formats (`vanad`, `anonymous_bank`) into one table of calls
    arrivals, queue_groups, staffing, handling, patience, retries      what each says about the floor
    fit           all of them together, and the scenario that follows
    observed      what the log itself measured: abandonment, waits, service level
"""
