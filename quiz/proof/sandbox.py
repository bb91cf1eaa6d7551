"""A room without doors for one program: own namespaces, a file system of its own, no rights, few means.

Linux only. The calls are those of unshare(2), mount(2), prctl(2) and capset(2); user_namespaces(7) and
mount_namespaces(7) say what each gives. What a program can reach in the room: the interpreter and its libraries,
read-only, and an empty /tmp. No network, no process but its own, no file of the person who runs it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
DEVICES = ("null", "zero", "urandom")

_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_SPACES = _CLONE_NEWNS | _CLONE_NEWUTS | _CLONE_NEWIPC | _CLONE_NEWPID | _CLONE_NEWNET
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT = 1, 2, 4, 8, 32
_MS_BIND, _MS_MOVE, _MS_REC, _MS_PRIVATE = 4096, 8192, 16384, 1 << 18
_KEPT = {1: 1, 2: 2, 4: 4, 8: 8, 1024: 1024, 2048: 2048, 4096: 1 << 21}
"""statvfs flags that a remount in a user namespace must repeat, as the flags of mount(2)."""
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38
_SIGKILL = 9
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION = 0x20080522


class SandboxError(Exception):
    """This machine does not give a process the namespaces it needs; the message says which step failed."""


@dataclass(frozen=True)
class Limits:
    """What one program may use: processor seconds, bytes of memory, bytes of a file, bytes of /tmp, processes.

    The seconds end a program that runs away. The slowest proof takes 5, and three times that on a slow machine.
    """

    seconds: int = 60
    memory: int = 4 * 2**30
    file: int = 16 * 2**20
    folder: int = 64 * 2**20
    processes: int = 32


def limit(limits: Limits) -> None:
    """Take this process's means away, for good."""
    for what, most in (
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def end_with_parent() -> None:
    """Be killed when the process that started this one ends, where the system knows how.

    A change of rights takes this back, so it comes last.
    """
    with suppress(SandboxError):
        _call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def visible() -> list[Path]:
    """The folders a program needs to import its libraries, none of them within another."""
    package = Path(__file__).resolve().parents[1]
    wanted: list[str | Path] = [
        sys.base_prefix,
        sys.prefix,
        *sysconfig.get_paths().values(),
        "/usr",
        "/lib",
        "/lib64",
        "/bin",
        package,
    ]
    folders = sorted({Path(p).resolve() for p in wanted if Path(p).is_dir()} - {Path("/")})
    return [f for f in folders if not any(f != other and f.is_relative_to(other) for other in folders)]


def separate() -> None:
    """Leave the machine's namespaces. The next child is process 1 of a space of its own. Raises SandboxError.

    Root needs no user namespace for this and gets one in `enclose`, after it has become nobody.
    """
    if os.geteuid() == 0:
        _call("unshare", _SPACES)
        return
    user, group = os.geteuid(), os.getegid()
    _call("unshare", _SPACES | _CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def enclose(empty: Path, limits: Limits, hidden: Sequence[Path] = ()) -> None:
    """Make the room on the folder `empty`, go in, and give up every right. In process 1 of the new space.

    `hidden` folders are empty even where they lie within something visible. Raises SandboxError.
    """
    _furnish(empty, limits, hidden)
    _call("mount", bytes(empty), b"/", None, _MS_MOVE, None)
    os.chroot(".")
    os.chdir("/tmp")  # noqa: S108 - the room's own, empty and private
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        _call("unshare", _CLONE_NEWUSER)
    _give_up_rights()
    resource.setrlimit(resource.RLIMIT_NPROC, (limits.processes, limits.processes))
    limit(limits)


def _furnish(empty: Path, limits: Limits, hidden: Iterable[Path]) -> None:
    _call("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    _call("mount", b"room", bytes(empty), b"tmpfs", _MS_NOSUID | _MS_NODEV, b"mode=0755,size=1m")
    os.chdir(empty)
    (empty / "tmp").mkdir()  # first: what is visible may lie in /tmp
    size = f"mode=1777,size={limits.folder}".encode()
    _call("mount", b"tmp", bytes(empty / "tmp"), b"tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, size)
    shown = visible()
    for folder in shown:
        _bind(folder, empty)
    for link in (Path(name) for name in ("/bin", "/lib", "/lib64") if Path(name).is_symlink()):
        (empty / link.name).symlink_to(link.readlink())
    (empty / "dev").mkdir()
    for name in DEVICES:
        place = empty / "dev" / name
        place.touch()
        _call("mount", bytes(Path("/dev", name)), bytes(place), None, _MS_BIND, None)
    for folder in (f.resolve() for f in hidden):
        if folder.is_dir() and any(folder.is_relative_to(one) for one in shown):
            _call("mount", b"hidden", bytes(empty / folder.relative_to("/")), b"tmpfs", _MS_RDONLY, b"size=4k")
    _call("mount", None, bytes(empty), None, _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV, b"mode=0755")


def _bind(folder: Path, empty: Path) -> None:
    place = empty / folder.relative_to("/")
    place.mkdir(parents=True)
    _call("mount", bytes(folder), bytes(place), None, _MS_BIND, None)
    found = os.statvfs(place).f_flag
    kept = sum(flag for bit, flag in _KEPT.items() if found & bit)
    _call("mount", None, bytes(place), None, _MS_BIND | _MS_REMOUNT | _MS_RDONLY | kept, None)


def _give_up_rights() -> None:
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(_LAST_CAPABILITY + 1):
        _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # numbers the kernel does not know are refused
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _call("capset", ctypes.byref(header), ctypes.byref(nothing))
    _call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


_LIBC = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    """A call into the C library that must succeed."""
    function = getattr(_LIBC, name, None)
    if function is None:
        raise SandboxError(f"this system has no {name}()")
    if function(*arguments) != 0:
        error = ctypes.get_errno()
        raise SandboxError(f"{name}: {os.strerror(error)}")
