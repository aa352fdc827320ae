"""The steps from one form of the comments' database to the next."""
