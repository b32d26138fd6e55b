"""What happens: one support floor, from the first need to the last survey. Never imports textual."""
