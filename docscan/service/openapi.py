"""The interface's description for programs: what FastAPI knows of the routes, and what holds for all of them."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from docscan.service import request_ids
from docscan.service.access import gate
from docscan.service.problems import MEDIA_TYPE, described
from docscan.service.schema import Problem, Report

_DESCRIPTION = """\
A document's images come in, a report goes out. The software never says "forged": its verdict `refer` means that a
person must look.

Errors are `application/problem+json` (RFC 9457). Every answer carries `X-Request-ID`, under which the log has its
lines; a proxy's own id is taken where it is a UUID or hexadecimal. A client that is answered 503 or 429 comes again
after as many seconds as `Retry-After` says.
"""

_TAGS = {
    "inspections": "One document: its images in, its report out, what people decided about it.",
    "batches": "Many documents at once, inspected while the desk has nothing to do.",
    "queue": "What waits for the second line.",
    "audit": "Who looked at and decided what.",
    "models": "The learned models in use.",
    "service": "Whether the service lives and takes documents.",
}

# What can happen to every request, and to every one behind the gate.
_ANY = (421,)
_GATED = (401, 403, 429)
_STORED = (503,)  # under /v1: the database or the sealed files cannot be used
_WITH_BODY = (400, 408, 413)

_SCHEMAS = "#/components/schemas/"
_EXAMPLES = {"Report": "report"}

_WAIT = {"Retry-After": {"description": "Seconds after which to come again.", "schema": {"type": "integer"}}}
_HEADERS = {
    401: {"WWW-Authenticate": {"description": "How to say who asks.", "schema": {"type": "string"}}},
    429: _WAIT,
    503: _WAIT,
}
_REQUEST_ID = {"description": "Names this request, as in the log.", "schema": {"type": "string"}}

_REQUEST_ID_PARAMETER = {
    "name": request_ids.HEADER,
    "in": "header",
    "required": False,
    "description": "A proxy's id of this request; another is made where it is neither a UUID nor hexadecimal.",
    "schema": {"type": "string"},
    "example": "7f3a91c04be2d85566cd0e1f92ab34c7",
}

_DETAILS = {
    400: "The multipart body cannot be read: its boundary is missing.",
    401: "This needs a login or an API key that is good.",
    403: "This needs the permission to inspect, which you do not have.",
    404: "There is no report of this id; the service may have forgotten it.",
    408: "The body did not arrive within 120 seconds.",
    409: "This idempotency key was used for another request.",
    413: "The request is too large: an image may have 50,000,000 bytes at most.",
    415: "Send the image as multipart/form-data, in a part named visible.",
    421: "This service does not answer under that host name.",
    422: "The part visible is missing: the image under visible light.",
    429: "Too many requests; try again in a moment.",
    503: "16 inspections are running or waiting; try again in a moment.",
}


def example(name: str) -> Any:  # noqa: ANN401  # JSON
    """Return an example of this interface's data; its holders are invented."""
    return json.loads((files("docscan.service") / "examples" / f"{name}.json").read_text(encoding="utf-8"))


def report_response(description: str) -> dict[str, Any]:
    """Return what OpenAPI says of an answer that is a report, as JSON or as HTML."""
    return {"description": description, "model": Report, "content": {"text/html": {"schema": {"type": "string"}}}}


def acknowledging(location: str, replayed: str) -> dict[str, Any]:
    """Return what OpenAPI says of the headers of an answer that acknowledges something new, or something known."""
    said = {"Location": location, "Idempotency-Replayed": replayed}
    return {name: {"description": words, "schema": {"type": "string"}} for name, words in said.items()}


def install(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Let this application describe itself so.

    Parameters
    ----------
    app
        The application.
    routers
        Those that it includes and that its description names.
    """
    gated = frozenset(_gated(routers))

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app, gated)
        return app.openapi_schema

    # As FastAPI's page "Extending OpenAPI" does it.
    app.openapi = describe  # type: ignore[method-assign]


def _described(app: FastAPI, gated: Collection[tuple[str, str]]) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        summary=app.summary,
        description=_DESCRIPTION,
        routes=app.routes,
        servers=[{"url": "/", "description": "Where this description came from."}],
    )
    tags: dict[str, None] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            common = (*_ANY, *(_STORED if path.startswith("/v1/") else ()))
            _complete(operation, (*common, *(_GATED if (path, method) in gated else ())))
            tags.update(dict.fromkeys(operation.setdefault("tags", [_tag(path)])))
    for path, operations in document["paths"].items():
        if "post" in operations and "{" not in path:
            _link(operations["post"]["responses"], path, document["paths"])
    document["tags"] = [
        {"name": name, "description": _TAGS[name]} if name in _TAGS else {"name": name} for name in tags
    ]
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = Problem.model_json_schema()
    document["components"]["parameters"] = {"RequestId": _REQUEST_ID_PARAMETER}
    return document


def _gated(routers: Iterable[APIRouter]) -> Iterator[tuple[str, str]]:
    """Yield path and method of what the gate stands before."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and _is_gated(route):
                yield from ((route.path_format, method.lower()) for method in route.methods or ())


def _is_gated(route: APIRoute) -> bool:
    return any(
        getattr(dependency.call, "__module__", "") == gate.__name__ for dependency in route.dependant.dependencies
    )


def _tag(path: str) -> str:
    first, _, rest = path.strip("/").partition("/")
    return rest.partition("/")[0] if first == "v1" else "service"


def _complete(operation: dict[str, Any], common: tuple[int, ...]) -> None:
    """Say of an operation what holds for all."""
    responses: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in json.dumps(responses.get("422", {})):
        del responses["422"]
        responses.update(_problems((422,)))
    for status, response in _problems((*common, *(_WITH_BODY if "requestBody" in operation else ()))).items():
        responses.setdefault(status, response)
    for status, response in responses.items():
        headers = response.setdefault("headers", {})
        headers[request_ids.HEADER] = _REQUEST_ID
        headers.update(_HEADERS.get(int(status), {}))
        content = response.get("content", {})
        if MEDIA_TYPE in content:
            content[MEDIA_TYPE] = {"schema": {"$ref": _SCHEMAS + "Problem"}, "example": _problem_example(int(status))}
        # Here, for FastAPI leaves what is null out of examples.
        answer = content.get("application/json", {})
        name = answer.get("schema", {}).get("$ref", "").removeprefix(_SCHEMAS)
        if name in _EXAMPLES:
            answer["example"] = example(_EXAMPLES[name])
    operation["responses"] = dict(sorted(responses.items()))
    operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/RequestId"})


def _link(responses: dict[str, Any], path: str, paths: dict[str, Any]) -> None:
    """Say where what was made is found: the id in the answer is that of the addresses below."""
    below = re.compile(re.escape(path) + r"/\{(\w+)\}(/\w+)?")
    links = {
        operation["operationId"]: {
            "operationId": operation["operationId"],
            "parameters": {found[1]: "$response.body#/id"},
        }
        for place, operations in paths.items()
        for operation in operations.values()
        if (found := below.fullmatch(place))
    }
    for status, response in responses.items():
        if links and status in ("201", "202"):
            response["links"] = links


def _problems(statuses: tuple[int, ...]) -> dict[str, dict[str, Any]]:
    return {str(status): response for status, response in described(*statuses).items()}


def _problem_example(status: int) -> dict[str, Any]:
    title = HTTPStatus(status).phrase
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": _DETAILS.get(status, f"{title}."),
        "request_id": "7f3a91c04be2d85566cd0e1f92ab34c7",
    }
