"""Every read that pages, API and commands share."""
