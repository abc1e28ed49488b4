"""Region networks that are kept to be joined, and their joining: one graph that asks several and takes the mean."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
from onnx import compose, helper

from docscan.checks.regions import OUTPUTS

_INPUT, _EMBEDDING = "crops", "embedding"


@dataclass(frozen=True, slots=True)
class Member:
    """A network in single precision at ``path`` and where it comes from.

    ``parity`` is the largest difference of any answer between torch and ONNX Runtime, ``weights`` how many there are,
    ``training`` what ``train.trained`` tells.
    """

    path: Path
    parity: float
    weights: int
    training: Mapping[str, Any]


def keep(member: Member, name: str, folder: Path) -> None:
    """Put a network into a folder of members: its file, and a line of ``members.json`` on it."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{name}.onnx"
    shutil.copyfile(member.path, kept)
    about = _about(folder)
    about[name] = {
        "sha256": _digest(kept),
        "parity": member.parity,
        "weights": member.weights,
        "training": dict(member.training),
    }
    _list(folder).write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def members(folder: Path) -> list[Member]:
    """Return the networks of a folder, by name.

    Raises
    ------
    ValueError
        There is none, or a file is not the one that was kept.
    """
    found = []
    for name, about in sorted(_about(folder).items()):
        path = folder / f"{name}.onnx"
        if _digest(path) != about.pop("sha256"):
            raise ValueError(f"{path} is not the network that {_list(folder)} tells of: keep it again")
        found.append(Member(path, **about))
    if not found:
        raise ValueError(f"No network is kept in {folder}: `python -m training keep` puts one there")
    return found


def trained_as_kept(path: Path) -> dict[str, Any] | None:
    """Return what is kept of the training of a network at ``path``; None of one that no list tells of."""
    return _about(path.parent).get(path.stem, {}).get("training")


def _list(folder: Path) -> Path:
    return folder / "members.json"


def _about(folder: Path) -> dict[str, dict[str, Any]]:
    about: dict[str, dict[str, Any]] = {}
    if _list(folder).exists():
        about = json.loads(_list(folder).read_text(encoding="utf-8"))
    return about


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def join(paths: Sequence[Path], out: Path) -> None:
    """Write a network that shows its crops to several: its logits are the mean of theirs, its embedding is the first's.

    Networks that were trained apart err apart. Embeddings have no mean, since each training makes a space of its own.
    """
    if len(paths) == 1:
        shutil.copyfile(paths[0], out)
        return
    prefixes = [f"{number}/" for number in range(len(paths))]
    parts = [compose.add_prefix(onnx.load(path), prefix) for path, prefix in zip(paths, prefixes, strict=True)]
    whole = parts[0]
    for part in parts[1:]:
        whole = compose.merge_models(whole, part, io_map=[])
    graph = whole.graph
    _share_input(graph, [prefix + _INPUT for prefix in prefixes])
    answers = {answer.name: answer for answer in graph.output}
    del graph.output[:]
    for name in OUTPUTS:
        theirs = [prefix + name for prefix in prefixes]
        operator, taken = ("Identity", theirs[:1]) if name == _EMBEDDING else ("Mean", theirs)
        graph.node.append(helper.make_node(operator, taken, [name], name=f"joined_{name}"))
        answer = answers[theirs[0]]
        answer.name = name
        graph.output.append(answer)
    onnx.checker.check_model(whole, full_check=True)
    onnx.save(whole, out)


def _share_input(graph: onnx.GraphProto, names: Sequence[str]) -> None:
    """Have all nodes that take one of several inputs take the first, under its own name."""
    for node in graph.node:
        for place, taken in enumerate(node.input):
            if taken in names:
                node.input[place] = _INPUT
    graph.input[0].name = _INPUT
    del graph.input[1:]
