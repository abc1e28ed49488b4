"""The names that both the writer and the reader of log entries go by."""

from docscan.types import Outcome, Spectrum, Verdict

NAMESPACE = "urn:docscan:tr03135:1"
MANY = "CheckTransactions"  # the root of several inspections
ONE = "CheckTransaction"

RESULTS = {
    Outcome.PASSED: "successful",
    Outcome.FAILED: "failed",
    Outcome.UNDETERMINED: "undetermined",
    Outcome.ABORTED: "aborted",
    Outcome.NOT_PERFORMED: "notPerformed",
}
# Of several checks the strictest outcome counts (section 3.8).
STRICTEST_FIRST = (Outcome.FAILED, Outcome.ABORTED, Outcome.UNDETERMINED, Outcome.PASSED, Outcome.NOT_PERFORMED)
# The verdict as the overall result, which the guideline leaves to the application (section 5.4).
OVERALL = {
    Verdict.NO_CONCERN: "successful",
    Verdict.REFER: "failed",
    Verdict.INSUFFICIENT: "undetermined",
}
LIGHTS = {Spectrum.VISIBLE: "VI", Spectrum.UV: "UV", Spectrum.IR: "IR"}
