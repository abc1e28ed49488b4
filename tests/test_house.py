"""The rules of the house that a machine can hold."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from docscan.checks import CHECKS
from docscan.settings import Settings
from tests.conftest import ROOT

FORBIDDEN = {"torch", "torchvision", "training", "datasets"}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_the_product_imports_neither_torch_nor_training_nor_datasets() -> None:
    for path in (ROOT / "docscan").rglob("*.py"):
        assert not _imports(path) & FORBIDDEN, path


def test_an_inspection_loads_no_torch() -> None:
    script = "import sys, docscan.inspection, docscan.service.app; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def test_one_opencv_only() -> None:
    run = subprocess.run([sys.executable, "-m", "pip", "list"], capture_output=True, text=True, check=True)
    opencvs = [line.split()[0] for line in run.stdout.splitlines() if line.startswith("opencv")]
    assert opencvs == ["opencv-python-headless"]


def test_modules_are_small() -> None:
    for folder in ("docscan", "datasets", "training"):
        for path in (ROOT / folder).rglob("*.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path


def _page(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_settings_checks_and_exit_codes_are_documented() -> None:
    settings, checks, readme = _page("docs/operating.md"), _page("docs/checks.md"), _page("README.md")
    for name in Settings.model_fields:
        assert f"DOCSCAN_{name.upper()}" in settings, name
    for check in CHECKS:
        assert f"| `{check.id}`" in checks or f", `{check.id}`" in checks, check.id
    for code in ("0", "1", "2", "3", "4", "10"):
        assert re.search(rf"^\| {code} \|", readme, re.MULTILINE), f"exit code {code}"


def test_the_pages_link_to_what_is_there() -> None:
    folders = (ROOT, ROOT / "datasets", ROOT / "docs", ROOT / "models")
    for page in (path for folder in folders for path in folder.glob("*.md")):
        links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", page.read_text(encoding="utf-8"))
        for target, anchor in links:
            there = page.parent / target if target else page
            assert there.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in _anchors(there), f"{page.name}: {target}#{anchor}"


def _anchors(page: Path) -> set[str]:
    """The names that a renderer of Markdown gives headings: lower case, without punctuation, dashes for spaces."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
