"""How the practice X says no: problem documents (RFC 9457), X's sentences, and the older list of codes."""

from typing import Any

PROBLEMS = "https://api.x.com/2/problems/"


class Refused(Exception):
    """The answer is `body` with this status; `problem` decides its content type."""

    def __init__(self, status: int, body: dict[str, Any], *, problem: bool = True) -> None:
        super().__init__(str(body.get("detail", status)))
        self.status = status
        self.body = body
        self.problem = problem


def plain(status: int, title: str, detail: str) -> Refused:
    return Refused(status, {"title": title, "status": status, "detail": detail, "type": "about:blank"})


def kind(status: int, title: str, detail: str, name: str, **more: Any) -> Refused:
    return Refused(status, {"title": title, "status": status, "detail": detail, "type": PROBLEMS + name, **more})


def invalid(parameter: str, value: str, message: str) -> Refused:
    body = {
        "errors": [{"parameters": {parameter: [value]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS + "invalid-request",
    }
    return Refused(400, body)


def not_found(parameter: str, value: str, what: str = "tweet") -> dict[str, Any]:
    """A problem inside a 200."""
    return {
        "value": value,
        "detail": f"Could not find {what} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": what,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEMS + "resource-not-found",
    }


def unauthorized() -> Refused:
    return plain(401, "Unauthorized", "Unauthorized")


def forbidden(detail: str = "You are not permitted to perform this action.") -> Refused:
    return plain(403, "Forbidden", detail)


def duplicate() -> Refused:
    return forbidden("You are not allowed to create a Tweet with duplicate content.")


def too_many() -> Refused:
    return plain(429, "Too Many Requests", "Too Many Requests")


def no_credits() -> Refused:
    return kind(
        402, "CreditsDepleted", "Your enrolled account does not have any credits to fulfill this request.", "credits"
    )


def usage_capped() -> Refused:
    return kind(
        429,
        "UsageCapExceeded",
        "Usage cap exceeded: Monthly product cap",
        "usage-capped",
        period="Monthly",
        scope="Product",
        product_name="standard-basic",
        account_id="1",
    )
