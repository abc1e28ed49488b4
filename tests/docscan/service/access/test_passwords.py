import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from docscan.errors import UsageError
from docscan.service.access import passwords
from docscan.service.access.errors import TooManyError
from tests.docscan.service.access.conftest import PASSWORD


def test_only_the_password_agrees(password_hash: str) -> None:
    assert password_hash.startswith("$argon2id$")
    assert passwords.agrees(password_hash, PASSWORD)
    assert not passwords.agrees(password_hash, PASSWORD + " ")
    assert not passwords.agrees(None, PASSWORD)
    assert not passwords.agrees("no hash", PASSWORD)
    assert passwords.hashed(PASSWORD) != password_hash


def test_letters_agree_however_they_were_typed() -> None:
    assert passwords.agrees(passwords.hashed("Çelësi i kufirit"), "C\u0327ele\u0308si i kufirit")


def test_an_unknown_name_takes_as_long_as_a_wrong_password(password_hash: str) -> None:
    passwords.agrees(None, "once, so that what is compared with is there")

    def took(kept: str | None) -> float:
        begun = time.process_time()
        for _ in range(3):
            passwords.agrees(kept, "wrong password of somebody")
        return time.process_time() - begun

    known, unknown = took(password_hash), took(None)
    assert 0.5 < known / unknown < 2


def test_a_hash_of_other_parameters_is_outdated(password_hash: str) -> None:
    assert not passwords.outdated(password_hash)
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD))


@pytest.mark.parametrize("password", ["", "a" * 14, "a" * 257, "Erika works here", "here works ERIKA"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(UsageError):
        passwords.checked(password, "erika")


def test_words_make_a_password() -> None:
    assert passwords.checked(PASSWORD, "erika") == PASSWORD


def test_a_crowd_of_logins_does_not_hold_every_thread(password_hash: str) -> None:
    def attempt(_: int) -> bool:
        try:
            return passwords.agrees(password_hash, PASSWORD)
        except TooManyError:
            return False

    with ThreadPoolExecutor(40) as pool:
        let_in = sum(pool.map(attempt, range(40)))
    assert 10 <= let_in < 40
    assert passwords.agrees(password_hash, PASSWORD)
