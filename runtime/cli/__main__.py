"""`python -m runtime.cli`: what the household starts its processes with."""

from runtime.cli import main

main()
