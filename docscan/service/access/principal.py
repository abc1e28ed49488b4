"""Who asks, and what each role may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person does at the post."""

    OFFICER = "officer"  # first line: inspects and decides
    EXAMINER = "examiner"  # second line: the queue, and everything that was inspected
    ADMINISTRATOR = "administrator"  # accounts, keys, retention, audit; sees no documents


class Permission(StrEnum):
    """What a route asks for; a key's scopes are these too."""

    INSPECT = "inspect"  # send documents and batches
    READ = "read"  # reports, pictures, history
    DECIDE = "decide"  # state a finding, comment, hand to the second line
    QUEUE = "queue"  # the second line's queue: assign, decide what was handed on
    STATISTICS = "statistics"  # numbers without documents: drift, export after TR-03135
    METRICS = "metrics"  # Prometheus
    AUDIT = "audit"  # read and verify the audit log
    ADMINISTER = "administer"  # accounts, keys, retention


ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OFFICER: frozenset({Permission.INSPECT, Permission.READ, Permission.DECIDE}),
        Role.EXAMINER: frozenset(
            {Permission.INSPECT, Permission.READ, Permission.DECIDE, Permission.QUEUE, Permission.STATISTICS}
        ),
        Role.ADMINISTRATOR: frozenset(
            {Permission.STATISTICS, Permission.METRICS, Permission.AUDIT, Permission.ADMINISTER}
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody or something that was recognised.

    ``id`` is what the audit log and records name: ``user:UUID``, ``key:ID``, or ``local`` for whoever sits at the
    machine while no accounts exist. It is never a person's name.
    """

    id: str
    name: str  # shown to people
    permissions: frozenset[Permission]
    role: Role | None = None  # of a person
    csrf: str | None = None  # what an unsafe request of a browser session must carry; None: not a browser session

    def may(self, permission: Permission) -> bool:
        """Whether this is permitted."""
        return permission in self.permissions


LOCAL = Principal("local", "this machine", frozenset(Permission) - {Permission.ADMINISTER, Permission.AUDIT})
"""Whoever sits at the machine, while no accounts and keys exist and the service listens on loopback alone."""
