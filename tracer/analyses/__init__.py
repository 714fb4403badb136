"""Answer questions about a run: each module holds one pure function of a record."""
