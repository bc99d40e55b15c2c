"""Gradescope's side: results.json, what runs in its container, and the zip its image is built from."""
