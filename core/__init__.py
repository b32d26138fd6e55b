"""What things are: the scenario, the records of a run, the metrics and the formulas behind them.

Nothing here imports simpy, textual, faker or dask: a scenario can be read, checked and reasoned about
without an engine or a screen.
"""
