"""An article cut out of its page, ready to be read with the network cut."""

from socialdesk.core.errors import ContentError
from socialdesk.core.saved import ExtractedArticle


def extract(body: bytes, content_type: str, url: str) -> ExtractedArticle:
    """The article of a fetched page: sanitised HTML with absolute picture addresses, and what the page says of it.

    `url` is the page's address after redirects. Raises ContentError (not_an_article): no HTML, or no article in it (a
    front page, a wall to pay or sign in at, a page that is empty without scripts).
    """
    from socialdesk.content import extraction  # start-up: trafilatura and readability, a quarter of a second

    try:
        return extraction.extract(body, content_type, url)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ContentError(f"a page that cannot be read: {error!r}", reason="not_an_article") from error
