"""The views for programs: the whole trace as JSON, and the folded run as JSON."""
