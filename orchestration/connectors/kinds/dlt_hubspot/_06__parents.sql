-- Rows of contacts of whole loads, from the pull that knows the load to be whole.
from of_whole_loads('contacts', 'loads', 'finished_loads')
