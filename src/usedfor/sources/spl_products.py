"""The product data of a structured product label: what is in it, how it is given, under which approval."""

from __future__ import annotations

from lxml import etree

from usedfor.model import Ingredient, Product

NS = "{urn:hl7-org:v3}"
_PRODUCT, _PART = f"{NS}manufacturedProduct", f"{NS}partProduct"
_SCHEDULES = frozenset({"CI", "CII", "CIII", "CIV", "CV"})
_ACTIVE = (f"{NS}ingredient", f"{NS}activeIngredient")
_MARKETED = "2.16.840.1.113883.3.150"  # the root of application numbers


def products(root: etree._Element) -> tuple[Product, ...]:
    """Each product in the order of the document. A kit is one product, with what its parts have in them."""
    found = []
    for outer in root.iterfind(f".//{NS}subject/{_PRODUCT}"):
        inner = outer.find(_PRODUCT)
        if inner is None:
            inner = outer.find(f"{NS}manufacturedMedicine")  # as documents before 2009 have it
        if inner is not None:
            found.append(_product(outer, inner))
    return tuple(found)


def facts(root: etree._Element, medicines: tuple[Product, ...]) -> dict[str, list[str]]:
    """The product data under openFDA's keys, as far as a label itself gives them."""
    name = root.findtext(f"{NS}author/{NS}assignedEntity/{NS}representedOrganization/{NS}name") or ""
    ingredients = [ingredient for medicine in medicines for ingredient in medicine.ingredients]
    return {
        "application_number": [m.application for m in medicines if m.application],
        "brand_name": [m.brand for m in medicines if m.brand],
        "generic_name": [m.generic for m in medicines if m.generic],
        "manufacturer_name": [name],
        "product_type": [_document_type(root)],
        "route": [route for medicine in medicines for route in medicine.routes],
        "substance_name": [ingredient.name for ingredient in ingredients],
        "unii": [ingredient.unii for ingredient in ingredients if ingredient.unii],
    }


def _document_type(root: etree._Element) -> str:
    code = root.find(f"{NS}code")
    name = "" if code is None else (code.get("displayName") or "").upper()
    return name.removesuffix(" WITH HIGHLIGHTS").removesuffix(" LABEL")


def _product(outer: etree._Element, inner: etree._Element) -> Product:
    generic = _generic(inner)
    accessories = [part for part in inner.iter(f"{NS}part") if _is_accessory(part, generic)]
    kept = [
        element
        for element in outer.iter(*_ACTIVE, f"{NS}routeCode")
        if not any(part in accessories for part in element.iterancestors(f"{NS}part"))
    ]
    ingredients = (_ingredient(element) for element in kept if element.tag in _ACTIVE)
    routes = (_attribute(element, "displayName") for element in kept if element.tag not in _ACTIVE)
    return Product(
        brand=_brand(inner),
        generic=generic,
        ingredients=tuple(dict.fromkeys(found for found in ingredients if found)),
        routes=tuple(sorted({route.upper() for route in routes if route})),
        form=_display(inner.find(f"{NS}formCode")),
        application=_application(outer),
        schedule=_schedule(outer),
        ndc=_attribute(inner.find(f"{NS}code"), "code"),
    )


def _brand(inner: etree._Element) -> str | None:
    name = inner.find(f"{NS}name")
    if name is None:
        return None
    return (
        " ".join(" ".join(str(text) for text in name.itertext()).split()) or None
    )  # its suffix is within it


def _generic(product: etree._Element) -> str | None:
    for entity in ("asEntityWithGeneric", "asEntityAsGenericMedicine"):
        if name := _upper(product.findtext(f"{NS}{entity}/{NS}genericMedicine/{NS}name")):
            return name
    return None


def _is_accessory(part: etree._Element, generic: str | None) -> bool:
    """A kit's swab or diluent: its own active substances are not what the kit is named for."""
    product = part.find(_PART)
    if product is None or generic is None:
        return False
    found = [_ingredient(element) for element in product.iter(*_ACTIVE)]
    names = [
        word for item in found if item for name in (item.name, item.moiety or "") for word in name.split()[:1]
    ]
    names += (_generic(product) or "").split()[:1]
    return (bool(names) and not any(name.partition("-")[0] in generic for name in names)) or not any(found)


def _ingredient(element: etree._Element) -> Ingredient | None:
    """An active ingredient; None for an inactive one."""
    if element.tag == f"{NS}ingredient" and not (element.get("classCode") or "").startswith("ACTI"):
        return None
    substance = element.find(f"{NS}ingredientSubstance")
    if substance is None:
        substance = element.find(f"{NS}activeIngredientSubstance")
    name = None if substance is None else _upper(substance.findtext(f"{NS}name"))
    if substance is None or name is None:
        return None
    moieties = substance.findall(f"{NS}activeMoiety/{NS}activeMoiety")
    moiety = moieties[0] if len(moieties) == 1 else None  # the ions of a salt are no name for it
    return Ingredient(
        name=name,
        unii=_attribute(substance.find(f"{NS}code"), "code"),
        strength=_strength(element.find(f"{NS}quantity")),
        moiety=None if moiety is None else _upper(moiety.findtext(f"{NS}name")),
        moiety_unii=None if moiety is None else _attribute(moiety.find(f"{NS}code"), "code"),
    )


def _strength(quantity: etree._Element | None) -> str | None:
    """``50 mg/mL``, ``10 mg/5 mL``; ``25 mg`` where it is for one piece. Units are UCUM's, as given."""
    if quantity is None:
        return None
    above, below = quantity.find(f"{NS}numerator"), quantity.find(f"{NS}denominator")
    amount = _attribute(above, "value")
    if amount is None:
        return None
    unit = _attribute(above, "unit")
    text = f"{amount} {unit}" if unit not in (None, "1") else amount
    per, per_unit = _attribute(below, "value") or "1", _attribute(below, "unit") or "1"
    parts = [part for part in (per if per != "1" else "", per_unit if per_unit != "1" else "") if part]
    return f"{text}/{' '.join(parts)}" if parts else text


def _application(outer: etree._Element) -> str | None:
    for element in outer.iterfind(f".//{NS}approval/{NS}id"):
        if element.get("root") == _MARKETED and element.get("extension"):
            return _attribute(element, "extension")
    return None


def _schedule(outer: etree._Element) -> str | None:
    for code in outer.iterfind(f".//{NS}policy/{NS}code"):
        name = (code.get("displayName") or "").strip().upper()
        if name in _SCHEDULES:
            return name
    return None


def _display(element: etree._Element | None) -> str | None:
    return _upper(_attribute(element, "displayName"))


def _attribute(element: etree._Element | None, key: str) -> str | None:
    value = None if element is None else element.get(key)
    return value.strip() or None if value else None


def _upper(text: str | None) -> str | None:
    return " ".join(text.split()).upper() or None if text else None
