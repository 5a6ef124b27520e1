"""The catalogue's own logic: no database, no clock, no HTTP."""
