-- One row per kind of claim and way to read it, the plain one first.
-- `role` says what a match is worth: a plain or defensible reading confirms; one in the other unit
-- (agencies for agreements) does so when the figure's own unit was not right shortly before; the
-- sheet's header row counted along comes close; one that explains only shows where a wrong figure
-- comes from.
create temp table claim_menu as
select *
from (values
    ('agreements', 1, 'plain', 'agreements', 'agreements'),
    ('agreements', 2, 'other unit', 'agencies', 'agencies'),
    ('agreements', 3, 'defensible', 'signed_or_pending', 'agreements signed and pending'),
    ('agreements', 4, 'header row', 'header_row', 'agreements and the header row'),
    ('agencies', 1, 'plain', 'agencies', 'agencies'),
    ('agencies', 2, 'other unit', 'agreements', 'agreements'),
    ('agencies', 3, 'other unit', 'signed_or_pending', 'agreements signed and pending'),
    ('agencies', 4, 'header row', 'header_row', 'agreements and the header row'),
    ('states', 1, 'plain', 'states', 'states on the list'),
    ('states', 2, 'defensible', 'states_signed_or_pending', 'states on either list'),
    ('states', 3, 'defensible', 'states_alone', 'states on the list, territories not counted'),
    ('states_since', 1, 'plain', 'states', 'states on the list'),
    ('states_since', 2, 'defensible', 'states_since', 'states with an agreement signed since'),
    ('states_since', 3, 'defensible', 'states_added', 'states with an agreement added since'),
    ('states_new', 1, 'plain', 'states_since', 'states with an agreement signed since'),
    ('states_new', 2, 'plain', 'states_added', 'states with an agreement added since'),
    ('states_new', 3, 'explains', 'states', 'states on the whole list'),
    ('models', 1, 'plain', 'models', 'models on the list'),
    ('agreements_pending', 1, 'plain', 'pending', 'pending applications'),
    ('agreements_pending', 2, 'other unit', 'agencies_pending', 'agencies with one pending'),
    ('agreements_signed_or_pending', 1, 'plain', 'signed_or_pending', 'signed and pending'),
    ('agreements_signed_or_pending', 2, 'explains', 'agreements', 'signed alone'),
    ('agreements_new', 1, 'plain', 'added', 'net new agreements'),
    ('agreements_new', 2, 'plain', 'signed_since', 'agreements signed since'),
    ('agreements_new', 3, 'defensible', 'added_or_pending', 'agreements new and pending'),
    ('agreements_new', 4, 'other unit', 'agencies_added', 'net new agencies'),
    ('agreements_new', 5, 'other unit', 'agencies_since', 'agencies that signed since'),
    ('agreements_new', 6, 'explains', 'agreements', 'agreements on the whole list'),
    ('agencies_new', 1, 'plain', 'agencies_added', 'net new agencies'),
    ('agencies_new', 2, 'plain', 'agencies_since', 'agencies that signed since'),
    ('agencies_new', 3, 'other unit', 'added', 'net new agreements'),
    ('agencies_new', 4, 'other unit', 'signed_since', 'agreements signed since'),
    ('agencies_new', 5, 'explains', 'agencies', 'agencies on the whole list'),
    ('growth_ratio', 1, 'plain', 'ratio', 'agreements then and now'),
    ('growth_ratio', 2, 'other unit', 'agencies_ratio', 'agencies then and now'),
    ('growth_percent', 1, 'plain', 'percent', 'growth of agreements in percent'),
    ('growth_percent', 2, 'other unit', 'agencies_percent', 'growth of agencies in percent'),
    ('growth_percent', 3, 'explains', 'percent_of', 'the newer figure in percent of the older')
) as menu (kind, rank, role, measure, reading)
