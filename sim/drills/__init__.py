"""Floor drills at play: `exercise` runs a course, `play` is what a screen drives, `reference` finds a strong policy,
`debrief` says where it was decided. Judgement drills: `dealing` deals a hand and judges a play of it (`triage`,
`review` and `reading` make the hands, `judgement` is what they have in common), `round` is what a terminal or a screen
drives. `collecting` sets a class side by side. The drills themselves are described in `core.drill`.
"""
