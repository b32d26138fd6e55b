"""Floor drills at play: `exercise` runs a course, `play` is what a screen drives, `reference` finds a strong policy,
`debrief` says where it was decided. The drills themselves are described in `core.drill`.
"""
