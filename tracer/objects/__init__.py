"""Walk through any object: what it keeps, the path to each part, and how another is put in its place."""
