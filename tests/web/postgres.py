"""A PostgreSQL server of our own, on a socket in a folder of its own; started, stopped and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from glob import glob
from pathlib import Path


def programs() -> Path | None:
    """The folder of initdb and pg_ctl."""
    found = shutil.which("initdb")
    places = [*glob("/usr/lib/postgresql/*/bin/initdb"), *([os.path.realpath(found)] if found else [])]
    return Path(places[0]).parent if places else None


class Server:
    """Runs as an unprivileged user where the tests run as root, which PostgreSQL refuses."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="uf-pg-"))  # short: a socket's path has 107 characters
        self._as: list[str] = []
        if os.getuid() == 0:
            user = next(n for n in ("postgres", "nobody") if n in {p.pw_name for p in pwd.getpwall()})
            shutil.chown(self._folder, user)
            self._as = [
                "setpriv",
                f"--reuid={user}",
                f"--regid={pwd.getpwnam(user).pw_gid}",
                "--clear-groups",
            ]
        self._run("initdb", "-D", self._data, "-U", "usedfor", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.url = f"postgresql://usedfor@/postgres?host={self._folder}"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, program: str, *args: str) -> None:
        command = [*self._as, str(self._programs / program), *args]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", self._data, "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
