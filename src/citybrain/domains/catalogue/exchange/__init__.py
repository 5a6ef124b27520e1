"""The directory as other programs read and write it: Excel, CSV, DCAT, CKAN."""
