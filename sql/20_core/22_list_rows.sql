-- One row per printed row of every list version: nothing ICE printed is left out.
create view list_rows as
select
    publications.publication_id,
    line_places.row_number,
    line_texts.state_printed,
    line_texts.agency_printed,
    line_texts.type_printed,
    line_texts.county_printed,
    line_texts.model_printed,
    line_texts.signed_printed,
    line_texts.moa_url,
    line_texts.addendum_url,
    line_texts.agreement_id,
    line_texts.issues
from line_places
inner join publications using (publication_no)
inner join line_texts using (line)
