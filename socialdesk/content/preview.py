"""Link cards: what a page would like to be shown as when somebody links to it."""

from socialdesk.core.entry import LinkCard
from socialdesk.core.errors import ContentError
from socialdesk.core.text import cut

TITLE = 300
DESCRIPTION = 500


def card(body: bytes, content_type: str, url: str) -> LinkCard:
    """The card of a fetched page; `url` is its address after redirects.

    Raises ContentError (not_an_article) when there is no page in `body` or it has no title.
    """
    from socialdesk.content import page as pages  # start-up: lxml, which only the worker process needs

    try:
        page = pages.load(body, content_type, url)
        title = pages.title_of(page) if page is not None else ""
        if page is None or not title:
            raise ContentError(f"no page to show at {url}", reason="not_an_article")
        return LinkCard(
            url=pages.address_of(page),
            title=cut(title, TITLE),
            description=cut(pages.description_of(page), DESCRIPTION),
            image_url=pages.image_of(page),
            site=pages.site_of(page),
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ContentError(f"a page that cannot be read: {error!r}", reason="not_an_article") from error
