"""CKAN's reading API over the directory, and CKAN's records taken in."""
