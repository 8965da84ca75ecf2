"""The video service beside the practice Bluesky: it prepares what it is sent and puts it at the account's server.

Wire forms of the app.bsky.video lexicons; what it says of a video it knows is what the public service says.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from socialdesk.practice.bluesky_call import Call
from socialdesk.practice.bluesky_rules import Refused

Json = dict[str, Any]

LIMITS, UPLOAD, WRITE = "app.bsky.video.getUploadLimits", "app.bsky.video.uploadVideo", "com.atproto.repo.uploadBlob"
TYPES = frozenset({"video/mp4", "video/quicktime", "video/webm", "video/mpeg"})


@dataclass
class Job:
    id: str
    did: str
    blob: Json
    looks: int = 0


@dataclass
class Videos:
    """`looks`: how often one has to ask until a video is ready; `refuses`: why no video is taken (error, message).

    `fails`: what becomes of the next ones. `here` False: there is no such service.
    """

    looks: int = 1
    refuses: tuple[str, str] | None = None
    fails: str = ""
    here: bool = True
    jobs: dict[str, Job] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)  # (did, name): job
    leaves: dict[str, tuple[str, str]] = field(default_factory=dict)  # token: (did, method)


def get_service_auth(call: Call) -> Json:
    """A token with which the account lets a service act for it; what it allows is in the token, not in the scope."""
    me, audience = call.me, call.need("aud")
    if not audience.startswith("did:"):
        raise Refused(400, "InvalidRequest", "aud must be a valid atproto DID or did#serviceId reference")
    token = f"svc-{secrets.token_hex(24)}"
    call.videos.leaves[token] = (me.did, call.params.get("lxm", ""))
    call.tokens.issued.append(token)
    return {"token": token}


def get_upload_limits(call: Call) -> Json:
    _let_in(call, LIMITS)
    if call.videos.refuses:
        error, message = call.videos.refuses
        return {"canUpload": False, "error": error, "message": message}
    return {"canUpload": True, "remainingDailyVideos": 25, "remainingDailyBytes": 10_000_000_000}


def upload_video(call: Call) -> Json:
    videos, did = call.videos, _let_in(call, WRITE)
    if call.params.get("did") != did or call.mime not in TYPES:
        raise Refused(400, "InvalidRequest", "did and content type have to fit")
    name = call.need("name")
    if (did, name) in videos.known:
        raise Refused(
            409, "already_exists", "Video already processed", _status(call, videos.jobs[videos.known[did, name]])
        )
    job = Job(secrets.token_hex(10), did, call.state.add_blob(did, call.data, "video/mp4"))
    videos.jobs[job.id] = job
    videos.known[did, name] = job.id
    return {"jobStatus": _status(call, job)}


def get_job_status(call: Call) -> Json:
    _be_here(call)
    job = call.videos.jobs.get(call.need("jobId"))
    if job is None:
        raise Refused(404, "NotFound", "No such job")
    job.looks += 1
    return {"jobStatus": _status(call, job)}


def _status(call: Call, job: Job) -> Json:
    status: Json = {"jobId": job.id, "did": job.did, "state": "JOB_STATE_ENCODING", "progress": min(job.looks * 40, 99)}
    if call.videos.fails:
        return {**status, "state": "JOB_STATE_FAILED", "error": "processing_failed", "message": call.videos.fails}
    if job.looks >= call.videos.looks:
        return {**status, "state": "JOB_STATE_COMPLETED", "progress": 100, "blob": job.blob}
    return status


def _be_here(call: Call) -> None:
    if not call.videos.here:
        raise Refused(501, "MethodNotImplemented", "Method Not Implemented")


def _let_in(call: Call, method: str) -> str:
    """Whose token for `method` this is."""
    _be_here(call)
    did, allowed = call.videos.leaves.get(call.token, ("", ""))
    if not did or allowed != method:
        raise Refused(401, "BadJwt", "The token is not for this method")
    return did
