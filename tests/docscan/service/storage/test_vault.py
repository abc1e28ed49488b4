import base64
from pathlib import Path

import pytest

from docscan.errors import UsageError
from docscan.service.storage import vault
from docscan.service.storage.vault import DamagedError, LostKeyError, Vault, key_id_of, new_key
from docscan.settings import Settings

SECRET = b"L898902C3 ERIKSSON"


def of(*keys: str, days: int = 0) -> Vault:
    return Vault.of(Settings.model_validate({"keys": ",".join(keys), "retention_days": days}))


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    held = of(new_key())
    for kept in (True, False):
        sealed, key_id = held.seal(SECRET, "a.sealed", kept=kept)
        assert held.open(sealed, "a.sealed") == SECRET
        assert key_id_of(sealed) == key_id
        assert key_id.startswith("kept-" if kept else "desk-")
        assert b"ERIKSSON" not in sealed


def test_the_same_is_never_sealed_alike() -> None:
    held = of()
    assert held.seal(SECRET, "a", kept=False)[0] != held.seal(SECRET, "a", kept=False)[0]


@pytest.mark.parametrize("place", [0, 9, 30, 50, -1])
def test_one_altered_byte_is_noticed(place: int) -> None:
    held = of(new_key())
    sealed = bytearray(held.seal(SECRET, "a", kept=True)[0])
    sealed[place] ^= 1
    with pytest.raises((DamagedError, LostKeyError)):
        held.open(bytes(sealed), "a")


def test_a_cut_file_is_noticed() -> None:
    held = of(new_key())
    sealed = held.seal(SECRET, "a", kept=True)[0]
    for length in range(len(sealed)):
        with pytest.raises(DamagedError):
            held.open(sealed[:length], "a")


def test_swapped_files_do_not_open() -> None:
    held = of(new_key())
    sealed = held.seal(SECRET, "a", kept=True)[0]
    with pytest.raises(DamagedError, match="swapped"):
        held.open(sealed, "b")


def test_the_newest_key_seals_and_the_older_ones_still_open() -> None:
    old, new = new_key(), new_key()
    sealed, old_id = of(old).seal(SECRET, "a", kept=True)
    both = of(new, old)
    assert both.open(sealed, "a") == SECRET
    assert both.seal(SECRET, "a", kept=True)[1] != old_id
    with pytest.raises(LostKeyError, match=old_id):
        of(new).open(sealed, "a")


def test_the_ephemeral_key_dies_with_its_vault() -> None:
    sealed, _ = of().seal(SECRET, "a", kept=False)
    with pytest.raises(LostKeyError, match="died"):
        of().open(sealed, "a")


def test_worker_processes_share_the_ephemeral_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(vault.SHARED, "")
    monkeypatch.delenv(vault.SHARED)
    assert not vault.ephemeral_key_is_shared()
    vault.share_ephemeral_key()
    sealed, _ = of().seal(SECRET, "a", kept=False)
    vault.share_ephemeral_key()
    assert of().open(sealed, "a") == SECRET
    assert vault.ephemeral_key_is_shared()


def test_keys_come_from_a_file_newest_first(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    file = tmp_path / "keys"
    file.write_text(f"# of this year\n{new}\n\n{old}\n")
    held = Vault.of(Settings(key_file=file))
    assert held.newest is not None
    assert held.newest.secret == base64.b64decode(new)
    assert held.open(of(old).seal(SECRET, "a", kept=True)[0], "a") == SECRET


@pytest.mark.parametrize(
    "keys", ["nonsense", base64.b64encode(bytes(31)).decode(), f"{base64.b64encode(bytes(32)).decode()},short", "ключ"]
)
def test_what_is_no_key_is_refused_and_not_repeated(keys: str) -> None:
    with pytest.raises(UsageError, match="DOCSCAN_KEYS") as refused:
        of(keys)
    assert keys not in str(refused.value)


def test_a_file_of_keys_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="DOCSCAN_KEY_FILE"):
        Vault.of(Settings(key_file=tmp_path / "none"))


def test_retention_needs_a_key() -> None:
    with pytest.raises(UsageError, match="needs a key"):
        of(days=30)
    with pytest.raises(LostKeyError):
        of().seal(SECRET, "a", kept=True)


def test_no_secret_is_shown() -> None:
    key = new_key()
    held = of(key)
    assert held.newest is not None
    assert repr(base64.b64decode(key)) not in repr(held.newest)
