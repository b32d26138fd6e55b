"""The built-in scenarios: TOML files that are read through `core.scenario_file`."""
