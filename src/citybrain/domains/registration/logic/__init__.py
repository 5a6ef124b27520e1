"""The domain as pure functions: no database, no clock, no HTTP."""
