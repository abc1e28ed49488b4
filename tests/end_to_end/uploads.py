"""Mutated uploads to the real service: none may break it.

python -m tests.end_to_end.uploads --count 5000
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.corrupt import encoded, mutated_bodies, mutated_images
from tests.end_to_end.serving import serving

_ANSWERS = frozenset({201, 202, 400, 413, 415, 422})
_MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


def _body(name: str, data: bytes) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="a"\r\nContent-Type: image/png\r\n\r\n'
    return head.encode() + data + b"\r\n--b--\r\n"


def _requests(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield addresses and bodies: of five three have a mutated image, one is a mutated body, one goes to a batch."""
    images = mutated_images(count, seed)
    bodies = mutated_bodies(_body("visible", encoded("png")), count, seed)
    for number in range(count):
        match number % 5:
            case 3:
                yield "/v1/inspections", next(bodies)
            case 4:
                yield "/v1/batches", next(bodies)
            case _:
                yield "/v1/inspections", _body("visible", next(images))


def send(client: httpx.Client, count: int, seed: int) -> Counter[int]:
    """Send so many and return the answers' statuses.

    Raises
    ------
    AssertionError
        An answer is none of those that the interface names, or no problem where it is an error.
    """
    statuses: Counter[int] = Counter()
    for number, (path, body) in enumerate(_requests(count, seed)):
        answer = client.post(path, content=body, headers=_MULTIPART)
        statuses[answer.status_code] += 1
        assert answer.status_code in _ANSWERS, (seed, number, answer.status_code, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json", (seed, number)
            assert answer.json()["detail"], (seed, number)
    return statuses


def main() -> None:
    """Send to a service of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        with httpx.Client(base_url=server.url, timeout=120) as client:
            statuses = send(client, chosen.count, chosen.seed)
        code = server.terminate()
        log = server.log.read_text()
    broke = sum("broke" in line for line in log.splitlines())
    print(
        f"{chosen.count} uploads: " + ", ".join(f"{count} times {status}" for status, count in sorted(statuses.items()))
    )
    print(f"The service ended with {code}; its log has {broke} lines of something that broke.")
    raise SystemExit(1 if broke or code else 0)


if __name__ == "__main__":
    main()
