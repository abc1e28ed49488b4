"""What the pages call findings, kinds of forgery, roles and the rest, as messages of the catalogues."""

from docscan.rendering.messages import message
from docscan.rendering.words import Sign
from docscan.service.access.principal import Permission, Role
from docscan.service.storage.vocabulary import Finding, ForgeryKind

FINDINGS = {
    Finding.GENUINE: Sign("✓", message("Genuine"), "green"),
    Finding.FORGED: Sign("✗", message("Forged"), "red"),
    Finding.UNCLEAR: Sign("?", message("Unclear"), "yellow"),
}

KINDS = {
    ForgeryKind.PORTRAIT: message("Portrait replaced or altered"),
    ForgeryKind.DATA: message("Data or machine-readable zone altered"),
    ForgeryKind.COUNTERFEIT: message("Counterfeit document"),
    ForgeryKind.PAGE: message("Page replaced"),
    ForgeryKind.STOLEN_BLANK: message("Stolen blank"),
    ForgeryKind.PSEUDO: message("Issuer or document does not exist"),
    ForgeryKind.IMPOSTOR: message("Genuine document of somebody else"),
    ForgeryKind.OTHER: message("Something else"),
}

ROLES = {
    Role.OFFICER: message("Officer, first line"),
    Role.EXAMINER: message("Examiner, second line"),
    Role.ADMINISTRATOR: message("Administrator"),
}

SCOPES = {
    Permission.INSPECT: message("send documents"),
    Permission.READ: message("read reports and history"),
    Permission.DECIDE: message("decide and comment"),
    Permission.QUEUE: message("work on the second line's queue"),
    Permission.STATISTICS: message("read statistics"),
    Permission.METRICS: message("read metrics (Prometheus)"),
    Permission.AUDIT: message("read the audit log"),
    Permission.ADMINISTER: message("manage accounts and keys"),
}

# Where images are put at the desk, by the part of the request that has them.
IMAGES = {
    "visible": message("Visible"),
    "uv": message("UV"),
    "ir": message("Infrared"),
    "other_visible": message("Other side"),
}

# What scripts say; they find it by name in the page.
SCRIPT_WORDS = {
    "inspecting": message("Inspecting…"),
    "too_large": message("The image is too large."),
    "most": message("The service takes images up to %(number)s MB."),
    "no_answer": message("The service does not answer."),
    "still_running": message("Is docscan still running? Try again in a moment."),
    "busy": message("The service is busy."),
    "try_again": message("Try again in a moment."),
    "no_image": message("This file cannot be read as an image."),
    "logged_out": message("You were logged out."),
    "log_in_again": message("Load the page again and log in."),
    "refused": message("Name and password do not go together."),
    "forbidden": message("You may not do this."),
    "went_wrong": message("That did not work."),
    "no_camera": message("The camera cannot be used."),
    "allow_camera": message("Is one connected, and may this page use it? Ask your browser's address bar."),
    "passwords_differ": message("The two passwords differ."),
    "scanner_ready": message("ready"),
    "scanner_silent": message("silent since %(time)s"),
    "scanner_resting": message("resting: press a key"),
    "scanner_waiting": message("waiting for its first document"),
    "copied": message("Copied"),
}
