"""Routes of the practice blog for media, categories and tags."""

from io import BytesIO

from socialdesk.practice import wordpress_wire as wire
from socialdesk.practice.wordpress_call import Answer, Call, Routes, is_true, listed, page_of, text_of
from socialdesk.practice.wordpress_state import BlogState, Media
from socialdesk.practice.wordpress_wire import ApiError


class MediaRoutes:
    def __init__(self, state: BlogState) -> None:
        self.state = state

    def routes(self) -> Routes:
        return (
            ("GET", "/wp/v2/media", self.list_media),
            ("POST", "/wp/v2/media", self.create_media),
            ("GET", r"/wp/v2/media/(\d+)", self.get_media),
            ("POST", r"/wp/v2/media/(\d+)/post-process", self.get_media),
            ("POST PUT PATCH", r"/wp/v2/media/(\d+)", self.update_media),
            ("DELETE", r"/wp/v2/media/(\d+)", self.delete_media),
        )

    def list_media(self, call: Call) -> Answer:
        slugs = listed(call.query.get("slug", ""))
        found = [m for m in self.state.media.values() if not slugs or m.slug in slugs]
        found.sort(key=lambda m: m.id, reverse=True)
        return page_of(call, found, lambda media: wire.media_json(call.base, media), "rest_post_invalid_page_number")

    def create_media(self, call: Call) -> Answer:
        call.need_user("rest_cannot_create", "Sorry, you are not allowed to upload media on this site.")
        upload = call.upload
        if upload is None or not upload.data:
            raise ApiError(400, "rest_upload_no_data", "No data supplied.")
        if not upload.mime.startswith("image/"):
            raise ApiError(500, "rest_upload_sideload_error", "Sorry, you are not allowed to upload this file type.")
        stem, _, ending = upload.name.rpartition(".")
        slug = self.state.unique_media_slug(stem)
        media = Media(
            self.state.new_post_id(),
            slug,
            f"{call.now:%Y/%m}/{slug}.{ending}",
            upload.mime,
            lambda: upload.data,
            call.now,
            alt=text_of(call.body.get("alt_text", "")),
            title=text_of(call.body.get("title", "")) or stem,
            caption=text_of(call.body.get("caption", "")),
        )
        media.width, media.height = _size(upload.data)
        self.state.media[media.id] = media
        location = {"Location": f"{call.base}/wp-json/wp/v2/media/{media.id}"}
        return Answer(wire.media_json(call.base, media), 201, location)

    def _known_media(self, number: str) -> Media:
        media = self.state.media.get(int(number))
        if media is None:
            raise ApiError(404, "rest_post_invalid_id", "Invalid post ID.")
        return media

    def get_media(self, call: Call, number: str) -> Answer:
        return Answer(wire.narrowed(wire.media_json(call.base, self._known_media(number)), call.query))

    def update_media(self, call: Call, number: str) -> Answer:
        call.need_user("rest_cannot_edit", "Sorry, you are not allowed to edit this post.")
        media = self._known_media(number)
        media.alt = text_of(call.body.get("alt_text", media.alt))
        media.caption = text_of(call.body.get("caption", media.caption))
        media.title = text_of(call.body.get("title", media.title))
        return Answer(wire.media_json(call.base, media))

    def delete_media(self, call: Call, number: str) -> Answer:
        call.need_user("rest_cannot_delete", "Sorry, you are not allowed to delete this post.")
        media = self._known_media(number)
        if not is_true(call.query.get("force")):
            message = "The post does not support trashing. Set 'force=true' to delete."
            raise ApiError(501, "rest_trash_not_supported", message)
        del self.state.media[media.id]
        return Answer({"deleted": True, "previous": wire.media_json(call.base, media)})


class TermRoutes:
    def __init__(self, state: BlogState) -> None:
        self.state = state

    def routes(self) -> Routes:
        return (
            ("GET", "/wp/v2/(categories|tags)", self.list_terms),
            ("POST", "/wp/v2/(categories|tags)", self.create_term),
        )

    def list_terms(self, call: Call, kind: str) -> Answer:
        taxonomy = _taxonomy(kind)
        word = call.query.get("search", "").casefold()
        found = [t for t in self.state.terms.values() if t.taxonomy == taxonomy and word in t.name.casefold()]
        found.sort(key=lambda t: t.name.casefold())
        return page_of(call, found, lambda t: wire.term_json(call.base, t), "rest_term_invalid_page_number")

    def create_term(self, call: Call, kind: str) -> Answer:
        call.need_user("rest_cannot_create", "Sorry, you are not allowed to create terms in this taxonomy.")
        name = text_of(call.body.get("name", "")).strip()
        if not name:
            raise ApiError(400, "rest_missing_callback_param", "Missing parameter(s): name", params=["name"])
        known = self.state.find_term(_taxonomy(kind), name)
        if known is not None:
            where = "with this parent" if kind == "categories" else "in this taxonomy"
            message = f"A term with the name provided already exists {where}."
            raise ApiError(400, "term_exists", message, term_id=known.id)
        term = self.state.add_term(_taxonomy(kind), name)
        return Answer(wire.term_json(call.base, term), 201)


def _taxonomy(kind: str) -> str:
    return "category" if kind == "categories" else "post_tag"


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image, UnidentifiedImageError  # loaded when first needed: it costs start-up time

    try:
        with Image.open(BytesIO(data)) as image:
            return image.size
    except (UnidentifiedImageError, OSError):
        raise ApiError(500, "rest_upload_sideload_error", "This is no picture.") from None
