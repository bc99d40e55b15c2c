"""Make every figure and table of the written report, from the student's own network."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
