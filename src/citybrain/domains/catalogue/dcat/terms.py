"""The words of the directory in the European vocabularies that DCAT-AP names, and back.

The access rights, frequencies and file types are the authority tables of the Publications
Office of the European Union; DCAT-AP 2.1.1 and 3.0 demand them.
"""

from rdflib import Namespace

AUTHORITY = "http://publications.europa.eu/resource/authority/"
CB = Namespace("urn:citybrain:term:")
"""Own terms, for what DCAT has no word for."""
GUIDE = {
    "category_class": CB.categoryClass,
    "category_item": CB.categoryItem,
    "category_subject": CB.categorySubject,
    "category_detail": CB.categoryDetail,
    "open_type": CB.openType,
    "open_conditions": CB.openConditions,
    "format_class": CB.formatClass,
}
"""Elements of the 2017 guide that DCAT has no word for."""
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
ACCESS = {"unconditional": "PUBLIC", "conditional": "RESTRICTED", "none": "NON_PUBLIC"}
FREQUENCY = {
    "real-time": "UPDATE_CONT",
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "half-yearly": "ANNUAL_2",
    "yearly": "ANNUAL",
    "never": "NEVER",
}
READ_FREQUENCY = {
    **{code: ours for ours, code in FREQUENCY.items()},
    "CONT": "real-time",
    "HOURLY": "real-time",
    "DAILY_2": "daily",
}
FILE_TYPES = frozenset(
    (
        *("CSV", "JSON", "JSON_LD", "XML", "ZIP", "PDF", "TXT", "XLS", "XLSX", "ODS"),
        *("GEOJSON", "SHP", "PARQUET", "PNG", "JPEG", "HTML", "DOCX"),
    )
)


def class_uri(class_code: str, item: str) -> str:
    """`dcat:theme`: class, and item within it, of the 2017 guide."""
    return f"urn:citybrain:class:{class_code}" + (f".{item}" if item else "")


CLASS_SCHEME = "urn:citybrain:class"


def access_uri(share_type: str) -> str:
    """`dct:accessRights`."""
    return f"{AUTHORITY}access-right/{ACCESS[share_type]}"


def frequency_uri(update_cycle: str) -> str:
    """`dct:accrualPeriodicity`."""
    return f"{AUTHORITY}frequency/{FREQUENCY[update_cycle]}"


def file_type_uri(format_: str) -> str | None:
    """`dct:format`; None for a format that the table does not have."""
    name = format_.upper().replace("-", "_")
    return f"{AUTHORITY}file-type/{name}" if name in FILE_TYPES else None


def share_type_of(uri: str) -> str | None:
    """The share type of an access right; None for one that is not in the table."""
    code = uri.rstrip("/").rpartition("/")[2].upper()
    return next((ours for ours, theirs in ACCESS.items() if theirs == code), None)


def update_cycle_of(uri: str) -> str | None:
    """The update cycle of a frequency; None for one that has no like here."""
    return READ_FREQUENCY.get(uri.rstrip("/").rpartition("/")[2].upper())
