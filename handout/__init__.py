"""Turn assignment.toml and a few Markdown files into the handout, the marking guide and the student kit."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
EDITIONS = HERE / "editions"
TEMPLATES = HERE / "templates"
STUDENT = HERE / "student"
