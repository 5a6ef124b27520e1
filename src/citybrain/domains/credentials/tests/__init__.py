"""tests of the licences."""
