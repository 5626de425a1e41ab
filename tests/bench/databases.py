"""Runs a benchmark once on each database: in a process of its own, on data of its own that is gone afterwards."""

import os
import socket
import subprocess
import sys
from tempfile import TemporaryDirectory

import environ
import psycopg
from psycopg import sql

SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
HERE = "--here"


def judged_on_each(program: str, *arguments: str) -> int:
    """Run `program --here` on SQLite, and on PostgreSQL when one answers; return 0 when each run returned 0."""
    print(f"{os.cpu_count()} processors; other programs keep {os.getloadavg()[0]:.1f} of them busy")
    results = [_judged(program, arguments, "SQLite", {})]
    server = os.environ.get("DATABASE_URL", SERVER)
    if answers(server):
        results.append(_judged_on_postgresql(program, arguments, server))
    else:
        print("\nPostgreSQL: none answers at 127.0.0.1:5432, and DATABASE_URL names none.")
    return 0 if all(results) else 1


def answers(server: str) -> bool:
    """Return whether somebody listens where the address says."""
    config = environ.Env.db_url_config(server)
    try:
        socket.create_connection((config["HOST"], config["PORT"] or 5432), timeout=2).close()
    except OSError:
        return False
    return True


def _judged_on_postgresql(program: str, arguments: tuple[str, ...], server: str) -> bool:
    """Run it in a new database of the server, and drop that."""
    name = f"portal_{os.path.basename(program).removesuffix('.py')}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as administrator:
        administrator.execute(drop)
        administrator.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            return _judged(program, arguments, "PostgreSQL", {"DATABASE_URL": f"{server.rpartition('/')[0]}/{name}"})
        finally:
            administrator.execute(drop)


def _judged(program: str, arguments: tuple[str, ...], label: str, database: dict[str, str]) -> bool:
    """Run it with the settings of one database and a folder of its own."""
    print(f"\n{label}", flush=True)
    mine = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    with TemporaryDirectory() as folder:
        mine |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "portal.settings", **database}
        return subprocess.run([sys.executable, program, HERE, *arguments], env=mine, check=False).returncode == 0
