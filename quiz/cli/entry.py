"""Where the program `quiz` begins: it listens to being stopped before it imports the rest, which takes a second."""

from __future__ import annotations

from importlib import import_module

from quiz.stopping import listen


def main() -> None:
    """Run the command that the arguments name."""
    listen()
    import_module("quiz.cli.main").main()


if __name__ == "__main__":
    main()
