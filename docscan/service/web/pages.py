"""Every page, and what they share."""

from functools import cache
from typing import cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from docscan.rendering.html import stylesheet
from docscan.service.access.gate import recognised
from docscan.service.guard import POLICY
from docscan.service.web import desk, drift, entry, lists, office

router = APIRouter(include_in_schema=False)
for _part in (entry, desk, lists, drift, office):
    router.include_router(_part.router)

# Swagger UI sets styles from its script.
_DOCS_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("docscan.service.web"), autoescape=True, undefined=StrictUndefined)


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
    """Return the style of reports, which the pages share."""
    return Response(stylesheet(), media_type="text/css")
