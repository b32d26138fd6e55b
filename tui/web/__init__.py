"""The screens in a browser: what `flightdesk serve` adds to textual-serve."""
