-- HubSpot's attribution models, and ours.
select * from (
    values
    ('LINEAR', 'linear'), ('FIRST_INTERACTION', 'first_interaction'),
    ('LAST_INTERACTION', 'last_interaction'),
    ('FULL_PATH', 'full_path'), ('U_SHAPED', 'u_shaped'), ('W_SHAPED', 'w_shaped'),
    ('TIME_DECAY', 'time_decay'),
    ('J_SHAPED', 'j_shaped'), ('INVERSE_J_SHAPED', 'inverse_j_shaped')
) as models (kind, model)
