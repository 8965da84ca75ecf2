"""Pictures for networks that take no bytes: they are put on one of the person's blogs, and named from there."""

from collections.abc import Sequence
from dataclasses import dataclass

from socialdesk.core.errors import AuthExpired, NetworkError, Rejected
from socialdesk.core.network import Network, Publishes
from socialdesk.core.post import MediaFile, Uploaded
from socialdesk.services.accounts import AccountService
from socialdesk.services.composing import ComposeService


@dataclass(frozen=True, slots=True)
class PictureHosts:
    accounts: AccountService
    composing: ComposeService

    def near(self, account_ids: Sequence[int]) -> "PictureHost":
        """A blog among these accounts, else any of the desk's."""
        return PictureHost(self, tuple(account_ids))


@dataclass(frozen=True, slots=True)
class PictureHost:
    """Takes pictures for another network. What goes wrong at the blog is never a question of that one's sign-in."""

    _hosts: PictureHosts
    _near: tuple[int, ...]

    async def upload(self, media: MediaFile) -> Uploaded:
        """Raises `Rejected` (public_picture_needed, picture_host) and what asking the blog raises."""
        host = await self._hosts.composing.picture_host(self._near)
        if host is None:
            raise Rejected("no blog to put pictures on", reason="public_picture_needed")

        async def put(network: Network) -> Uploaded:
            if not isinstance(network, Publishes):
                raise Rejected("this network takes no pictures", reason="picture_host")
            return await network.upload(media)

        try:
            made = await self._hosts.accounts.use(host, put)
        except (AuthExpired, Rejected) as error:
            raise _refused(error) from error
        if not made.url:
            raise Rejected("the blog gave no address", reason="picture_host")
        return Uploaded(made.url, media.alt, media.width, media.height, made.url)


def _refused(error: NetworkError) -> Rejected:
    return Rejected(f"the blog did not take the picture: {error}", reason="picture_host", detail=error.detail)
