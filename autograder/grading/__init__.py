"""One submission in, one Report out: suite, points, runner, stand-ins, diagnosis."""
