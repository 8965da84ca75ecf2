"""XRPC methods of the practice PDS: sessions, identity, records, blobs. They return the answer or raise Refused."""

from socialdesk.practice import bluesky_feeds as feeds
from socialdesk.practice.bluesky_call import Call, Json
from socialdesk.practice.bluesky_rules import Refused
from socialdesk.practice.bluesky_state import Account, Record
from socialdesk.practice.bluesky_tokens import BadToken

MAX_UPLOAD = 5_242_880
MAX_WRITES = 200

# sessions and identity


def create_session(call: Call) -> Json:
    name = str(call.body.get("identifier", "")).lower()
    account = call.state.find_account(name)
    if account is None or not account.password or call.body.get("password") != account.password:
        raise Refused(401, "AuthenticationRequired", "Invalid identifier or password")
    return _session(call, account, *call.tokens.pair(account.did))


def refresh_session(call: Call) -> Json:
    try:
        did = call.tokens.did_of_refresh(call.token)
    except BadToken as error:
        raise Refused(400, error.name, error.message) from error
    return _session(call, call.state.accounts[did], *call.tokens.pair(did))


def get_session(call: Call) -> Json:
    session = _session(call, call.me, "", "")
    return {name: value for name, value in session.items() if not name.endswith("Jwt")}


def delete_session(call: Call) -> Json:
    try:
        call.tokens.drop(call.token)
    except BadToken as error:
        raise Refused(400, error.name, error.message) from error
    return {}


def _session(call: Call, account: Account, access: str, refresh: str) -> Json:
    return {
        "accessJwt": access,
        "refreshJwt": refresh,
        "handle": account.handle,
        "did": account.did,
        "didDoc": did_document(account, call.base),
        "email": f"{account.handle.partition('.')[0]}@mail.example",
        "emailConfirmed": True,
        "active": True,
    }


def did_document(account: Account, base: str) -> Json:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": base}
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": account.did,
        "alsoKnownAs": [f"at://{account.handle}"],
        "verificationMethod": [],
        "service": [service],
    }


def describe_server(call: Call) -> Json:
    return {
        "did": "did:web:localhost",
        "availableUserDomains": [".test"],
        "inviteCodeRequired": True,
        "blobUploadLimit": MAX_UPLOAD,
        "links": {},
        "contact": {},
    }


def describe_repo(call: Call) -> Json:
    account = call.state.find_account(call.need("repo"))
    if account is None:
        raise Refused(400, "RepoNotFound", f"Could not find repo: {call.need('repo')}")
    collections = sorted({r.collection for r in call.state.records.values() if r.did == account.did})
    return {
        "handle": account.handle,
        "did": account.did,
        "didDoc": did_document(account, call.base),
        "collections": collections,
        "handleIsCorrect": True,
    }


def resolve_handle(call: Call) -> Json:
    account = call.state.find_account(call.need("handle"))
    did = account.did if account else call.state.aliases.get(call.need("handle"))
    if did is None:
        raise Refused(400, "HandleNotFound", "Unable to resolve handle")
    return {"did": did}


# records


def put_record(call: Call) -> Json:
    """With `swapRecord` null: only if nothing is there, or the very same record."""
    did, collection, rkey, value = _own_record(call)
    before = call.state.records.get(f"at://{did}/{collection}/{rkey}")
    if before is None:
        return _written(call, call.state.put(did, collection, rkey, value))
    if before.value == {"$type": collection, **value}:
        return {"uri": before.uri, "cid": before.cid, "validationStatus": "valid"}
    if "swapRecord" in call.body and call.body["swapRecord"] != before.cid:
        raise Refused(400, "InvalidSwap", f"Record was at {before.cid}")
    return _written(call, call.state.put(did, collection, rkey, value))


def create_record(call: Call) -> Json:
    call.body.setdefault("rkey", call.state.new_rkey())
    did, collection, rkey, value = _own_record(call)
    if f"at://{did}/{collection}/{rkey}" in call.state.records:
        raise Refused(500, "InternalServerError", "Internal Server Error")
    return _written(call, call.state.put(did, collection, rkey, value))


def delete_record(call: Call) -> Json:
    did = _own_repo(call)
    gone = call.state.delete(f"at://{did}/{call.need('collection')}/{call.need('rkey')}")
    return {"commit": _commit(call, did)} if gone else {}


def get_record(call: Call) -> Json:
    account = call.state.find_account(call.need("repo"))
    if account is None:
        raise Refused(400, "InvalidRequest", f"Could not find repo: {call.need('repo')}")
    uri = f"at://{account.did}/{call.need('collection')}/{call.need('rkey')}"
    record = call.state.records.get(uri)
    if record is None:
        raise Refused(400, "RecordNotFound", f"Could not locate record: {uri}")
    return {"uri": uri, "cid": record.cid, "value": record.value}


def list_records(call: Call) -> Json:
    account = call.state.find_account(call.need("repo"))
    if account is None:
        raise Refused(400, "InvalidRequest", f"Could not find repo: {call.need('repo')}")
    every = list(call.state.of(call.need("collection"), account.did))
    shown, more = feeds.page(every, lambda r: (r.rkey, ""), call.params.get("cursor", ""), call.limit())
    return {"records": [{"uri": r.uri, "cid": r.cid, "value": r.value} for r in shown], **more}


def apply_writes(call: Call) -> Json:
    """All of the writes or none. A record that is there already shakes the server, as it does the reference server."""
    did, writes = _own_repo(call), call.body.get("writes")
    if not isinstance(writes, list) or not 0 < len(writes) <= MAX_WRITES:
        raise Refused(400, "InvalidRequest", 'Input must have the property "writes"')
    for write in writes:
        if write.get("$type") != "com.atproto.repo.applyWrites#create":
            raise Refused(501, "MethodNotImplemented", "Only creating is practised here")
        if f"at://{did}/{write['collection']}/{write['rkey']}" in call.state.records:
            raise Refused(500, "InternalServerError", "Internal Server Error")
        call.state.check(did, write["collection"], write["rkey"], write["value"])
    made = [call.state.put(did, write["collection"], write["rkey"], write["value"]) for write in writes]
    kind = "com.atproto.repo.applyWrites#createResult"
    results = [{"$type": kind, "uri": r.uri, "cid": r.cid, "validationStatus": "valid"} for r in made]
    return {"commit": _commit(call, did), "results": results}


def upload_blob(call: Call) -> Json:
    if len(call.data) > MAX_UPLOAD:
        raise Refused(413, "PayloadTooLarge", "request entity too large")
    return {"blob": call.state.add_blob(call.me.did, call.data, _sniffed(call.data) or call.mime)}


def _sniffed(data: bytes) -> str:
    """What the bytes say of themselves: the server believes them before it believes the client."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    starts = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    return next((mime for start, mime in starts.items() if data.startswith(start)), "")


def _own_repo(call: Call) -> str:
    account = call.state.find_account(call.need("repo"))
    if account is None or account.did != call.me.did:
        raise Refused(401, "AuthenticationRequired", "Authentication Required")
    return account.did


def _own_record(call: Call) -> tuple[str, str, str, Json]:
    value = call.body.get("record")
    if not isinstance(value, dict):
        raise Refused(400, "InvalidRequest", 'Input must have the property "record"')
    return _own_repo(call), call.need("collection"), call.need("rkey"), value


def _written(call: Call, record: Record) -> Json:
    commit = _commit(call, record.did)
    return {"uri": record.uri, "cid": record.cid, "commit": commit, "validationStatus": "valid"}


def _commit(call: Call, did: str) -> Json:
    rev = call.state.new_rkey()
    return {"cid": call.state.commit_cid(did, rev), "rev": rev}
