"""Run the command line: `python -m tracer`."""

from .cli import main

main()
