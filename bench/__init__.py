"""Side-by-side benchmarks: run `python -m bench`."""
