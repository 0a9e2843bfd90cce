-- are_alike(one, other): whether two rows of stg_ends bear names that a slip of the hand, or a word
-- more or less, would make one. Digits and words such as North tell two apart.
create temp macro are_alike(one, other) as
    one.marks = other.marks
    and len(one.telling) > 0
    and len(other.telling) > 0
    and (
        list_has_all(one.telling, other.telling)
        or list_has_all(other.telling, one.telling)
        or 3 * damerau_levenshtein(
            array_to_string(one.telling, ' '), array_to_string(other.telling, ' ')
        ) <= length(array_to_string(one.telling, ' '))
    )
