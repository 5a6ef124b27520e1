"""The command line: the same actions and queries as console and API, plus running the house."""
