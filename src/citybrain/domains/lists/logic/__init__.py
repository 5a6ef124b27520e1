"""Pure: who has to move, and what fits what; no database, no clock."""
