"""`python -m core.cli` is the `chartsieve` command."""

from core.cli import main

main()
