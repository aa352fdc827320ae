"""A small store in memory with the methods compiling asks of Knowledge, and medicines written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from usedfor.appraisal import Origin, appraise
from usedfor.model import (
    Caution,
    Condition,
    Document,
    Figure,
    Medicine,
    Name,
    Product,
    Reaction,
    Section,
    Span,
    Statement,
    Use,
)


class FakeKnowledge:
    """What :class:`usedfor.briefs.gather.Facts` asks for, over a handful of things."""

    def __init__(
        self,
        medicines: Sequence[Medicine],
        documents: Sequence[Document],
        statements: Sequence[Statement],
        conditions: Sequence[Condition] = (),
        quotes: bool = True,
    ) -> None:
        self._medicines = {m.id: m for m in medicines}
        self._documents = {d.id: d for d in documents}
        self._statements = {s.id: s for s in statements}
        self._conditions = {c.id: c for c in conditions}
        self._quotes = quotes
        origins = {
            d.id: Origin(
                id=d.id,
                set_id=d.set_id,
                effective=d.effective,
                brands=tuple(p.brand for p in d.products if p.brand),
            )
            for d in documents
        }
        self._appraisals = {
            m.id: appraise(m, [s for s in statements if s.medicine == m.id], origins) for m in medicines
        }

    def medicine(self, id: str) -> Medicine | None:
        return self._medicines.get(id)

    def uses(self, medicine: str) -> Sequence[Use]:
        return self._appraisals[medicine].uses

    def reactions(self, medicine: str) -> Sequence[Reaction]:
        return self._appraisals[medicine].reactions

    def cautions(self, medicine: str) -> Sequence[Caution]:
        return self._appraisals[medicine].cautions

    def statements(self, medicine: str, kinds: Sequence[str] = ()) -> Sequence[Statement]:
        return [
            s for s in self._statements.values() if s.medicine == medicine and (not kinds or s.kind in kinds)
        ]

    def statements_by_id(self, ids: Iterable[str]) -> Mapping[str, Statement]:
        return {i: self._statements[i] for i in ids if i in self._statements}

    def documents(self, ids: Iterable[str]) -> Mapping[str, Document]:
        return {i: self._documents[i] for i in ids if i in self._documents}

    def conditions(self, ids: Iterable[str]) -> Mapping[str, Condition]:
        return {i: self._conditions[i] for i in ids if i in self._conditions}

    def quote(self, span: Span) -> str | None:
        section = self._documents[span.document].section(span.section) if self._quotes else None
        return section.text[span.start : span.end] if section else None


class Label:
    """Writes a label by hand and the statements read from it, each on the exact span of its words."""

    application: str | None = "NDA000001"
    product_type = "prescription"

    def __init__(self, id: str, medicine: str, effective: str, brand: str, title: str, **texts: str) -> None:
        self.medicine = medicine
        self.document = Document(
            id=id,
            set_id=f"set-{id}",
            version="2",
            source="openfda",
            title=title,
            effective=effective,
            sections=tuple(Section(field=f, text=t) for f, t in sorted(texts.items())),
            products=(Product(brand=brand, application=self.application),),
            product_type=self.product_type,
            url=f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid=set-{id}",
        )
        self.statements: list[Statement] = []

    def says(self, field: str, words: str, kind: str, **more: object) -> Label:
        section = self.document.section(field)
        assert section is not None
        start = section.text.index(words)
        self.statements.append(
            Statement(
                id=f"{self.document.id}#{len(self.statements)}",
                medicine=self.medicine,
                kind=kind,  # type: ignore[arg-type]
                text=words,
                span=self.document.span(section, start, start + len(words)),
                rule="hand",
                **more,  # type: ignore[arg-type]
            )
        )
        return self


def somnidol() -> FakeKnowledge:
    """Somnidol: an invented anaesthetic with every kind of fact; somnidolex is its neighbour."""
    label = Label(
        "doc-1",
        "somnidol",
        "2026-07-06",
        "DREAMAL",
        "DREAMAL (somnidol) injection",
        indications_and_usage="Dreamal is for INDUCTION OF GENERAL ANESTHESIA in grown people with others, "
        "and for Hypertension after two others failed. It helps prevent Migraine. "
        "Not for MAJOR DEPRESSIVE DISORDER.",
        contraindications="With pheochromocytoma, history of stroke, or pregnancy. "
        "Allergy to somnidol. With zopidex.",
        boxed_warning="WARNING: RESPIRATORY DEPRESSION",
        warnings_and_cautions="Hepatotoxicity. Emergence dreams.",
        adverse_reactions="Nausea 19 9. Pruritus 0.4. Syncope was grave. Odd hiccups.",
        pregnancy="May harm the fetus.",
        drug_abuse_and_dependence="Somnidol is a Schedule III substance. People abuse it.",
        clinical_pharmacology="By vein it acts within 30 seconds and lasts 5 to 10 minutes.",
        mechanism_of_action="It is an inhibitor of the dream receptor.",
        spl_unclassified_section="Initial U.S. Approval: 1970",
        dosage_forms_and_strengths="Injection: clear.",
        openfda="pharm_class_epc: General Anesthetic\nroute: INTRAMUSCULAR | INTRAVENOUS",
    )
    label.says(
        "indications_and_usage",
        "INDUCTION OF GENERAL ANESTHESIA",
        "indication",
        relation="procedure",
        age="adult",
        adjunct=True,
    )
    label.says(
        "indications_and_usage",
        "Hypertension",
        "indication",
        relation="treat",
        after_failure=True,
        condition="C:1",
    )
    label.says("indications_and_usage", "Migraine", "indication", relation="prevent", condition="C:2")
    label.says(
        "indications_and_usage", "MAJOR DEPRESSIVE DISORDER", "limitation", relation="treat", condition="C:3"
    )
    label.says("contraindications", "pheochromocytoma", "contraindication", condition="C:4")
    label.says("contraindications", "history of stroke", "contraindication")
    label.says("contraindications", "pregnancy", "contraindication")
    label.says("contraindications", "somnidol", "contraindicated_allergy")
    label.says("contraindications", "zopidex", "contraindicated_medicine")
    label.says("boxed_warning", "RESPIRATORY DEPRESSION", "boxed_warning", topic="respiratory_depression")
    label.says("warnings_and_cautions", "Hepatotoxicity", "warning", topic="hepatotoxicity")
    label.says("warnings_and_cautions", "Emergence dreams", "warning")
    figures = (Figure(unit="%", value=19.0, arm="drug"), Figure(unit="%", value=9.0, arm="placebo"))
    label.says("adverse_reactions", "Nausea", "adverse_reaction", figures=figures)
    label.says(
        "adverse_reactions",
        "Pruritus",
        "adverse_reaction",
        figures=(Figure(unit="%", value=0.4, arm="drug"),),
    )
    label.says("adverse_reactions", "Syncope", "adverse_reaction", severity="serious")
    label.says("adverse_reactions", "hiccups", "adverse_reaction")
    label.says("pregnancy", "harm the fetus", "population", topic="pregnancy.fetal_harm")
    label.says("drug_abuse_and_dependence", "Schedule III", "schedule", topic="CIII")
    label.says("drug_abuse_and_dependence", "abuse", "dependence", topic="abuse")
    label.says(
        "clinical_pharmacology",
        "within 30 seconds",
        "onset",
        topic="intravenous",
        figures=(Figure(unit="seconds", value=30.0, relation="<="),),
    )
    label.says(
        "clinical_pharmacology",
        "5 to 10 minutes",
        "duration",
        figures=(Figure(unit="minutes", low=5.0, high=10.0),),
    )
    label.says("mechanism_of_action", "inhibitor of the dream receptor", "mechanism", topic="label")
    label.says("spl_unclassified_section", "1970", "approval_year", topic="1970")
    label.says("dosage_forms_and_strengths", "Injection", "form", topic="injection")
    label.says("openfda", "General Anesthetic", "class", topic="epc")
    label.says("openfda", "INTRAVENOUS", "route", topic="intravenous")
    label.says("openfda", "INTRAMUSCULAR", "route", topic="intramuscular")

    other = Label(
        "doc-2", "somnidolex", "2026-03-13", "NAZAL", "NAZAL (somnidolex) spray",
        indications_and_usage="For Treatment-Resistant Depression.",
    )  # fmt: skip
    other.says(
        "indications_and_usage",
        "Treatment-Resistant Depression",
        "indication",
        relation="treat",
        condition="C:5",
    )
    conditions = [
        Condition(id="C:1", name="hypertension", names=("high blood pressure",), lay="high blood pressure"),
        Condition(id="C:2", name="migraine"),
        Condition(id="C:3", name="major depressive disorder", lay="major depression"),
        Condition(id="C:4", name="pheochromocytoma"),
        Condition(id="C:5", name="treatment-resistant depression"),
    ]
    medicines = [
        Medicine(
            id="somnidol",
            name="somnidol",
            names=(Name(name="somnidol", kind="generic"), Name(name="DREAMAL", kind="brand")),
            ids={"unii": "ABC"},
            related=("somnidolex",),
        ),
        Medicine(id="somnidolex", name="somnidolex", names=(Name(name="NAZAL", kind="brand"),)),
    ]
    documents = [label.document, other.document]
    return FakeKnowledge(medicines, documents, [*label.statements, *other.statements], conditions)
