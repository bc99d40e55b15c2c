"""Hold the whole answer to the assignment; never handed to students or to their code."""
