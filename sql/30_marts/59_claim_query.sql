-- The query that proves what a reading shows, over public tables, as a reader can run it.
-- `scope` is the filter of the claim's state and model, `base` the list in force on the first day.
create temp macro listed_query(counted, publication, scope) as
    'select count(distinct ' || counted || ') from list_rows inner join agreements '
    || 'using (agreement_id) where publication_id = ''' || publication || '''' || scope;

create temp macro agencies_query(publication, scope) as
    if(
        scope = '',
        'select agencies from totals where publication_id = ''' || publication || '''',
        listed_query('agency_id', publication, scope)
    );

create temp macro pending_query(counted, publication, scope) as
    'select count(distinct ' || counted || ') from list_rows inner join pending '
    || 'on list_rows.agreement_id = pending.application_id where publication_id = '''
    || publication || '''' || scope;

create temp macro claim_query(measure, publication, waiting, base, scope, since, signed_to) as
    case measure
        when 'agreements' then listed_query('agreement_id', publication, scope)
        when 'agencies' then agencies_query(publication, scope)
        when 'states' then listed_query('state', publication, scope)
        when 'states_alone'
            then listed_query('state', publication, scope)
                || ' and state not in (''AS'', ''DC'', ''GU'', ''MP'', ''PR'', ''VI'')'
        when 'models' then listed_query('model', publication, scope)
        when 'header_row'
            then 'select 1 + (' || listed_query('agreement_id', publication, scope) || ')'
        when 'pending' then pending_query('application_id', waiting, scope)
        when 'agencies_pending' then pending_query('agency_id', waiting, scope)
        when 'signed_or_pending'
            then 'select (' || listed_query('agreement_id', publication, scope) || ') + ('
                || pending_query('application_id', waiting, scope) || ')'
        when 'states_signed_or_pending'
            then 'select count(distinct state) from ('
                || replace(
                    listed_query('state', publication, scope)
                        || coalesce(' union ' || pending_query('state', waiting, scope), ''),
                    'count(distinct state)',
                    'distinct state'
                ) || ')'
        when 'added'
            then 'select (' || listed_query('agreement_id', publication, scope) || ') - ('
                || listed_query('agreement_id', base, scope) || ')'
        when 'added_or_pending'
            then 'select (' || listed_query('agreement_id', publication, scope) || ') - ('
                || listed_query('agreement_id', base, scope) || ') + ('
                || pending_query('application_id', waiting, scope) || ')'
        when 'agencies_added'
            then 'select (' || agencies_query(publication, scope) || ') - ('
                || agencies_query(base, scope) || ')'
        when 'states_added'
            then listed_query('state', publication, scope)
                || ' and agreement_id not in (select agreement_id from list_rows '
                || 'where publication_id = ''' || base || ''' and agreement_id is not null)'
        when 'agencies_ratio'
            then 'select (' || agencies_query(publication, scope) || ') / ('
                || agencies_query(base, scope) || ')'
        when 'agencies_percent'
            then 'select 100 * (' || agencies_query(publication, scope) || ') / ('
                || agencies_query(base, scope) || ') - 100'
        when 'ratio'
            then 'select (' || listed_query('agreement_id', publication, scope) || ') / ('
                || listed_query('agreement_id', base, scope) || ')'
        when 'percent'
            then 'select 100 * (' || listed_query('agreement_id', publication, scope) || ') / ('
                || listed_query('agreement_id', base, scope) || ') - 100'
        when 'percent_of'
            then 'select 100 * (' || listed_query('agreement_id', publication, scope) || ') / ('
                || listed_query('agreement_id', base, scope) || ')'
        else listed_query(
            case measure
                when 'signed_since' then 'agreement_id'
                when 'agencies_since' then 'agency_id'
                else 'state'
            end,
            publication,
            scope
        )
        || ' and signed_on >= ''' || since || ''''
        || coalesce(' and signed_on <= ''' || signed_to || '''', '')
    end
