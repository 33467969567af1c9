"""Bad input, row by row: what is sent at each door, and the answer it gets. `docs/bad-input.md` is printed from it."""
