"""A real Tiny Tiny RSS (Debian's) on a PostgreSQL of its own, behind `php -S`; all of it on loopback, one folder.

Each start is a fresh installation with one user. It refuses feeds on loopback ("failed extended validation"), so feeds
and articles are put into its database, as its updater would.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.interop.rigs import postgres
from tests.interop.rigs.processes import RigError, answers, end, free_port, run, spawn, wait_until

USER, PASSWORD = "admin", "rig-pass-1"
LINKS = {  # of the package, relative to other packages' files
    "lib/gettext": "/usr/share/php/php-php-gettext",
    "lib/phpqrcode": "/usr/share/phpqrcode",
    "vendor/Psr": "/usr/share/php/Psr",
}
CONFIG = """<?php
define('DB_TYPE', 'pgsql'); define('DB_HOST', '127.0.0.1'); define('DB_USER', 'rig'); define('DB_NAME', 'ttrss');
define('DB_PASS', ''); define('DB_PORT', '{database}'); define('MYSQL_CHARSET', 'UTF8');
define('SELF_URL_PATH', '{url}/'); define('_SKIP_SELF_URL_PATH_CHECKS', true); define('SINGLE_USER_MODE', false);
define('SIMPLE_UPDATE_MODE', false); define('PHP_EXECUTABLE', '{php}'); define('LOCK_DIRECTORY', '{folder}/lock');
define('CACHE_DIR', '{folder}/cache'); define('ICONS_DIR', 'feed-icons'); define('ICONS_URL', 'feed-icons');
define('AUTH_AUTO_CREATE', false); define('AUTH_AUTO_LOGIN', false); define('FORCE_ARTICLE_PURGE', 0);
define('SESSION_COOKIE_LIFETIME', 86400); define('SMTP_FROM_NAME', 'Rig');
define('SMTP_FROM_ADDRESS', 'rig@mail.invalid'); define('DIGEST_SUBJECT', 'Rig'); define('CHECK_FOR_UPDATES', false);
define('ENABLE_GZIP_OUTPUT', false); define('PLUGINS', 'auth_internal, note'); define('LOG_DESTINATION', 'syslog');
define('CONFIG_VERSION', 26); define('REG_NOTIFY_ADDRESS', ''); define('REG_MAX_USERS', 1);
define('ENABLE_REGISTRATION', false);
"""
_CACHES = ("images", "upload", "export", "feeds", "simplepie", "starred-images")


@dataclass(frozen=True, slots=True)
class Reader:
    """Where it answers, and its database."""

    url: str
    database: int
    user: str = USER
    password: str = field(default=PASSWORD, repr=False)

    def ask(self, statement: str) -> str:
        return postgres.ask(self.database, "ttrss", statement).strip()

    def add_feed(self, title: str, category: str) -> int:
        """A subscription, as if it had been made on its page."""
        known = self.ask(f"select id from ttrss_feed_categories where title = '{category}'")
        made = "insert into ttrss_feed_categories (owner_uid, title) values (1, '{}') returning id"
        folder = known or self.ask(made.format(category))
        url = f"https://{title.split(maxsplit=1)[0].lower()}.example/feed"
        return int(
            self.ask(
                "insert into ttrss_feeds (owner_uid, title, cat_id, feed_url)"
                f" values (1, '{title}', {folder}, '{url}') returning id"
            )
        )

    def add_article(self, feed: int, title: str, content: str) -> int:
        """An unread article, as the updater stores it."""
        guid = hashlib.sha256(title.encode()).hexdigest()
        link = f"https://articles.example/{guid[:12]}"
        number = self.ask(
            "insert into ttrss_entries (title, guid, link, updated, content, content_hash, date_entered, date_updated,"
            f" author) values ('{title}', '{guid}', '{link}', now(), '{content}', '{guid}', now(), now(), 'Editors')"
            " returning id"
        )
        self.ask(
            "insert into ttrss_user_entries (ref_id, uuid, feed_id, owner_uid, tag_cache, label_cache)"
            f" values ({number}, '', {feed}, 1, 'b2b', '')"
        )
        return int(number)

    def add_label(self, caption: str) -> None:
        self.ask(f"insert into ttrss_labels2 (owner_uid, caption) values (1, '{caption}')")

    def state(self, article: int) -> tuple[bool, bool]:
        """(unread, starred), from its database."""
        unread, marked = self.ask(f"select unread, marked from ttrss_user_entries where ref_id = {article}").split("|")
        return unread == "t", marked == "t"


def install(work: Path) -> None:
    """Unpacks the package beside the work, without installing it. Raises RigError."""
    postgres.programs()
    folder = _folder(work)
    if (folder / "installed").exists():
        return
    missing = [path for path in LINKS.values() if not Path(path).exists()]
    if missing or not shutil.which("php"):
        raise RigError("PHP or a library of Tiny Tiny RSS is missing; tests/interop/run.sh installs them")
    with tempfile.TemporaryDirectory() as pool:
        os.chmod(pool, 0o755)
        run(["apt-get", "download", "-qq", "tt-rss"], cwd=Path(pool))
        run(["dpkg-deb", "-x", next(Path(pool).glob("tt-rss*.deb")), folder / "root"])
    packaged, www = folder / "root/usr/share/tt-rss", folder / "www"
    shutil.rmtree(www, ignore_errors=True)
    shutil.copytree(packaged / "www", www, symlinks=True)
    for name, target in LINKS.items():
        (www / name).unlink(missing_ok=True)
        (www / name).symlink_to(target)
    for name in ("config.php", "feed-icons"):
        (www / name).unlink(missing_ok=True)
    (www / "feed-icons").mkdir()
    (folder / "installed").touch()


def start(work: Path) -> Reader:
    """Starts database and server and waits until both answer. Raises RigError."""
    install(work)
    stop(work)
    folder = _folder(work)
    for name in ("lock", *(f"cache/{cache}" for cache in _CACHES)):
        (folder / name).mkdir(parents=True, exist_ok=True)
    database, port = postgres.start(folder), free_port()
    _fill(folder, database)
    www, url = folder / "www", f"http://127.0.0.1:{port}"
    places = {"database": database, "url": url, "php": shutil.which("php"), "folder": folder}
    config = CONFIG
    for name, value in places.items():
        config = config.replace(f"{{{name}}}", str(value))
    (www / "config.php").write_text(config)
    log = folder / "server.log"
    quiet = ["-d", "display_errors=0", "-d", "error_reporting=0"]
    environment = os.environ | {"PHP_CLI_SERVER_WORKERS": "2"}
    pid = spawn(["php", *quiet, "-S", f"127.0.0.1:{port}", "-t", www], folder / "server.pid", log, env=environment)
    wait_until(lambda: answers(f"{url}/"), "Tiny Tiny RSS", pid, log)
    return Reader(url, database)


def stop(work: Path) -> None:
    """Ends what `start` began, if it still runs."""
    folder = _folder(work)
    end(folder / "server.pid")
    postgres.stop(folder)


def _fill(folder: Path, database: int) -> None:
    schema = folder / "root/usr/share/tt-rss/schema/ttrss_schema_pgsql.sql"
    postgres.ask(database, "postgres", "create database ttrss")
    where = ["-h", "127.0.0.1", "-p", database, "-U", "rig", "-d", "ttrss"]
    run([postgres.programs() / "psql", "-X", "-q", *where, "-f", schema])
    hashed = hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).hexdigest()
    postgres.ask(
        database,
        "ttrss",
        f"update ttrss_users set pwd_hash = 'SHA1:{hashed}', salt = '' where login = '{USER}'",
        "insert into ttrss_user_prefs (owner_uid, pref_name, value) values (1, 'ENABLE_API_ACCESS', 'true')",
        "delete from ttrss_feeds",
    )


def _folder(work: Path) -> Path:
    folder = work.resolve() / "ttrss"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
