"""A page in its frame: head line, navigation, language, and who is logged in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from docscan.rendering.html import templates_of
from docscan.rendering.language import Language
from docscan.rendering.messages import message
from docscan.service.access.principal import Permission, Principal
from docscan.service.web import vocabulary
from docscan.service.web.languages import language_of, languages


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    address: str
    name: str
    permission: Permission


PLACES = (
    Place("/", message("Inspect"), Permission.INSPECT),
    Place("/queue", message("Second line"), Permission.QUEUE),
    Place("/history", message("History"), Permission.READ),
    Place("/drift", message("Drift"), Permission.STATISTICS),
    Place("/accounts", message("Accounts and keys"), Permission.ADMINISTER),
    Place("/audit", message("Audit"), Permission.AUDIT),
)


def places_of(principal: Principal | None) -> list[Place]:
    """Return where somebody may go."""
    return [place for place in PLACES if principal is not None and principal.may(place.permission)]


@cache
def _environment(language: Language) -> Environment:
    environment = templates_of("docscan.service.web", language)
    environment.globals.update(
        vocabulary=vocabulary,
        languages=languages().values(),
        script_words=json.dumps({name: language.gettext(text) for name, text in vocabulary.SCRIPT_WORDS.items()}),
    )
    return environment


def page(
    request: Request,
    template: str,
    context: Mapping[str, object],
    *,
    principal: Principal | None,
    status: int = 200,
) -> HTMLResponse:
    """Return a page.

    Parameters
    ----------
    template
        A file of ``templates/``.
    context
        What it shows.
    principal
        Who looks at it; None on the pages before a login.
    """
    language = language_of(request)
    query = f"?{request.url.query}" if request.url.query else ""
    html = (
        _environment(language)
        .get_template(template)
        .render(
            context,
            principal=principal,
            permissions=Permission,
            places=places_of(principal),
            here=request.url.path,
            back=quote(request.url.path + query, safe=""),
        )
    )
    headers = {"Content-Language": language.tag, "Vary": "Accept-Language, Cookie"}
    return HTMLResponse(html, status, headers)
