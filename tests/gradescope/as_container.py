"""Run a program as Gradescope does: as root in a container, as far as this machine can pretend to be one.

python -m tests.gradescope.as_container container|old-container PROGRAM...

old-container is one whose kernel has no Landlock.  Who is not root runs the program as it is.
"""

import os
import sys

from tests.sandbox import as_if


def main(condition: str, *program: str) -> None:
    if os.geteuid() == 0:
        as_if.keep_dockers_capabilities()
        as_if.refuse_what_docker_does(landlock=condition == "container")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    os.execvpe(program[0], program, environment)


if __name__ == "__main__":
    main(*sys.argv[1:])
