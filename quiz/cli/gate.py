"""`quiz gate`: the measurement against its bars on the live questions, with engines that must fail them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from math import inf

import click

from quiz.bank.version import BankVersion, fingerprint
from quiz.cli.cores import on_every_core
from quiz.cli.files import JSON
from quiz.cli.simulate import bank_of_files, run
from quiz.measure.belief import update
from quiz.paths import QUESTIONS
from quiz.report.files import read_published
from quiz.simulate.attempts import Setting
from quiz.simulate.controls import CONTROLS
from quiz.simulate.gate import Bar, choice_bars, doubtful_bars, persona_bars, usual_bars
from quiz.simulate.golden import ATTEMPTS, Update, clamped, farthest, golden_bars
from quiz.simulate.people import World
from quiz.simulate.summary import summary
from quiz.stopping import NOTHING, leaving

TAKERS = 4000
MINUTES = 25.0
PERSONA = "one-step-above"
DOUBTFUL = World(level_error=1.0)


@dataclass(frozen=True)
class Gate:
    """What was found: bars, for each wrong engine those bars that it misses, and figures of the usual run."""

    bars: tuple[Bar, ...]
    controls: dict[str, tuple[Bar, ...]]
    beside: dict[str, float]

    @property
    def ok(self) -> bool:
        """Whether every bar holds and every wrong engine misses one."""
        return all(bar.ok for bar in self.bars) and all(self.controls.values())


@click.command()
@click.option(
    "--takers", default=TAKERS, show_default=True, type=click.IntRange(20), help="How many in the largest run."
)
@click.option("--seed", default=1, show_default=True)
@JSON
def gate(takers: int, seed: int, as_json: bool) -> None:
    """Hold the measurement against its bars; exit 1 where one is missed or a wrong engine passes."""
    leaving(NOTHING)
    bank = bank_of_files(QUESTIONS)
    found = _gate(bank, takers, seed)
    if as_json:
        click.echo(json.dumps(_as_data(found), indent=1))
    else:
        click.echo("\n".join(_lines(found)))
    published = read_published(QUESTIONS)
    if published is None or published.bank != fingerprint(bank):
        raise click.ClickException(
            "the published figures are of another bank; run: quiz simulate --takers 4000 --publish"
        )
    if not found.ok:
        raise SystemExit(1)


def _gate(bank: BankVersion, takers: int, seed: int) -> Gate:
    setting = Setting(seed=seed)
    doubtful, timed = replace(setting, world=DOUBTFUL), replace(setting, minutes=MINUTES)
    usual = run(bank, setting, takers)
    bars = [
        *golden_bars(_golden(bank)),
        *usual_bars(bank, setting, usual),
        *doubtful_bars(bank, doubtful, run(bank, doubtful, takers // 2)),
        *choice_bars(
            *(bank, timed, run(bank, timed, takers // 2)),
            run(bank, replace(timed, policy="random"), takers // 2),
        ),
        *persona_bars(PERSONA, run(bank, setting, takers // 10, PERSONA)),
    ]
    controls = {name: _missed(bank, setting, takers // 4, name) for name in CONTROLS}
    controls["clamped sites"] = tuple(bar for bar in golden_bars(_golden(bank, clamped)) if not bar.ok)
    made = summary(bank, setting, usual)
    beside = {
        "settled_unasked": made.unasked.settled,
        "settled_wrong_unasked": made.unasked.settled_wrong,
        "never_used": made.exposure["never"],
    }
    return Gate(tuple(bars), controls, beside)


def _golden(bank: BankVersion, engine: Update = update) -> list[tuple[float, float, float]]:
    return list(on_every_core(partial(farthest, bank, engine=engine), range(ATTEMPTS)))


def _missed(bank: BankVersion, setting: Setting, takers: int, control: str) -> tuple[Bar, ...]:
    """The bars that a wrong engine misses, in the usual world and in the doubtful one."""
    believed = CONTROLS[control](bank)
    doubtful = replace(setting, world=DOUBTFUL)
    bars = [
        *usual_bars(believed, setting, run(bank, setting, takers, believed=believed)),
        *doubtful_bars(believed, doubtful, run(bank, doubtful, takers, believed=believed)),
    ]
    return tuple(bar for bar in bars if not bar.ok)


def _as_data(found: Gate) -> dict[str, object]:
    def data(bars: Sequence[Bar]) -> list[dict[str, object]]:
        limits = [{name: value for name, value in asdict(bar).items() if value not in {-inf, inf}} for bar in bars]
        return [one | {"ok": bar.ok} for one, bar in zip(limits, bars, strict=True)]

    controls = {name: data(bars) for name, bars in found.controls.items()}
    return {"ok": found.ok, "bars": data(found.bars), "beside": found.beside, "controls_missed": controls}


def _lines(found: Gate) -> Iterator[str]:
    width = max(len(bar.name) for bar in found.bars)
    for bar in found.bars:
        yield f"{bar.name:{width}} {bar.value:8.4f} ± {bar.error:.4f}  {bar.limits:18} {'ok' if bar.ok else 'MISSED'}"
    for name, value in found.beside.items():
        yield f"{name.replace('_', ' '):{width}} {value:8.4f}"
    yield ""
    for name, missed in found.controls.items():
        what = "; ".join(f"{bar.name} {bar.value:.3f}" for bar in missed) or "PASSES: the bars check nothing here"
        yield f"wrong engine, {name}: {what}"
