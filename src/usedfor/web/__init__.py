"""The site, the JSON API and the comments."""
