"""Codes of states, nationalities and issuing organisations (ICAO Doc 9303 part 3, section 5), and of sex."""

# Part A: ISO 3166-1 alpha-3.
ISO_3166 = frozenset(
    """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR
    BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL
    COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK
    FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV
    HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO
    LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
    MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN
    PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE
    SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO
    TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
    """.split()
)

# Parts A to D of section 5, beyond ISO 3166-1: Germany's own letter, British nationalities, other reserved codes,
# the United Nations, other issuing authorities, persons without a nationality, ICAO's own Utopia.
SPECIAL = frozenset(
    """
    D EUE GBD GBN GBO GBP GBS NTZ ANT RKS UNK UNO UNA UTO IAO
    XAA XBA XCC XCE XCO XCT XDC XEC XES XIM XMP XOM XPO XXA XXB XXC XXX
    """.split()
)

# What the MRZ has for sex (part 4, section 4.2.2.2; parts 5 to 7 likewise), and the X that some states print instead of
# the filler for unspecified, to what the report says.
SEXES = {"F": "F", "M": "M", "X": "X", "<": "X"}


def is_known_state(code: str) -> bool:
    """Tell whether a code, fillers removed, may stand as issuing state or nationality."""
    return code in ISO_3166 or code in SPECIAL
