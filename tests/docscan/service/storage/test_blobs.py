"""Files in a folder, and on an S3 server that the tests start (moto)."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from docscan.errors import UsageError
from docscan.service.storage import blobs
from docscan.service.storage.blobs import Blobs, MissingError
from docscan.service.storage.database import StorageError


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    if request.param == "folder":
        return Blobs(str(tmp_path / "blobs"))
    endpoint = request.getfixturevalue("s3")
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"b{uuid4().hex}"
    location = {"LocationConstraint": "eu-central-1"}
    boto3.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    return Blobs(f"s3://{bucket}/docscan")


def test_files_are_written_read_listed_and_deleted(place: Blobs) -> None:
    assert list(place.every()) == []
    place.write("a.sealed", b"one", durable=True)
    place.write("b.sealed", bytes(3_000_000), durable=False)
    assert place.read("a.sealed") == b"one"
    assert len(place.read("b.sealed")) == 3_000_000
    listed = {file.path: file.modified for file in place.every()}
    assert set(listed) == {"a.sealed", "b.sealed"}
    assert all(abs(datetime.now(UTC) - moment) < timedelta(minutes=1) for moment in listed.values())
    place.remove(["a.sealed", "never.sealed"])
    assert [file.path for file in place.every()] == ["b.sealed"]


def test_what_is_not_there_is_missing(place: Blobs) -> None:
    with pytest.raises(MissingError):
        place.read("a.sealed")


def test_the_folder_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "blobs"
    Blobs(str(folder)).write("a", b"x", durable=True)
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "a").stat().st_mode) == 0o600


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        Blobs(str(tmp_path)).write("a", b"x", durable=True)
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[list[str]] = []
    real = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(sorted(path.name for path in tmp_path.iterdir()))
        real(descriptor)

    monkeypatch.setattr(blobs.os, "fsync", noted)
    Blobs(str(tmp_path)).write("a", b"x", durable=True)
    assert synced == [["a.part"], ["a"]]
    Blobs(str(tmp_path)).write("b", b"x", durable=False)
    assert len(synced) == 2


@pytest.mark.parametrize("url", ["nothing://here", "s4://bucket"])
def test_urls_that_nobody_knows_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="DOCSCAN_BLOBS"):
        Blobs(url)


def test_a_place_that_cannot_be_reached_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for folder in ("file", "file/blobs"):
        with pytest.raises(UsageError):
            Blobs(str(tmp_path / folder))
