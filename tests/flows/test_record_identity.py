"""What the real record of 2021 to 2026 says of the hard cases of identity."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

Db = duckdb.DuckDBPyConnection


def told(db: Db, where: str, columns: str = "kind, agreement_id, before, after") -> list[Any]:
    """Return the events of a kind of row, by day."""
    return db.execute(
        f"select cast(published_on as varchar), {columns} from events where {where} order by all"
    ).fetchall()


def test_a_row_under_two_states_that_loses_a_copy_was_one(db: Db) -> None:
    """Texas's Moore County stood under Tennessee too, where no document was ever linked."""
    tennessee, texas = (f"{state}-moore-county-sheriffs-office" for state in ("tn", "tx"))
    signed = "wso/2025-08-28"
    columns = "kind, agreement_id, before, previous_row_number, row_number, evidence"
    assert told(db, f"before = '{tennessee}/{signed}'", columns) == [
        (
            "2025-09-03",
            "duplicate_dropped",
            f"{texas}/{signed}",
            f"{tennessee}/{signed}",
            *(714, 816),
            "both stood on one list and this one never linked a document",
        )
    ]
    assert db.execute(
        "select agency_id, status, ended_how, replaced_by from agreements where agency_id = ?",
        [tennessee],
    ).fetchall() == [(tennessee, "replaced", "duplicate", f"{texas}/{signed}")]
    two = (
        "select count(distinct agency_id) from agreements where status = 'active' and model = 'WSO'"
    )
    madison = f"{two} and agency = 'Madison County Sheriff''s Office' and state in ('NY', 'TN')"
    assert db.execute(madison).fetchall() == [(2,)]


RELABELLED = {
    "a constable of a district": (
        ("2025-11-18", "tn-", "Tennessee State Constable 4th District"),
        ("Polk County Constable District 4", "relabelled"),
    ),
    "police for a sheriff": (
        ("2026-04-15", "ok-haskell", "Haskell Police Department"),
        ("Haskell County Sheriff's Office", "relabelled"),
    ),
    "one attorney for another": (
        ("2026-05-01", "tx-parker", "Parker County District Attorney's Office"),
        ("Parker County (County) Attorney's Office", "reworded"),
    ),
}


@pytest.mark.parametrize("case", RELABELLED)
def test_a_row_relabelled_is_the_same_agreement(case: str, db: Db) -> None:
    (day, agency, before), (after, rule) = RELABELLED[case]
    where = f"published_on = '{day}' and starts_with(agency_id, '{agency}')"
    kinds = f"{where} and kind in ('renamed', 'removed', 'redated')"
    assert told(db, kinds, "kind, before, after, rule") == [(day, "renamed", before, after, rule)]


def test_the_same_date_outweighs_the_same_agency(db: Db) -> None:
    """Parker County: the row of 5 April is the county attorney's, that of 30 April is new."""
    columns = "kind, previous_row_number, row_number"
    where = "published_on = '2026-05-01' and starts_with(agreement_id, 'tx-parker-county-')"
    assert told(db, where, columns) == [
        ("2026-05-01", "added", None, 1547),
        ("2026-05-01", "renamed", 1538, 1546),
    ]


CORRECTED = [
    ("2025-02-26", "fl-st-lucie-county-sheriffs-office/tfm/2025-02-19", "2025-02-26"),
    ("2025-05-12", "fl-hardee-county-sheriffs-office/tfm/2025-02-26", "2025-05-08"),
    ("2025-05-22", "nh-hillsborough-county-sheriffs-office/tfm/2025-05-16", "2025-05-22"),
    ("2025-08-04", "fl-fort-walton-beach-police-department/tfm/2025-02-28", "2025-08-04"),
    ("2025-09-09", "ks-rooks-county-sheriffs-office/wso/2025-07-31", "2025-09-09"),
    ("2025-12-02", "tx-webb-county-sheriffs-office/jem/2025-10-17", "2025-12-02"),
    ("2025-12-12", "pa-stowe-township-police-department/tfm/2025-11-18", "2025-12-11"),
]


def test_a_date_without_a_second_document_was_corrected(db: Db) -> None:
    """The event bears the id that lives on, the other one resolves, and the date is flagged."""
    agreements = [agreement for _, agreement, _ in CORRECTED]
    listed = ", ".join(f"'{one}'" for one in agreements)
    assert told(db, f"kind = 'redated' and agreement_id in ({listed})", "agreement_id, after") == (
        CORRECTED
    )
    for _, agreement, after in CORRECTED:
        other = f"{agreement.rsplit('/', 1)[0]}/{after}"
        assert db.execute(
            "select agreement_id from id_aliases where alias_id = ?", [other]
        ).fetchall() == [(agreement,)]
    flagged = db.execute(
        "select distinct agreement_id from issues inner join list_rows"
        " using (publication_id, row_number) where code = 'signed_after_listing'"
    ).fetchall()
    assert {(one,) for one in agreements} <= set(flagged)


def test_what_was_renewed_has_a_second_document_or_another_body(db: Db) -> None:
    assert told(
        db, "kind in ('renewed', 'switched', 'duplicate_dropped')", "kind, before, rule"
    ) == [
        ("2021-04-09", "renewed", "tn-knox-county-sheriffs-office/jem/2017-06-15", "same_step"),
        ("2022-03-05", "renewed", "al-etowah-county-sheriffs-office/jem/2016-06-08", "same_step"),
        (
            "2022-03-05",
            "renewed",
            "tx-montgomery-county-sheriffs-office/jem/2017-06-28",
            "same_step",
        ),
        (
            *("2025-07-03", "duplicate_dropped"),
            *("fl-city-of-zephyrhills-police-department/tfm/2025-04-14", "stood_beside"),
        ),
        (
            *("2025-07-09", "duplicate_dropped"),
            *("fl-city-of-st-cloud-police-department/tfm/2025-04-15", "stood_beside"),
        ),
        ("2025-07-29", "duplicate_dropped", ENVIRONMENT, "stood_beside"),
        (
            *("2025-08-01", "renewed"),
            *("fl-university-of-central-florida-board-of-trustees/tfm/2025-04-15", "stood_beside"),
        ),
        (
            *("2025-08-13", "renewed"),
            *("fl-florida-department-of-financial-services/tfm/2025-03-25", "stood_beside"),
        ),
        (
            *("2025-09-03", "duplicate_dropped"),
            *("tn-moore-county-sheriffs-office/wso/2025-08-28", "stood_beside"),
        ),
        ("2026-04-13", "switched", "nc-person-county-sheriffs-office/jem/2026-02-10", "same_step"),
    ]


ENVIRONMENT = (
    "fl-florida-department-of-environmental-protection-division-of-law-enforcement/tfm/2025-02-14"
)
SIGNED = [
    ("2025-03-27", "tx-mckenzie-county-sheriffs-office", "signed"),
    ("2025-04-11", "tx-texas-national-guard", "signed_later"),
    ("2025-04-28", "fl-alachua-police-department", "signed_later"),
    ("2025-04-30", "fl-heritage-creek-police-department", "signed"),
    ("2025-07-16", "pa-east-donegal-township-constable", "signed"),
    ("2025-07-16", "pa-monroeville-constable-office-pa", "signed"),
    ("2025-11-04", "tn-tennessee-state-constable-4th-district-polk-county", "signed"),
    ("2025-12-08", "ms-department-of-public-safety", "signed"),
    ("2026-02-11", "tx-mcintosh-county-sheriffs-office", "signed"),
]


def test_an_application_that_was_signed_under_other_words_is_not_withdrawn(db: Db) -> None:
    listed = ", ".join(f"'{agency}/tfm/pending'" for _, agency, _ in SIGNED)
    where = f"list = 'pending' and agreement_id in ({listed})"
    assert told(
        db, f"{where} and kind = 'pending_signed'", "split(agreement_id, '/')[1], rule"
    ) == (SIGNED)
    outcomes = f"select distinct outcome from pending where application_id in ({listed})"
    assert db.execute(outcomes).fetchall() == [("signed",)]
    [(withdrawn,)] = db.execute(
        "select count(*) from pending where outcome = 'withdrawn'"
    ).fetchall()
    assert withdrawn == 26


def test_a_year_misprinted_is_read_as_that_of_listing(db: Db) -> None:
    """Not where a file's name says the day, nor on the record's first list."""
    read = db.execute(
        "select agreement_id, printed, settled, cast(min(published_on) as varchar) from issues"
        " inner join list_rows using (publication_id, row_number)"
        " inner join publications using (publication_id)"
        " where code = 'signed_year_repaired' group by all order by 4"
    ).fetchall()
    tenaha = "tx-tenaha-police-department/tfm/2025-01-07"
    ottawa = "ok-ottawa-county-sheriffs-office/tfm/2025-02-23"
    mohawk = "ny-mohawk-village-police-department/tfm/2016-03-19"
    assert read == [
        (tenaha, "2025-01-07", "2026-01-07", "2026-01-08"),
        (ottawa, "2025-02-23", "2026-02-23", "2026-02-27"),
        (mohawk, "2016-03-19", "2026-03-19", "2026-03-20"),
    ]
    signed = "select cast(signed_on as varchar) from agreements where agreement_id = ?"
    assert db.execute(signed, [ottawa]).fetchall() == [("2026-02-23",)]
    alias = "select agreement_id from id_aliases where alias_id = ?"
    assert db.execute(alias, [f"{ottawa[:-10]}2026-02-23"]).fetchall() == [(ottawa,)]
    kept = (
        "select count(*) from agreements where signed_on = '2019-12-31' and state in ('GA', 'NC')"
    )
    assert db.execute(kept).fetchall() == [(2,)]
    # Tenaha's year was put right later: that is an event of its own.
    assert told(db, f"agreement_id = '{tenaha}' and kind = 'redated'", "before, after") == [
        ("2026-05-07", "2025-01-07", "2026-01-07")
    ]


def test_another_body_is_not_another_spelling(db: Db) -> None:
    """Where a document is linked; a label without any is only put right."""
    assert told(db, "kind = 'reassigned'", "before, after") == [
        ("2025-03-17", "Pasco County BOCC", "Pasco County Sheriff's Office"),
        (
            *("2025-07-03", "Okaloosa County Sheriff's Office"),
            "Okaloosa County Department of Corrections",
        ),
        (
            *("2025-07-16", "Escambia County Sheriff's Office"),
            "Escambia County Board of County Commissioners",
        ),
        (
            *("2025-07-16", "Okaloosa County Corrections"),
            "Okaloosa County Board of County Commissioners",
        ),
        (
            *("2025-08-11", "Franklin County Sheriffs Office"),
            "County of Franklin / Franklin County Jail",
        ),
        ("2025-09-09", "Pinal County Sheriff's Office", "Pinal County Attorney's Office"),
        ("2025-09-30", "Cambria County Sheriff's Office", "Cambria County Prison"),
    ]
    [(evidence,)] = db.execute(
        "select evidence from events where kind = 'reassigned' and published_on = '2025-09-30'"
    ).fetchall()
    assert evidence == (
        "the same state, model, date, county, type, place in the list; both names have cambria"
    )


def test_the_pending_list_stopped_and_nobody_is_known_to_wait(db: Db) -> None:
    silent = (
        "select cast(since as varchar) from list_states where list = 'pending' and until is null"
    )
    assert db.execute(f"{silent} and state = 'silent'").fetchall() == [("2026-03-07",)]
    waiting = "select count(*) from pending where outcome = 'waiting'"
    assert db.execute(waiting).fetchall() == [(0,)]
