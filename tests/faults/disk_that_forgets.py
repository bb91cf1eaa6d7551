"""A disk that keeps only what was synced, by standing between SQLite and its files.

The default VFS of the SQLite library in this process is given another xOpen, whose files have other xWrite,
xTruncate and xSync (sqlite.org/c3ref/vfs.html). What is written goes to the real file as always and is noted;
a sync carries what was noted into a second file of the same name in another folder. After kill -9 that folder
holds what a power cut would have left: every byte synced, no byte more.
"""

from __future__ import annotations

import ctypes
import os
from collections import defaultdict
from ctypes import CFUNCTYPE, POINTER, Structure, c_int, c_int64, c_void_p
from pathlib import Path
from typing import Any

OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)  # SQLite keeps the name's pointer
WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


ALIVE: list[Any] = []
"""Callbacks that the library holds and Python must not free."""


class Methods(Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("version", c_int),
        *((name, c_void_p) for name in ("close", "read", "write", "truncate", "sync")),
        ("others", c_void_p * 13),
    ]


class File(Structure):
    """sqlite3_file."""

    _fields_ = [("methods", POINTER(Methods))]


class Vfs(Structure):
    """The beginning of sqlite3_vfs."""

    _fields_ = [
        *(("version", c_int), ("file_size", c_int), ("longest_path", c_int)),
        *((name, c_void_p) for name in ("next", "name", "data", "open")),
    ]


class ForgetfulDisk:
    """Installed once in a process, before it opens a database. `kept`: the folder of what survives."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept
        self._noted: dict[str, list[tuple[int, bytes | None]]] = defaultdict(list)
        self._paths: dict[int, str] = {}
        self._changed: dict[int, Methods] = {}
        library = ctypes.CDLL("libsqlite3.so.0")
        library.sqlite3_vfs_find.restype = POINTER(Vfs)
        vfs = library.sqlite3_vfs_find(None).contents
        self._open = OPEN(vfs.open)
        vfs.open = self._pointer(OPEN(self._on_open))

    def _pointer(self, callback: Any) -> int | None:
        ALIVE.append(callback)
        return ctypes.cast(callback, c_void_p).value

    def _on_open(self, vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        code = self._open(vfs, name, file, flags, out)
        opened = ctypes.cast(file, POINTER(File)).contents
        if code == 0 and name and opened.methods:
            self._paths[file] = os.fsdecode(ctypes.string_at(name))
            opened.methods = ctypes.pointer(self._methods(opened.methods))
        return int(code)

    def _methods(self, original: Any) -> Methods:
        address = ctypes.addressof(original.contents)
        if address not in self._changed:
            changed = Methods.from_buffer_copy(original.contents)
            write, truncate, sync = WRITE(changed.write), TRUNCATE(changed.truncate), SYNC(changed.sync)

            def on_write(file: int, data: int, amount: int, offset: int) -> int:
                self._noted[self._paths[file]].append((offset, ctypes.string_at(data, amount)))
                return int(write(file, data, amount, offset))

            def on_truncate(file: int, size: int) -> int:
                self._noted[self._paths[file]].append((size, None))
                return int(truncate(file, size))

            def on_sync(file: int, flags: int) -> int:
                code = int(sync(file, flags))
                self._keep(self._paths[file])
                return code

            changed.write = self._pointer(WRITE(on_write))
            changed.truncate = self._pointer(TRUNCATE(on_truncate))
            changed.sync = self._pointer(SYNC(on_sync))
            self._changed[address] = changed
        return self._changed[address]

    def _keep(self, path: str) -> None:
        noted, self._noted[path] = self._noted[path], []
        handle = os.open(self._kept / Path(path).name, os.O_CREAT | os.O_RDWR)
        for place, data in noted:
            if data is None:
                os.ftruncate(handle, place)
            else:
                os.pwrite(handle, data, place)
        os.close(handle)
