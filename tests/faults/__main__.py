"""`python -m tests.faults`: every bar, with its fault, its check and its control."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from tests.faults import (
    backups,
    editors,
    full,
    hostile,
    killed,
    machine,
    migration,
    postgres,
    power,
    slow,
    twice,
    writers,
)
from tests.faults.bar import Bar
from tests.faults.server import load_part

BARS: dict[str, Callable[..., Bar]] = {
    "worker-kill": killed.one_worker,
    "server-kill": killed.whole_server,
    "power-cut": power.power_cut,
    "disk-full": full.disk_full,
    "double-submit": twice.double_submit,
    "writers": writers.concurrent_writers,
    "editors": editors.concurrent_editors,
    "postgres": postgres.restarted,
    "slow-clients": slow.slow_clients,
    "migration": migration.killed_migration,
    "backup": backups.under_load,
    "hostile": hostile.hostile_requests,
    "state-machine": machine.state_machine,
}


@click.command()
@click.option("--long", is_flag=True, help="The count before a release.")
@click.option("--only", multiple=True, type=click.Choice(list(BARS)), help="This bar alone; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def main(only: tuple[str, ...], *, long: bool, as_json: bool) -> None:
    """Every bar of docs/reliability.md, one line each; exit 1 unless all are met."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="quiz-faults-") as root:
        template = Path(root) / "template.sqlite3"
        load_part(f"sqlite:///{template}", Path(root))
        for name in only or BARS:
            began = time.monotonic()
            found[name] = run_bar(name, template, long=long)
            if not as_json:
                click.echo(found[name].line(name, time.monotonic() - began))
    met = all(bar.met for bar in found.values())
    if as_json:
        click.echo(json.dumps({"met": met, "bars": {name: asdict(bar) for name, bar in found.items()}}))
    raise SystemExit(0 if met else 1)


def run_bar(name: str, template: Path, *, long: bool) -> Bar:
    """Run one bar on fresh copies of a database with a part of the bank."""
    with tempfile.TemporaryDirectory(prefix=f"quiz-{name}-") as folder:
        for copy in ("quiz", "control"):
            shutil.copy(template, Path(folder) / f"{copy}.sqlite3")
        return BARS[name](Path(folder), long=long)


if __name__ == "__main__":
    main()
