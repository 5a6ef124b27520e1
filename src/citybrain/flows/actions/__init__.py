"""Every write of the flows: packs, bindings, runs, and what the worker does with runs."""
