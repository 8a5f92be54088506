"""How the OR-Tools model is searched."""

# Ruin and recreate after Christiaens and Vanden Berghe (2020), Slack Induction by String Removals for Vehicle Routing
# Problems, Transportation Science 54(2). Operators that need paired visits or scan whole routes are off: they took most
# of the time and found little.
PARAMETERS = """
first_solution_strategy: EVALUATOR_STRATEGY
use_iterated_local_search: true
iterated_local_search_parameters {{
  perturbation_strategy: RUIN_AND_RECREATE
  ruin_recreate_parameters {{
    ruin_strategies {{ sisr {{ max_removed_sequence_size: 20 avg_num_removed_visits: 15 bypass_factor: 0.01 }} }}
    ruin_strategies {{ random_walk {{ num_removed_visits: 20 }} }}
    ruin_composition_strategy: RUN_ONE_RANDOMLY
    recreate_strategy {{ heuristic: LOCAL_CHEAPEST_INSERTION }}
    route_selection_neighbors_ratio: 1.0
    route_selection_min_neighbors: 10
    route_selection_max_neighbors: 100
  }}
  improve_perturbed_solution: true
  reference_solution_acceptance_strategy {{
    simulated_annealing {{
      cooling_schedule_strategy: EXPONENTIAL initial_temperature: {hot} final_temperature: {cold}
    }}
  }}
  best_solution_acceptance_strategy {{ greedy_descent {{}} }}
}}
local_search_operators {{
  use_relocate_pair: BOOL_FALSE use_light_relocate_pair: BOOL_FALSE use_exchange_pair: BOOL_FALSE
  use_relocate_subtrip: BOOL_FALSE use_exchange_subtrip: BOOL_FALSE use_relocate_expensive_chain: BOOL_FALSE
  use_global_cheapest_insertion_path_lns: BOOL_FALSE use_local_cheapest_insertion_path_lns: BOOL_FALSE
  use_relocate_path_global_cheapest_insertion_insert_unperformed: BOOL_FALSE use_lin_kernighan: BOOL_FALSE
  use_make_chain_inactive: BOOL_FALSE use_swap_active_chain: BOOL_FALSE
  use_shortest_path_swap_active: BOOL_FALSE use_shortest_path_two_opt: BOOL_FALSE
  use_global_cheapest_insertion_visit_types_lns: BOOL_FALSE use_local_cheapest_insertion_visit_types_lns: BOOL_FALSE
}}
"""
