"""Ranked search of resources: an index on disk that the database can always make again.

- `documents`: what of a resource is found, and with which weight
- `index`: the index folder (tantivy), its writer and its mark
- `fresh`: keeps the index level with the database, by epochs
- `asking`: from a query to a ranked list and counts
- `suggesting`: while somebody types, and when nothing is found

What a party may see is asked in `queries/search.py`, which everybody else uses;
docs/search.md explains.
"""
