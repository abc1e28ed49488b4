"""Every message that catalogues translate, found in the code and the templates; brings the catalogues up to date.

``python -m docscan.service.web.extraction`` adds to each ``.po`` file what is new and takes away what is gone.
"""

import ast
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from docscan.service.web.languages import CATALOGUES

# Rooms whose sentences reach a report as they stand there, without a mark.
_SPEAKING = ("checks", "quality.py", "scoring.py", "privacy.py", "mrz/parse.py")
_TEMPLATES = ("rendering/templates", "service/web/templates")

Message = str | tuple[str, str]  # one form, or singular and plural


def every_message() -> list[Message]:
    """Return every message, in the order of the files, each once."""
    root = Path(str(files("docscan")))
    found: dict[Message, None] = {}
    for folder in _TEMPLATES:
        for path in sorted((root / folder).glob("*.html")):
            found |= dict.fromkeys(_of_template(path))
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= dict.fromkeys(_marked(tree))
        if str(path.relative_to(root)).startswith(_SPEAKING):
            found |= dict.fromkeys(_sentences(tree))
    return list(found)


def _of_template(path: Path) -> Iterator[Message]:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for _, text, _, _ in extract_from_file("jinja2.ext:babel_extract", path, keywords, options={"silent": "false"}):
        yield (str(text[0]), str(text[1])) if isinstance(text, tuple) else str(text)


def _marked(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "message":
            argument = node.args[0]
            if isinstance(argument, ast.Constant):
                yield str(argument.value)


def _sentences(tree: ast.Module) -> Iterator[str]:
    """Find the whole sentences that are written out; those with something in them are not fixed."""
    outside = _documentation(tree) | {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in outside:
            text = node.value
            if text[:1].isupper() and text.endswith(".") and text.count(" ") > 1:
                yield text


def _documentation(tree: ast.Module) -> set[int]:
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def main() -> None:
    """Bring every catalogue up to date."""
    template = Catalog()
    for each in every_message():
        template.add(each)
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalogue, width=120, no_location=True, omit_header=False)


if __name__ == "__main__":
    main()
