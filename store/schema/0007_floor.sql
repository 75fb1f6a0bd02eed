-- Which of those who left had waited no longer than the queue's objective: two of the usual service
-- levels leave them out or count them as served.
alter table interval_count add column abandoned_in_time bigint not null default 0;
