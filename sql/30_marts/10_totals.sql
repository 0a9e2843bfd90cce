-- One row per accepted list version: how many agreements, agencies and states it prints, those in
-- doubt among them.
select
    publication_id,
    list,
    published_on,
    seq,
    agreement_count as agreements,
    agency_count as agencies,
    state_count as states,
    jem_count as jem,
    tfm_count as tfm,
    wso_count as wso,
    in_doubt_count as in_doubt
from publications
where status = 'accepted'
order by list, seq
