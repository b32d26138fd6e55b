"""Staffing plans: from targets and loads to shifts that people can work. No simulation happens here.

    targets      "service_level>=80%" read and judged against estimates
    grid         the intervals of the week that a plan speaks of
    loads        what a team has to do in each interval, and what part of it a number of people would answer in time
    tours        who could work when: shifts with their days, and how far each covers each interval
    program      the cheapest people on tours that reach a level of service, by integer programming

`sim.experiments.staffing_plan` puts them together and lets the simulation decide.
"""
