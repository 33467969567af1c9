"""Named queries: what other rooms ask the tables, one noun a file."""
