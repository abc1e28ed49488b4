"""A document to the service: sent once, however often it is tried."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

import httpx

from docscan.types import IMAGE_PARTS

_SECONDS = httpx.Timeout(10, read=120, write=120)
_LONGEST = 60.0  # seconds between two tries


@dataclass(frozen=True, slots=True)
class Taken:
    """The service has it."""

    inspection: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The service will never take it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """It may be taken another time."""

    seconds: float
    reason: str


def key_of(images: Mapping[str, bytes]) -> str:
    """Return what stands for a document: the hash of its images, so that it is the same after a crash."""
    whole = hashlib.sha256()
    for part in IMAGE_PARTS:
        if part in images:
            whole.update(f"{part} {len(images[part])} ".encode() + images[part])
    return whole.hexdigest()


class Service:
    """The service's address and the key for it.

    Parameters
    ----------
    url
        Of the service, without a path.
    key
        An API key with the scope ``inspect``; empty where the service is open to this machine.
    """

    def __init__(self, url: str, key: str) -> None:
        headers = {"Accept": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=_SECONDS)

    def __enter__(self) -> "Service":
        """Keep connections open for the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        self._client.close()

    def send(self, images: Mapping[str, bytes], tries: int = 0) -> Taken | Refused | Later:
        """Send a document.

        Parameters
        ----------
        images
            By what the service calls them.
        tries
            Vain ones before this one: each doubles the pause until the next.
        """
        pause = min(_LONGEST, 2.0**tries)
        # The light is sent for a name: a file's own name can be personal.
        files = {light: (light, data, "application/octet-stream") for light, data in images.items()}
        try:
            answer = self._client.post("/v1/inspections", files=files, headers={"Idempotency-Key": key_of(images)})
        except httpx.TransportError as error:
            return Later(pause, f"the service does not answer ({type(error).__name__})")
        return _outcome(answer, pause)

    def announce(self) -> None:
        """Let the service know that the scanner lives; whether it hears that does not matter."""
        try:
            self._client.get("/v1/sessions/current")
        except httpx.TransportError:
            return


def _outcome(answer: httpx.Response, pause: float) -> Taken | Refused | Later:
    if answer.is_success:
        report = answer.json()
        return Taken(report["id"], report["verdict"])
    reason = f"{answer.status_code} {_detail(answer)}".strip()
    if answer.status_code in (400, 413, 415, 422):
        return Refused(reason)
    # Busy, broken, not let in: the document is good all the same.
    wanted = answer.headers.get("Retry-After", "")
    return Later(float(wanted) if wanted.isdigit() else pause, reason)


def _detail(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return ""
    return str(problem.get("detail", "")) if isinstance(problem, dict) else ""
