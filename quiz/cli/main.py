"""`quiz`: everything an operator, editor or developer does from a shell."""

from __future__ import annotations

from typing import Any

import click

from quiz.cli.backup import backup, restore
from quiz.cli.bank import bank
from quiz.cli.bench import bench
from quiz.cli.calibrate import calibrate_command
from quiz.cli.database import db, replay
from quiz.cli.doctor import doctor
from quiz.cli.gate import gate
from quiz.cli.sample import sample
from quiz.cli.serve import serve
from quiz.cli.simulate import simulate
from quiz.cli.user import user
from quiz.stopping import asked, running, sentence


class Stoppable(click.Group):
    """A group whose commands all end in the same way when they are stopped, whatever comes of that on the way out."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command; where it is stopped, say so and what is left, and exit with 128 + the signal's number."""
        with running():
            try:
                return super().invoke(context)
            except BaseException:
                if not asked():
                    raise
            # only here are all frames gone, and with them a bar that one of them had open
            click.echo(sentence(), err=True)
            return context.exit(128 + asked())


@click.group(cls=Stoppable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mle-quiz", prog_name="quiz")
def main() -> None:
    """A skills self-assessment for people who want to be Machine Learning Engineers."""


for command in (
    serve,
    bank,
    user,
    db,
    backup,
    restore,
    doctor,
    replay,
    simulate,
    gate,
    sample,
    calibrate_command,
    bench,
):
    main.add_command(command)
