"""What every command of the command line shares: settings, notes, and errors as one line and an exit code."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from docscan.errors import DocscanError, UsageError
from docscan.settings import Settings

P = ParamSpec("P")

EXIT_UNEXPECTED = 1


def complain(message: str) -> None:
    """Say one line on standard error."""
    print(f"docscan: {' '.join(message.split())}", file=sys.stderr)


def note(text: str) -> None:
    """Say something beside the result, on standard error."""
    Console(stderr=True).print(Text(text), soft_wrap=True)


def edge(command: Callable[P, None]) -> Callable[P, None]:
    """Wrap a command so that every error becomes one line and an exit code."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except DocscanError as error:
            complain(str(error))
            raise typer.Exit(error.exit_code) from error
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("DOCSCAN_DEBUG"):
                raise
            complain(f"unexpected error ({type(error).__name__}: {error}); set DOCSCAN_DEBUG=1 to see where.")
            raise typer.Exit(EXIT_UNEXPECTED) from error

    return guarded


@contextmanager
def needs_service() -> Iterator[None]:
    """Import within this block what the extra ``service`` brings.

    Raises
    ------
    UsageError
        It is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise UsageError(f"The service is not installed ({error.name}): pip install 'docscan[service]'.") from error


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    UsageError
        One of them cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        name = "_".join(map(str, fault["loc"])).upper()
        raise UsageError(f"The setting DOCSCAN_{name} cannot be used: {fault['msg']}.") from error
