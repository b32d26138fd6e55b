"""The verbs of `flightdesk drill`, a file each."""
