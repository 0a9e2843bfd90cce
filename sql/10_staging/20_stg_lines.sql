-- One row per distinct printed row of a list, cleaned values beside the printed ones.
with

lines as (
    select * from loaded_lines
),

numbered as (
    select
        line,
        list,
        state_printed,
        agency_printed,
        type_printed,
        county_printed,
        model_printed,
        signed_printed,
        moa_url,
        addendum_url,
        moa_file,
        moa_key,
        moa_names,
        state,
        agency,
        agency_type,
        county,
        model,
        signed_on,
        issues,
        variant,
        agreement_id,
        agency_id,
        agency_key,
        root,
        is_odd,
        -- Numbers for the long tables: joining on them is far cheaper than on names.
        if(agreement_id is null, null, dense_rank() over (order by agreement_id)) as agreement_no,
        -- What cannot be placed has the number of its name, to count names by.
        if(agency_key is null, null, dense_rank() over (order by agency_key)) as name_no,
        if(counted_as is null, null, dense_rank() over (order by counted_as)) as agency_no,
        dense_rank() over (
            order by state_printed, agency_printed, model_printed, signed_printed
        ) as printed_no
    from lines
)

select * from numbered
