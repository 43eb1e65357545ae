"""Run pytest on a throw-away PostgreSQL: `python tests/postgres.py [pytest arguments]`.

The cluster lives in a temporary folder, listens on a socket there and nowhere else,
and is gone afterwards.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HELP = "PostgreSQL is needed for these tests (Debian: apt-get install postgresql)."


def main() -> int:
    programs = find_programs() or install_programs()
    if programs is None:
        print(HELP, file=sys.stderr)
        return 1
    with cluster(programs) as url:
        environment = {**os.environ, "TEST_DATABASE_URL": url}
        return subprocess.call([sys.executable, "-m", "pytest", *sys.argv[1:]], env=environment)


def find_programs() -> Path | None:
    """The newest folder that holds initdb and pg_ctl."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    usable = [path for path in folders if (path / "initdb").exists() and (path / "pg_ctl").exists()]
    return usable[-1] if usable else None


def install_programs() -> Path | None:
    """Install PostgreSQL where that can be done without a question."""
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") is None or (prefix and shutil.which("sudo") is None):
        return None
    print("installing postgresql", flush=True)
    for command in (["update", "-qq"], ["install", "-y", "-qq", "postgresql"]):
        done = subprocess.run(
            [*prefix, "apt-get", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            check=False,
        )
        if done.returncode:
            return None
    return find_programs()


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """Start a cluster, yield its DATABASE_URL, stop and remove it."""
    owner = unprivileged_user()
    home = Path(tempfile.mkdtemp(prefix="yibao-pg-"))
    data = home / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs / program), *arguments],
            check=True,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=owner,
        )

    try:
        if owner is not None:
            os.chown(home, pwd.getpwnam(owner).pw_uid, -1)
        run(
            "initdb",
            "-D",
            str(data),
            "-U",
            "yibao",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-A",
            "trust",
        )
        run("pg_ctl", "-D", str(data), "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield f"postgres:///{home}/postgres?user=yibao"
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def unprivileged_user() -> str | None:
    """The server refuses to run as root: whose name it runs under then."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


if __name__ == "__main__":
    sys.exit(main())
