"""The report as a log entry in the shape of BSI TR-03135-1, version 5.0.1, optical part; and statistics over many.

BSI's guideline (Part 1: functional requirements, Part 2: profiles, Part 3: interfaces) is public; its XML schemas
(``ct-v5_0_1.xsd``, ``dc-…``, ``dco-…``) are published beside it and were not at hand. So what is written here follows
the guideline's text, and conformity with BSI's own schemas was not and could not be tested. That is why every element
is in a namespace of docscan's, never in one of BSI's: nothing that collects BSI's logs takes these for one. Elements
stand where the guideline's XPaths have them (Part 1, tables 6.2 to 6.4), so that these work once their prefixes ct,
dc, dco and base are bound to docscan's namespace.

BSI's: ``CheckTransaction``, ``TimeMeasurement``, ``Overall``, ``StartTime``, ``EndTime``, ``Duration``,
``DocumentChecks``, ``DocumentCheck``, ``OpticalCheck``, ``ProcessingPerPage``, ``Page``, ``VisualZoneParsingDuration``,
``DocumentModelIdentification``, ``CombinedCheck``, ``Checks`` and every element of which ``Check`` is the end of the
name, not all of it (tables 5.4, 5.39 and 5.131); the results ``successful``, ``failed``, ``undetermined``, ``aborted``
(section 3.6.2) and how results are put together (section 3.8); run modes (section 3.8); the generic identifiers of
spectrally selective checks (section 5.7.2.2; Doc 9303 part 2, appendix C) and that each check has a UUID, a vendor's
name and a margin (section 5.7.3.12.3). ``SystemInformation``, ``Location`` and ``TransactionID`` are parameters of Part
3, chapter 8, ``DocumentType`` and ``Issuer`` are of its section 7.16, the attribute ``spectrum`` of its section 9.1.9,
``runMode`` of Part 2.

docscan's: whether a thing is an element or an attribute and how it is spelt, where the guideline tells it in words
alone (``result``, ``margin``, ``uuid``, ``genericCheckIdentifier``, ``proprietaryCheck``, ``groupName``); the result
``notPerformed`` (the input was absent; in BSI's log such a check is missing, and ``not supported`` would say of the
document what is true of the capture); ``Document``, ``DocumentModel``'s name and version instead of BSI's (C, T, N, Y,
P, S, O), ``LearnedModel``, ``Check``, ``nearest``, ``OfficerDecision``, ``OtherChecks``, ``CheckTransactions``, score,
threshold and log10 LR.

The overall result is docscan's verdict, which weighs evidence, and not the strictest result of all (section 5.4 leaves
it to the application); ``Checks`` has that. An outcome stands as docscan has it, also where the guideline would
have no ``undetermined``. Of persons there is nothing: no name, number, line of the MRZ, image or sentence.
"""
