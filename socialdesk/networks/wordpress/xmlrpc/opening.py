"""The parts of an account that is reached over XML-RPC."""

from collections.abc import Callable
from datetime import datetime

from socialdesk.core.account import Account
from socialdesk.networks.wordpress.road import Road
from socialdesk.networks.wordpress.xmlrpc.client import RpcClient
from socialdesk.networks.wordpress.xmlrpc.commenting import RpcCommenter
from socialdesk.networks.wordpress.xmlrpc.publishing import RpcPublisher
from socialdesk.networks.wordpress.xmlrpc.reading import RpcReader
from socialdesk.networks.wordpress.xmlrpc.signin import knows_blocks
from socialdesk.networks.wordpress.xmlrpc.uploading import RpcUploader


def road(client: RpcClient, account: Account, now: Callable[[], datetime]) -> Road:
    home, own_id = account.server, account.facts.get("user", "")
    moderates = account.facts.get("moderates") == "1"
    uploader = RpcUploader(client)
    return Road(
        RpcReader(client, home, account.facts.get("site", ""), own_id, now, moderates=moderates),
        uploader,
        RpcPublisher(client, uploader, home, now, blocks=knows_blocks(account.facts.get("version", ""))),
        RpcCommenter(client, home, own_id, moderates=moderates),
    )
