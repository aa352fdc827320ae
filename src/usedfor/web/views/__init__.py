"""Pages: each function takes the site and gives a page, from the snapshot alone."""
