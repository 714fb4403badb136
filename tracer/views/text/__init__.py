"""The text view: a run line by line, or its source with the numbers beside it."""
