"""REST under `/api/v1`: routes, their schemas, keys for programs. No rule lives here."""
