"""Start the commands, or say in one sentence that their packages are not installed."""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from autograder.common import terminal
        from report_tools import commands

        terminal.run(commands.main, "python -m report_tools")  # imports PyTorch only where it is needed
    except ModuleNotFoundError as error:
        sys.stderr.write(f"report_tools: {error.name} is not installed; run bash setup.sh --report first.\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
