"""A bare Django site around django-indieweb: its IndieAuth, Micropub and media endpoints as their author ships them.

Ours are the home page that names the endpoints, and the pages of entries. Runs in the rig's own environment.
usage: python ownsite.py PORT FOLDER USER PASSWORD
"""

import os
import sys
from pathlib import Path
from urllib.parse import quote

import django
from django.conf import settings

PORT, FOLDER, USER, PASSWORD = sys.argv[1:5]
ORIGIN = f"http://127.0.0.1:{PORT}"
ME = "ownsite"
sys.modules[ME] = sys.modules[__name__]
settings.configure(
    SECRET_KEY="rig",
    DEBUG=True,
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=ME,
    USE_TZ=True,
    SITE_ID=1,
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django.contrib.sites",
        "indieweb",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(FOLDER, "site.db")}},
    MEDIA_ROOT=os.path.join(FOLDER, "media"),
    MEDIA_URL="/media/",
    STATIC_URL="/static/",
    LOGIN_URL="/login/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INDIEWEB_MICROPUB_HANDLER=f"{ME}.Handler",
    INDIEWEB_REQUIRE_PKCE=True,
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.http import Http404, HttpRequest, HttpResponse  # noqa: E402
from django.shortcuts import redirect  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.html import escape  # noqa: E402
from django.views.static import serve  # noqa: E402
from indieweb.handlers import InMemoryMicropubHandler  # noqa: E402

SHARED = InMemoryMicropubHandler()
RELATIONS = {
    "authorization_endpoint": "/indieweb/auth/",
    "indieauth-metadata": "/indieweb/auth/metadata/",
    "token_endpoint": "/indieweb/token/",
    "micropub": "/indieweb/micropub/",
}


class Handler(InMemoryMicropubHandler):
    """django-indieweb makes a handler for each request: these share their entries.

    Its example knows entries by their path only; the address that it gives away is the whole one.
    """

    def __init__(self) -> None:
        self.__dict__ = SHARED.__dict__

    def delete_entry(self, url: str, user: object) -> None:
        super().delete_entry(_path(url), user)

    def get_entry(self, url: str, user: object) -> object:
        return super().get_entry(_path(url), user)


def _path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2] if "://" in url else url


def first(entry: object, name: str) -> str:
    value = (entry.properties.get(name) or [""])[0]  # type: ignore[attr-defined]
    return value.get("html") or value.get("value", "") if isinstance(value, dict) else value


def home(_request: HttpRequest) -> HttpResponse:
    links = "".join(f'<link rel="{name}" href="{there}">' for name, there in RELATIONS.items())
    return HttpResponse(f"<!doctype html><title>Rig</title>{links}<h1>Rig</h1>")


def entry_page(request: HttpRequest, number: int) -> HttpResponse:
    found = SHARED.entries.get(f"/entries/{number}/")
    if not found:
        raise Http404
    name, content = escape(first(found, "name")), escape(first(found, "content"))
    return HttpResponse(f'<!doctype html><article class="h-entry"><h1>{name}</h1><div>{content}</div></article>')


def login(request: HttpRequest) -> HttpResponse:
    """django-indieweb sends one here with its own address and query unquoted in `next`: quoted here."""
    return redirect("/admin/login/?next=" + quote(request.META["QUERY_STRING"].removeprefix("next=")))


urlpatterns = [
    path("", home),
    path("login/", login),
    path("entries/<int:number>/", entry_page),
    path("admin/", admin.site.urls),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("indieweb/", include("indieweb.urls")),
]

if __name__ == "__main__":
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from indieweb.models import Token

    call_command("migrate", verbosity=0)
    owner = get_user_model().objects.create(username=USER, is_staff=True, is_superuser=True)
    owner.set_password(PASSWORD)
    owner.save()
    token = Token(owner=owner, client_id=f"{ORIGIN}/", me=f"{ORIGIN}/", scope="create update delete undelete media")
    token.save()
    (Path(FOLDER) / "token").write_text(token.raw_key)
    call_command("runserver", f"127.0.0.1:{PORT}", "--noreload")
