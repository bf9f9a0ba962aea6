-- One row per day of the hundred years from 1970 on: the calendar that metrics over windows of time
-- are counted along (R84).
select cast(date '1970-01-01' + cast(numbers.number as integer) as date) as day
from range(36525) as numbers (number)
