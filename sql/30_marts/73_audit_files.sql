-- One row per two agreements of different agencies that linked one file on one list, where its name
-- does not say already whose it is not.
create temp view audit_files as
with

linked as (
    select agreement_id, agency_id, agency, state, moa_file, moa_url, line
    from stg_lines
    where list = 'participating' and moa_file is not null and moa_names is null
        and agreement_no is not null
),

shared as (
    select one, other
    from linked as one
    inner join linked as other on one.moa_file = other.moa_file and one.agency_id < other.agency_id
),

printed as (
    select
        shared.one,
        shared.other,
        publications.step,
        publications.publication_id,
        publications.published_on,
        rows_one.row_number,
        rows_other.row_number as other_row_number
    from shared
    inner join stg_listed as rows_one on shared.one.line = rows_one.line
    inner join stg_listed as rows_other
        on shared.other.line = rows_other.line
        and rows_one.publication_no = rows_other.publication_no
    inner join stg_publications as publications
        on rows_one.publication_no = publications.publication_no
    where publications.step is not null
)

select
    'file_shared' as finding,
    one.state,
    one.agency_id,
    one.agreement_id,
    other.agency_id as other_agency_id,
    other.agreement_id as other_agreement_id,
    one.agency || ' and ' || other.agency || ' linked one file, ' || parse_filename(one.moa_url)
    || ', first on ' || published_on || '.' as says,
    publication_id,
    row_number,
    publication_id as other_publication_id,
    other_row_number
from printed
qualify row_number() over (
    partition by one.agreement_id, other.agreement_id, one.moa_file order by step
) = 1
