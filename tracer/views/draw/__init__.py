"""The drawn views: a scene as DOT, as SVG, PNG and PDF by a layout engine, and as Mermaid."""
