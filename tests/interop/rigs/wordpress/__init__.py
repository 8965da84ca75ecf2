"""A real WordPress (Debian's) on a MariaDB of its own, behind `php -S`; all of it on loopback and under one folder.

Each start is a fresh blog with the users admin, ed (editor), art (author) and sub (subscriber). Its address is
whatever host a request names, so that it can be reached through a proxy as well.
"""

import json
import os
import pwd
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path

from tests.interop.rigs.processes import RigError, answers, end, free_port, run, socket_folder, spawn, wait_until

HERE = Path(__file__).resolve().parent
PACKAGED = Path("/usr/share/wordpress")
PROGRAMS = ("php", "mariadbd", "mariadb", "mariadb-install-db")
LEFT_OUT = (".htaccess", "wp-config.php", "languages")
CONFIG = """<?php
define('DB_NAME', 'blog'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('AUTH_KEY', 'a'); define('SECURE_AUTH_KEY', 'b'); define('LOGGED_IN_KEY', 'c'); define('NONCE_KEY', 'd');
define('AUTH_SALT', 'e'); define('SECURE_AUTH_SALT', 'f'); define('LOGGED_IN_SALT', 'g'); define('NONCE_SALT', 'h');
define('WP_ENVIRONMENT_TYPE', 'local'); // allows application passwords without HTTPS
define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true); define('DISABLE_WP_CRON', true);
define('WP_HOME', 'http://' . $_SERVER['HTTP_HOST']); define('WP_SITEURL', WP_HOME);
define('WP_CONTENT_DIR', '{site}/wp-content');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""


@dataclass(frozen=True, slots=True)
class Blog:
    """Where it answers, and the application password of each user."""

    url: str
    passwords: dict[str, str] = field(repr=False)
    version: str


def install(work: Path) -> None:
    """Makes the blog's own copy of the packaged files. Raises RigError where a Debian package is missing."""
    if not PACKAGED.is_dir() or not all(shutil.which(program) for program in PROGRAMS):
        raise RigError("WordPress, PHP or MariaDB is missing; tests/interop/run.sh installs them")
    site = _folder(work) / "site"
    if not (site / "wp-load.php").exists():
        shutil.copytree(PACKAGED, site, ignore=shutil.ignore_patterns(*LEFT_OUT), ignore_dangling_symlinks=True)


def start(work: Path) -> Blog:
    """Starts database and blog and waits until both answer. Raises RigError."""
    install(work)
    stop(work)
    folder = _folder(work)
    sockets = socket_folder(folder / "run")
    (folder / "run.dir").write_text(str(sockets))
    _start_database(folder, sockets / "sock")
    site, port = folder / "site", free_port()
    shutil.rmtree(site / "wp-content" / "uploads", ignore_errors=True)
    (site / "wp-content" / "uploads").mkdir(parents=True)
    (site / "wp-config.php").write_text(CONFIG.replace("{socket}", str(sockets / "sock")).replace("{site}", str(site)))
    php = ["php", "-d", f"error_log={folder / 'php.log'}", "-d", "display_errors=0"]
    made = json.loads(run([*php, HERE / "setup.php", site, f"127.0.0.1:{port}"]))
    sizes = ["-d", "upload_max_filesize=32M", "-d", "post_max_size=40M"]
    log = folder / "server.log"
    command = [*php, *sizes, "-S", f"127.0.0.1:{port}", "-t", site, HERE / "router.php"]
    pid = spawn(command, folder / "server.pid", log, env=os.environ | {"PHP_CLI_SERVER_WORKERS": "3"})
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: answers(f"{url}/wp-json/"), "WordPress", pid, log)
    return Blog(url, made["users"], made["version"])


def stop(work: Path) -> None:
    """Ends what `start` began, if it still runs."""
    folder = _folder(work)
    end(folder / "server.pid")
    end(folder / "database.pid", signal.SIGTERM)
    if (folder / "run.dir").exists():
        shutil.rmtree((folder / "run.dir").read_text(), ignore_errors=True)
        (folder / "run.dir").unlink()


def _start_database(folder: Path, socket: Path) -> None:
    user = ["--user", pwd.getpwuid(os.getuid()).pw_name]
    data, log = folder / "database", folder / "database.log"
    if not (data / "mysql").is_dir():
        shutil.rmtree(data, ignore_errors=True)
        plain = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        run(["mariadb-install-db", "--no-defaults", *user, f"--datadir={data}", *plain])
    small = ["--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0", "--performance-schema=off"]
    places = [f"--datadir={data}", f"--socket={socket}", f"--pid-file={folder / 'mariadbd.pid'}", "--skip-networking"]
    pid = spawn(["mariadbd", "--no-defaults", *user, *places, *small], folder / "database.pid", log)
    wait_until(lambda: _asked(socket, "select 1"), "MariaDB", pid, log)
    if not _asked(socket, "drop database if exists blog; create database blog character set utf8mb4"):
        raise RigError("MariaDB makes no database")


def _asked(socket: Path, statement: str) -> bool:
    try:
        run(["mariadb", "--no-defaults", "-u", "root", "-S", socket, "-e", statement])
    except RigError:
        return False
    return True


def _folder(work: Path) -> Path:
    folder = work.resolve() / "wordpress"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
