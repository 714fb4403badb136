"""What a picture shows, before anyone decides how it is drawn: boxes, arrows, frames and words."""
