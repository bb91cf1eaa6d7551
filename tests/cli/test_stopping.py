"""Ctrl+C and SIGTERM on real commands at work, as a terminal sends them: to every process of the group."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from quiz.bank.files import read_records
from quiz.bench.accounting import tree
from quiz.bench.crowd import answer
from quiz.cli.environment import changing
from quiz.paths import DOCS, QUESTIONS
from quiz.services.load import load_bank
from quiz.stopping import Stopped, running, sentence, whole
from quiz.store.bank import newest_version
from quiz.store.engine import open_database
from quiz.store.migrate import upgrade
from tests.processes import left_of

pytestmark = pytest.mark.sweep

QUIZ = str(Path(sys.executable).with_name("quiz"))
NOTHING = "Stopped; nothing was changed."
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
LONG = 100_000
"""Takers, attempts or answers enough to be at it for minutes."""
LARGE = 1_000_000
"""Bytes that no pipe takes at once: whoever is ended while they are sent leaves a part of them."""
WITHIN = 120
"""Seconds after which a command that does not come to its work, or to its end, is a failure, on any machine."""


@dataclass(frozen=True)
class Ended:
    """What is to be seen of a command that was asked to stop; `left`: processes of its that still run."""

    code: int
    stdout: str
    stderr: str
    left: tuple[int, ...]

    def check(self, code: int, sentence: str) -> None:
        """Fail unless it stopped as a command should."""
        assert "Traceback" not in self.stderr + self.stdout
        assert self.stderr.strip().splitlines()[-1] == sentence
        assert (self.code, self.stdout, self.left) == (code, "", ())


@dataclass
class Terminal:
    """A command whose standard error is a terminal of its own, and whose standard output is a pipe."""

    process: subprocess.Popen[bytes]
    screen: int
    said: dict[str, bytes] = field(default_factory=lambda: {"stdout": b"", "stderr": b""})
    listening: list[Thread] = field(default_factory=list)

    def listen(self) -> None:
        assert self.process.stdout is not None
        for name, end in (("stdout", self.process.stdout.fileno()), ("stderr", self.screen)):
            self.listening.append(Thread(target=self._hear, args=(name, end)))
            self.listening[-1].start()

    def _hear(self, name: str, end: int) -> None:
        with suppress(OSError):  # a terminal that nobody writes to any more ends with an error
            while piece := os.read(end, 65536):
                self.said[name] += piece

    def wait_for(self, words: str, workers: int = 0) -> None:
        """Wait until the command has said this, and so many processes work for it."""
        until = time.monotonic() + WITHIN
        while words.encode() not in self.said["stderr"] or len(tree(self.process.pid)) <= workers:
            assert self.process.poll() is None, f"it ended before: {self.said}"
            assert time.monotonic() < until, f"it did not come to its work: {self.said}"
            time.sleep(0.005)

    def stop(self, number: signal.Signals) -> Ended:
        """Send the signal to the process group; what comes of it."""
        started = [process.pid for process in tree(self.process.pid)]
        os.killpg(self.process.pid, number)
        code = self.process.wait(WITHIN)
        left = left_of(started)
        if not left:
            for thread in self.listening:
                thread.join()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return Ended(code, self.said["stdout"].decode(), self.said["stderr"].decode(), left)


@contextmanager
def started(words: Sequence[str | Path], **environment: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(word) for word in words],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    os.close(theirs)
    terminal = Terminal(process, ours)
    terminal.listen()
    try:
        yield terminal
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        for thread in terminal.listening:
            thread.join()
        os.close(ours)


def stopped(
    words: Sequence[str | Path],
    said: str,
    number: signal.Signals = signal.SIGINT,
    workers: int = 0,
    after: float = 0,
    **environment: str,
) -> Ended:
    """What comes of a command that is stopped so many seconds after it has said this."""
    with started([QUIZ, *words], **environment) as terminal:
        terminal.wait_for(said, workers)
        time.sleep(after)
        return terminal.stop(number)


def content(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A bank of three questions: one is proved at once, one has no program, and the proof of the third does not end."""
    small = tmp_path / "questions"
    join, reply = "programming/array-dataframe/rows-after-join.yaml", "soft-skills/project-management/late-labels.yaml"
    epochs, zeta = (Path("programming/python-core", f"{name}.yaml") for name in ("generator-epochs", "zeta-epochs"))
    for name in ("competencies.yaml", join, reply):
        (small / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(QUESTIONS / name, small / name)
    for name in ("profiles", "resources"):
        shutil.copytree(QUESTIONS / name, small / name)
    slow = (QUESTIONS / epochs).read_text(encoding="utf-8").replace("id: generator-epochs", "id: zeta-epochs")
    assert "  totals = []\n" in slow
    (small / zeta).parent.mkdir()
    (small / zeta).write_text(slow.replace("  totals = []\n", "  totals = []\n  while True:\n      pass\n"))
    return small


@pytest.fixture
def empty_url(tmp_path: Path) -> str:
    """A database in the current schema with nothing in it."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    with closing(open_database(url)) as database:
        upgrade(database)
    return url


FINISHED = """SELECT attempt_id, max(seq) + 1, 'finished', max(at), '{"printed": {}}' FROM log GROUP BY attempt_id"""


@pytest.fixture
def crowded_url(sqlite_url: str) -> str:
    """A database with the bank and 2000 finished attempts."""
    with closing(open_database(sqlite_url)) as database:
        answer(database, 60_000, 1_700_100_000)
        with database.writing() as session:
            session.execute(text(f"INSERT INTO log (attempt_id, seq, kind, at, data) {FINISHED}"))
    return sqlite_url


@pytest.fixture
def endless_url(endless: Path, empty_url: str) -> str:
    """A database with that bank."""
    with closing(open_database(empty_url)) as database, database.writing() as session:
        load_bank(session, endless, 5)
    return empty_url


def verdicts_in(url: str) -> list[bool]:
    with closing(open_database(url)) as database, database.reading() as session:
        return list(session.scalars(text("SELECT ok FROM proofs")))


def version_in(url: str) -> int | None:
    with closing(open_database(url)) as database, database.reading() as session:
        return newest_version(session)


SIGNALS = pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)


@SIGNALS
def test_a_simulation_ends_with_its_workers_and_publishes_nothing(number: signal.Signals) -> None:
    before = content(DOCS, QUESTIONS)
    words = ("simulate", "--takers", str(LONG), "--publish")
    stopped(words, "Simulating", number, workers=1).check(CODES[number], NOTHING)
    assert content(DOCS, QUESTIONS) == before


@pytest.mark.parametrize("after", [0.7, 2.4, 4.9, 8.3])
def test_a_simulation_ends_in_the_midst_of_its_work_as_at_its_start(after: float) -> None:
    stopped(("simulate", "--takers", str(LONG)), "Simulating", workers=1, after=after).check(130, NOTHING)


@pytest.mark.parametrize("more", [(), ("--mutate",)], ids=["plain", "mutants"])
def test_a_proof_of_files_keeps_what_it_has_found(endless: Path, more: Sequence[str]) -> None:
    before = content(endless)
    stopped(("bank", "prove", endless, *more), " 33%").check(130, "Stopped; 1 of 2 verdicts are kept.")
    assert {area: set(known) for area, known in read_records(endless).items()} == {"programming": {"rows-after-join"}}
    assert set(content(endless)) - set(before) == {endless / "programming" / "proofs.json"}, "and nothing half-written"


def test_a_dry_run_of_proofs_that_is_stopped_keeps_nothing(endless: Path) -> None:
    stopped(("bank", "prove", endless, "--dry-run"), " 33%").check(130, NOTHING)
    assert read_records(endless) == {}


@SIGNALS
def test_a_proof_of_the_database_keeps_what_it_has_found_and_refutes_nothing(
    endless_url: str, number: signal.Signals
) -> None:
    found = stopped(("bank", "prove", "--database"), " 66%", number, QUIZ_DATABASE_URL=endless_url)
    found.check(CODES[number], "Stopped; 1 of 2 verdicts are kept.")
    assert verdicts_in(endless_url) == [True]


@SIGNALS
def test_who_watches_is_stopped_in_the_midst_of_a_proof_and_refutes_nothing(
    endless_url: str, number: signal.Signals
) -> None:
    found = stopped(("bank", "prove", "--database", "--watch"), " 66%", number, QUIZ_DATABASE_URL=endless_url)
    assert (found.code, found.left) == (0, ()), "to be stopped is how it ends"
    assert verdicts_in(endless_url) == [True]


@pytest.mark.parametrize("after", [0, 3.1, 6.2])
def test_a_calibration_that_is_stopped_makes_no_version(crowded_url: str, after: float) -> None:
    before = version_in(crowded_url)
    words = ("calibrate", "--apply", "--takers", str(LONG))
    stopped(words, "Simulating", workers=1, after=after, QUIZ_DATABASE_URL=crowded_url).check(130, NOTHING)
    assert version_in(crowded_url) == before


def test_a_calibration_of_a_file_is_stopped_while_it_reads(tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    os.mkfifo(answers)  # held open, it is a file that does not end
    with answers.open("r+b", buffering=0) as writer:
        writer.write(b"person,item,score\n")
        stopped(("calibrate", "--no-prior", "--responses", answers), "Reading").check(130, NOTHING)


@pytest.mark.parametrize("at", ["Reading", "Checking", "Storing", "Listing"])
def test_a_load_happens_whole_or_not_at_all_and_says_which(empty_url: str, at: str) -> None:
    found = stopped(("bank", "load"), at, QUIZ_DATABASE_URL=empty_url)
    if version_in(empty_url) is None:
        found.check(130, NOTHING)
    elif found.code == 0:  # the signal came when all was done
        assert "Bank version 1:" in found.stdout
    else:
        found.check(130, "Stopped; all of it was done by then.")


def test_where_nobody_watches_there_is_no_bar(empty_url: str, endless: Path) -> None:
    here = {**os.environ, "QUIZ_DATABASE_URL": empty_url}
    done = subprocess.run(
        [QUIZ, "bank", "load", "--folder", endless], env=here, capture_output=True, text=True, check=True
    )
    assert "Bank version 1: 3 new" in done.stdout
    assert done.stderr == ""


def test_a_replay_can_be_stopped(crowded_url: str) -> None:
    stopped(("replay",), "Replaying", QUIZ_DATABASE_URL=crowded_url).check(130, NOTHING)


def test_a_load_bench_ends_with_its_servers() -> None:
    words = ("bench", "load", "--takers", "1", "--attempts", str(LONG), "--database", "sqlite")
    stopped(words, "sqlite", workers=2).check(130, NOTHING)


def of_program(program: str, number: signal.Signals = signal.SIGINT, after: float = 0) -> Ended:
    """What comes of a program that is stopped so many seconds after it has said that it is at work."""
    with started([sys.executable, "-c", f"import signal, subprocess, sys, time\n{program}"]) as terminal:
        terminal.wait_for("at work")
        time.sleep(after)
        return terminal.stop(number)


AT_WORK = "print('at work', file=sys.stderr, flush=True)"
HEARS = "signal.pthread_sigmask(signal.SIG_BLOCK, {2})\n"
TELLS = "signal.sigwait({2})\nprint('Stopped; nothing was changed.', file=sys.stderr, flush=True)\n"
A_CHILD = (
    "nowhere = subprocess.DEVNULL\nsubprocess.Popen(['sleep', '60'], stdout=nowhere, stderr=nowhere, process_group=0)\n"
)


@SIGNALS
def test_a_command_is_stopped_before_it_has_begun(number: signal.Signals) -> None:
    program = f"from quiz.stopping import listen\nlisten()\n{AT_WORK}\ntime.sleep({WITHIN})"
    of_program(program, number).check(CODES[number], NOTHING)


BUSY = f"""
from quiz.cli.cores import on_every_core
from quiz.stopping import Stopped, listen, running
listen()
try:
    with running():
        for done, _ in enumerate(on_every_core(bytes({LARGE}).ljust, range({LONG}))):
            if done == 10:
                {AT_WORK}
except Stopped:
    print("{NOTHING}", file=sys.stderr)
    sys.exit(130)
"""


@pytest.mark.parametrize("after", [number / 50 for number in range(10)])
def test_workers_are_ended_whatever_is_on_its_way_to_them_and_from_them(after: float) -> None:
    of_program(BUSY, after=after).check(130, NOTHING)


@pytest.mark.parametrize(
    "does",
    [
        f"{AT_WORK}\ntime.sleep({WITHIN})",
        f"{HEARS}{AT_WORK}\n{TELLS}print('a result')\nsys.exit(130)",
        f"{HEARS}{AT_WORK}\n{TELLS}sys.exit(1)",
        f"{HEARS}{A_CHILD}{AT_WORK}\n{TELLS}sys.exit(130)",
    ],
    ids=["a traceback", "a result", "another code", "a child left"],
)
def test_a_command_that_does_not_stop_well_is_noticed(does: str) -> None:
    found = of_program(does)
    with pytest.raises(AssertionError):
        found.check(130, NOTHING)


def test_what_happens_whole_is_not_broken_off() -> None:
    done = []

    def work() -> None:
        with whole():
            signal.raise_signal(signal.SIGINT)
            done.append("all of it")
        done.append("what comes after")

    with running(), pytest.raises(Stopped):
        work()
    assert done == ["all of it"]


def test_a_stop_that_python_drops_comes_once_more() -> None:
    class Deleted:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    def work() -> None:
        one = Deleted()
        del one
        for _ in range(WITHIN):
            time.sleep(1)

    with running(), pytest.raises(Stopped):
        work()


def test_a_change_of_the_database_is_undone_up_to_its_commit_and_stands_from_then_on(empty_url: str) -> None:
    def change(session: Session) -> None:
        session.execute(text("INSERT INTO takers (secret_hash, created_at, used_at) VALUES ('a', 1, 1)"))

    def kept() -> int:
        with database.reading() as session:
            return len(session.execute(text("SELECT id FROM takers")).all())

    def work(*, within: bool) -> None:
        with changing(database) as session:
            change(session)
            if within:
                signal.raise_signal(signal.SIGINT)

    with closing(open_database(empty_url)) as database:
        with running(), pytest.raises(Stopped):
            work(within=True)
        assert (sentence(), kept()) == (NOTHING, 0)
        event.listen(database.write, "commit", lambda _: signal.raise_signal(signal.SIGINT))
        with running(), pytest.raises(Stopped):
            work(within=False)
        assert (sentence(), kept()) == ("Stopped; all of it was done by then.", 1)
