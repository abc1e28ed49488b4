"""People whom an identity provider knows: OpenID Connect, authorization code with PKCE.

Logins are rare, so what the provider publishes is read anew at each, and its new keys are known at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from docscan.errors import DocscanError, UsageError
from docscan.service.access import tokens
from docscan.service.access.errors import RefusedError
from docscan.service.access.openness import LOOPBACK
from docscan.service.access.principal import Role
from docscan.settings import Settings

_SECONDS = 10  # for one answer of the provider
_LONGEST_SUBJECT = 255  # OpenID Connect Core, section 2
_LEEWAY_SECONDS = 60  # between its clock and ours

# Signatures alone that only the provider can make; whatever it says, never none and no shared secret.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class ProviderError(DocscanError):
    """The identity provider does not answer as it should."""

    status = 503
    title = "The identity provider cannot be used"


@dataclass(frozen=True, slots=True)
class Started:
    """A login under way; the browser keeps it in a cookie until it comes back."""

    state: str
    nonce: str
    verifier: str
    next: str  # path to go to afterwards

    @staticmethod
    def anew(next_: str) -> "Started":
        """Begin."""
        return Started(tokens.fresh(), tokens.fresh(), tokens.fresh(), next_)

    def to_cookie(self) -> str:
        """Return it as a cookie's value."""
        return ".".join((self.state, self.nonce, self.verifier, quote(self.next, safe="")))

    @staticmethod
    def from_cookie(text: str) -> "Started | None":
        """Return it from a cookie's value; the path is still quoted, and not yet to be trusted."""
        parts = text.split(".", 3)
        return Started(*parts) if len(parts) == 4 and all(parts) else None


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider named."""

    issuer: str
    subject: str
    name: str
    role: Role | None  # None: none of the roles that docscan was told of


class Provider:
    """The identity provider of the settings.

    Raises
    ------
    UsageError
        The settings name none, or one that is reached in the open.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._issuer = settings.oidc_issuer.rstrip("/")
        address = urlsplit(self._issuer)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
            raise UsageError("The setting DOCSCAN_OIDC_ISSUER is no address that begins with https.")
        if not settings.oidc_client_id:
            raise UsageError("The setting DOCSCAN_OIDC_CLIENT_ID is missing: what the provider calls docscan.")

    def address(self, started: Started, redirect_uri: str) -> str:
        """Return where the browser goes to log in.

        Raises
        ------
        ProviderError
            The provider does not answer.
        """
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": redirect_uri,
            "scope": self._settings.oidc_scope,
            "state": started.state,
            "nonce": started.nonce,
            "code_challenge": create_s256_code_challenge(started.verifier),
            "code_challenge_method": "S256",
        }
        with _client() as client:
            endpoint = str(self._published(client)["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def identity(self, started: Started, code: str, redirect_uri: str) -> Identity:
        """Return who logged in, from the code that the browser brought back.

        Raises
        ------
        RefusedError
            What the provider says of this login is not to be trusted.
        ProviderError
            It does not answer.
        """
        with _client() as client:
            published = self._published(client)
            given = self._token(client, published, started, code, redirect_uri)
            claims = self._claims(client, published, started, given)
            if "userinfo_endpoint" in published and "access_token" in given:
                claims = {**_userinfo(client, published, given, claims["sub"]), **claims}
        subject = str(claims["sub"])
        if not (0 < len(subject) <= _LONGEST_SUBJECT and subject.isprintable()):
            raise RefusedError("The identity provider's name for this person is not one.")
        return Identity(
            issuer=str(published["issuer"]),
            subject=subject,
            name=str(claims.get(self._settings.oidc_name_claim) or subject),
            role=self._role(claims),
        )

    def _published(self, client: httpx.Client) -> Mapping[str, Any]:
        published = _answer(client.build_request("GET", f"{self._issuer}/.well-known/openid-configuration"), client)
        needed = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if not all(isinstance(published.get(name), str) for name in needed):
            raise ProviderError("The identity provider does not describe itself as OpenID Connect wants.")
        if published["issuer"].rstrip("/") != self._issuer:
            raise ProviderError("The identity provider calls itself by another name than DOCSCAN_OIDC_ISSUER.")
        return published

    def _token(
        self, client: httpx.Client, published: Mapping[str, Any], started: Started, code: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        client_id, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret.get_secret_value()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": started.verifier,
        }
        methods = published.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        headers = {}
        if secret and "client_secret_basic" in methods:
            # RFC 6749, section 2.3.1: both are form-encoded first.
            basic = httpx.BasicAuth(quote(client_id, safe=""), quote(secret, safe=""))
            headers = dict(next(basic.auth_flow(httpx.Request("POST", published["token_endpoint"]))).headers)
            headers = {"Authorization": headers["authorization"]}
        else:
            form |= {"client_id": client_id} | ({"client_secret": secret} if secret else {})
        request = client.build_request("POST", published["token_endpoint"], data=form, headers=headers)
        given = _answer(request, client, refusal="The identity provider did not accept this login.")
        if not isinstance(given.get("id_token"), str):
            raise RefusedError("The identity provider did not say who logged in.")
        return given

    def _claims(
        self, client: httpx.Client, published: Mapping[str, Any], started: Started, given: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        keys = _answer(client.build_request("GET", published["jwks_uri"]), client)
        offered = published.get("id_token_signing_alg_values_supported", ["RS256"])
        allowed = [name for name in _ALGORITHMS if name in offered]
        wanted = {
            "iss": {"essential": True, "value": published["issuer"]},
            "aud": {"essential": True, "value": self._settings.oidc_client_id},
        }
        expected = {
            "nonce": started.nonce,
            "client_id": self._settings.oidc_client_id,
            "access_token": given.get("access_token"),
        }
        try:
            registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
            token = jwt.decode(given["id_token"], KeySet.import_key_set(cast(Any, keys)), registry=registry)
            claims = CodeIDToken(token.claims, token.header, wanted, expected)
            claims.validate(leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise RefusedError(
                f"What the identity provider says of this login is not valid ({type(error).__name__})."
            ) from error
        return cast(Mapping[str, Any], claims)

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        found: object = claims
        for name in self._settings.oidc_role_claim.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        held = {found} if isinstance(found, str) else set(map(str, found)) if isinstance(found, list) else set()
        return next((Role(role) for value, role in self._settings.oidc_roles.items() if value in held), None)


def _userinfo(
    client: httpx.Client, published: Mapping[str, Any], given: Mapping[str, Any], subject: str
) -> Mapping[str, Any]:
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    info = _answer(client.build_request("GET", published["userinfo_endpoint"], headers=headers), client)
    if info.get("sub") != subject:  # OpenID Connect Core, section 5.3.2
        raise RefusedError("The identity provider speaks of two persons.")
    return info


def _client() -> httpx.Client:
    return httpx.Client(timeout=_SECONDS, follow_redirects=False)


def _answer(request: httpx.Request, client: httpx.Client, refusal: str | None = None) -> Mapping[str, Any]:
    try:
        answer = client.send(request)
        if refusal is not None and 400 <= answer.status_code < 500:
            raise RefusedError(refusal)
        answer.raise_for_status()
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderError(f"The identity provider does not answer ({type(error).__name__}).") from error
    if not isinstance(said, dict):
        raise ProviderError("The identity provider answers something that is not to be understood.")
    return said
