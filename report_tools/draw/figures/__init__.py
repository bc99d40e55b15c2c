"""Figures: each module draws one kind, under its own name."""
