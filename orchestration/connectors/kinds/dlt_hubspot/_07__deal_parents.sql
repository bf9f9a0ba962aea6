-- Rows of deals of whole loads, from the pull that knows the load to be whole.
from of_whole_loads('deals', 'loads', 'finished_loads')
