"""Commands by subject; each module is imported when its command is asked for."""
