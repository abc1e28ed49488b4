"""The page where a person drops an image, and the interface's documentation, from the service's own files."""

from functools import cache
from typing import cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from docscan.rendering.html import stylesheet, stylesheet_digest
from docscan.service.access.gate import allowed, recognised
from docscan.service.access.principal import Permission
from docscan.service.guard import POLICY
from docscan.service.state import State
from docscan.version import __version__

router = APIRouter(include_in_schema=False)

# The script takes parts out of whole reports, whose own style the browser judges as it reads them.
_PAGE_POLICY = POLICY.replace("style-src 'self'", f"style-src 'self' '{stylesheet_digest()}'")

# Swagger UI sets styles from its script.
_DOCS_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("docscan.service"), autoescape=True, undefined=StrictUndefined)


@router.get("/", dependencies=[allowed(Permission.INSPECT)])
async def page(request: Request) -> HTMLResponse:
    """Return the page of the person who holds the document."""
    template = _environment().get_template("page.html")
    html = template.render(version=__version__, max_bytes=State.of(request).settings.max_bytes)
    return HTMLResponse(html, headers={"Content-Security-Policy": _PAGE_POLICY})


@router.get("/openapi.json", dependencies=[recognised()])
async def interface(request: Request) -> JSONResponse:
    """Return the interface's description (OpenAPI)."""
    return JSONResponse(cast(FastAPI, request.app).openapi())


@router.get("/docs", dependencies=[recognised()])
async def docs() -> HTMLResponse:
    """Return the interface's documentation."""
    html = _environment().get_template("docs.html").render()
    return HTMLResponse(html, headers={"Content-Security-Policy": _DOCS_POLICY})


@router.get("/report.css")
async def report_css() -> Response:
    """Return the style of reports, which the page shares."""
    return Response(stylesheet(), media_type="text/css")
