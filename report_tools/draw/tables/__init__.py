"""Tables: each module fills one kind, under its own name."""
