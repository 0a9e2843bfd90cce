-- Words and tests that the models of claims share: how a figure and a day are written, and whether
-- what the record shows is what a hedged figure says. A bound is true or false ("at least 315");
-- "nearly" stops at the figure and starts a tenth below it; "about" reaches half the step the
-- figure is rounded to, at least 5 % and at most 10 %; growth is compared as it is rounded.
create temp macro in_figures(observed) as
    case
        when observed = round(observed) then format('{:,}', cast(observed as bigint))
        else format('{:.2f}', observed)
    end;

create temp macro in_days(day) as strftime(day, '%-d %B %Y');

create temp macro is_said(observed, figure, high, qualifier, unit) as
    case
        when observed is null then false
        when high is not null then observed between figure and high
        when qualifier = 'at_least' then observed >= figure
        when qualifier = 'more_than' then observed > figure
        when qualifier = 'up_to' then observed <= figure
        when qualifier = 'nearly' then observed between figure * 0.9 and figure
        when qualifier = 'about'
            then abs(observed - figure) <= figure * greatest(
                0.05,
                least(
                    0.1,
                    case
                        when figure % 1000 = 0 then 500
                        when figure % 100 = 0 then 50
                        when figure % 10 = 0 then 5
                        else 0
                    end / greatest(figure, 1)
                )
            )
        when unit = 'percent' then round(observed, if(figure = round(figure), 0, 1)) = figure
        when unit = 'ratio' and figure <> round(figure) then round(observed, 1) = round(figure, 1)
        when unit = 'ratio' then abs(observed / figure - 1) <= 0.05
        else observed = figure
    end
