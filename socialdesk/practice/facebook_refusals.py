"""How the practice Facebook says no: one shape for everything (Meta's document "Error Handling")."""

from typing import Any


class GraphError(Exception):
    """The answer is an `error` with this code; the status is 400 for nearly all of them."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        sub: int = 0,
        status: int = 400,
        kind: str = "OAuthException",
        transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        error: dict[str, Any] = {"message": message, "type": kind, "code": code, "fbtrace_id": "A4xPracticeTrace"}
        if sub:
            error["error_subcode"] = sub
        if transient:
            error["is_transient"] = True
        self.body = {"error": error}


def unknown_node(node: str) -> GraphError:
    words = (
        f"Unsupported get request. Object with ID '{node}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation"
    )
    return GraphError(100, words, sub=33, kind="GraphMethodException")


def unknown_field(name: str, kind: str) -> GraphError:
    return GraphError(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})")


def parameter(message: str, sub: int = 0) -> GraphError:
    return GraphError(100, f"(#100) {message}", sub=sub)


def bad_token(sub: int = 467, words: str = "The access token is invalid") -> GraphError:
    return GraphError(190, f"Error validating access token: {words}", sub=sub, status=401)


def no_permission(*permissions: str) -> GraphError:
    words = f"(#200) If posting to a page, requires {', '.join(permissions)} permission with page token"
    return GraphError(200, words, status=403)
