"""schema.org data of a page (JSON-LD)."""

from __future__ import annotations

from typing import Any

from usedfor.briefs.places import route_words
from usedfor.model import Brief
from usedfor.web.site import Site

__all__ = ["condition_data", "medicine_data"]


def medicine_data(site: Site, brief: Brief, path: str) -> dict[str, Any]:
    """A MedicalWebPage about a Drug."""
    medicine = brief.medicine
    drug: dict[str, Any] = {
        "@type": "Drug",
        "@id": site.address(path) + "#drug",
        "name": site.index.names[medicine.id],
        "nonProprietaryName": medicine.name,
        "url": site.address(path),
    }
    brands = sorted({n.name for n in medicine.names if n.kind == "brand"})
    if brands:
        drug["proprietaryName"] = brands[:20]
    if brief.classes:
        drug["drugClass"] = [{"@type": "DrugClass", "name": name} for name in brief.classes]
    if brief.routes:
        drug["administrationRoute"] = [route_words(r).split(" (")[0] for r in brief.routes]
    if medicine.ids.get("rxcui"):
        drug["rxcui"] = medicine.ids["rxcui"]
    if brief.schedule:
        drug["legalStatus"] = brief.schedule
    dated = max((date for date in brief.as_of.values() if date), default="")
    return {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": brief.title,
        "url": site.address(path),
        "inLanguage": "en",
        **({"dateModified": dated} if dated else {}),
        "audience": [{"@type": "PeopleAudience", "audienceType": "Patient"}],
        "publisher": {"@type": "Organization", "name": "Used For", "url": site.address("/")},
        "about": {"@id": drug["@id"]},
        "mainEntity": drug,
    }


def condition_data(site: Site, name: str, other: tuple[str, ...], path: str) -> dict[str, Any]:
    """A MedicalWebPage about a MedicalCondition."""
    return {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": name,
        "url": site.address(path),
        "inLanguage": "en",
        "publisher": {"@type": "Organization", "name": "Used For", "url": site.address("/")},
        "mainEntity": {"@type": "MedicalCondition", "name": name, "alternateName": list(other)},
    }
