"""Addresses of documents as ICE makes them: of the agency's name, model, state and date."""

from __future__ import annotations

import random
import re
from datetime import date

from .agencies import Agency

FOLDER = "https://www.ice.gov/doclib/287gMOA/"
SHORT = (
    ("Police Department", ("PoliceDept", "PoliceDept", "PD")),
    ("County Sheriff's", ("CoSheriffs", "CoSheriffs", "CountySheriffs")),
    ("Sheriff's Department", ("SheriffsDept", "SD")),
    ("Sheriff's Office", ("SheriffsOffice", "SO")),
    ("Department", ("Dept",)),
    ("County", ("Co",)),
)
DAYS = ("%m%d%Y", "%m%d%Y", "%m%d%Y", "%m%d%y", "%m.%d.%y", "%m.%d.%Y")


def address(rng: random.Random, agency: Agency, name: str, model: str, signed: date) -> str:
    """Return the address of an agreement's document, named after the agency as printed."""
    if signed.year < 2025:
        place = re.sub(r"[^A-Za-z]", "", (agency.county or name).split(" County")[0])
        return f"{FOLDER}287g{model}_{place}Co{agency.code.title()}{signed:%Y-%m-%d}.pdf"
    for words, ways in SHORT:
        name = name.replace(words, rng.choice(ways))
    file = re.sub(r"[^A-Za-z0-9]", "", name)
    return f"{FOLDER}{file}{agency.code}_{model}_MOA_{signed.strftime(rng.choice(DAYS))}.pdf"
