"""Taking in what another catalogue offers, again and again: by DCAT or by CKAN's API."""
