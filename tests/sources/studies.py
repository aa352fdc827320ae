"""A small made-up study in the form of API v2, to change."""

from __future__ import annotations

import copy
from typing import Any

STUDY: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000001",
            "briefTitle": "Velorafen for Hiccups",
            "officialTitle": "A Randomized Study of Velorafen Versus Placebo in Adults With Hiccups",
        },
        "statusModule": {
            "overallStatus": "TERMINATED",
            "whyStopped": "Slow recruitment",
            "startDateStruct": {"date": "2019-03"},
            "primaryCompletionDateStruct": {"date": "2020-11-30"},
            "completionDateStruct": {"date": "2021-01-15"},
            "resultsFirstPostDateStruct": {"date": "2022-02-02"},
            "lastUpdatePostDateStruct": {"date": "2022-03-04"},
        },
        "descriptionModule": {"briefSummary": "The aim is to see\n\nif velorafen stops hiccups \\> 2 days."},
        "conditionsModule": {"conditions": ["Hiccups"], "keywords": ["singultus"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2", "PHASE3"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "DOUBLE"},
            },
            "enrollmentInfo": {"count": 40},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {"label": "Drug", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Velorafen"]},
                {"label": "None", "type": "PLACEBO_COMPARATOR", "interventionNames": ["Drug: Placebo"]},
            ],
            "interventions": [
                {
                    "type": "DRUG",
                    "name": "Velorafen",
                    "description": "5 mg",
                    "otherNames": ["VLR-1"],
                    "armGroupLabels": ["Drug"],
                },
                {"type": "DRUG", "name": "Placebo", "armGroupLabels": ["None"]},
            ],
        },
        "outcomesModule": {"primaryOutcomes": [{"measure": "Hiccups a day", "timeFrame": "2 weeks"}]},
    },
    "resultsSection": {
        "outcomeMeasuresModule": {
            "outcomeMeasures": [
                {
                    "type": "PRIMARY",
                    "title": "Hiccups a Day",
                    "unitOfMeasure": "hiccups",
                    "groups": [{"id": "OG000", "title": "Velorafen"}, {"id": "OG001", "title": "Placebo"}],
                    "denoms": [
                        {
                            "counts": [
                                {"groupId": "OG000", "value": "21"},
                                {"groupId": "OG001", "value": "19"},
                            ]
                        }
                    ],
                    "classes": [
                        {
                            "categories": [
                                {
                                    "measurements": [
                                        {"groupId": "OG000", "value": "2.5"},
                                        {"groupId": "OG001", "value": "8"},
                                    ]
                                }
                            ]
                        }
                    ],
                    "analyses": [{"groupIds": ["OG000", "OG001"], "pValue": "<0.001"}],
                },
                {"type": "SECONDARY", "title": "Sleep"},
            ]
        }
    },
    "hasResults": True,
}


def study(**changes: Any) -> dict[str, Any]:
    """The study with changes laid over its modules; a change of None takes the module away."""
    made = copy.deepcopy(STUDY)
    for module, fields in changes.items():
        if fields is None:
            del made["protocolSection"][module]
        else:
            made["protocolSection"].setdefault(module, {}).update(fields)
    return made
