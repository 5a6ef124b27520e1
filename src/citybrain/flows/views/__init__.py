"""Pages of packs and runs."""
