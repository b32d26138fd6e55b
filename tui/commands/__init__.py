"""The commands, one a file: `command` is what `tui.cli` calls."""
