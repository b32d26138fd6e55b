"""Drills: an exercise on a floor that a trainee is set, described by a file.

Parts: `drill` (what every drill says about itself), a module for each kind (`floor`: an incident on a live floor;
`judgement`: triage, review, reading), `file` (TOML text to a `DrillFile`, every problem at once), `shelf` (the drills
that come with Flightdesk, in the order of the curriculum), `performance` (a recorded play), `classroom` (a class, and
the results that are handed in). What is done with a drill is in `sim.drills`.
"""
