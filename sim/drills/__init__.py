"""Drills: a floor or a hand of cases, a task, a score that can be trusted."""
