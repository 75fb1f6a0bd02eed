-- What a workflow did to a contact, a row for each turn of its instance; n counts them from 1. batch is that of
-- the commit: counters are brought up to it at a start.
create table flow_step (
	site     bigint not null,
	unit     {id}   not null,
	contact  {id}   not null,
	n        bigint not null,
	batch    bigint not null,
	at       bigint not null,
	workflow {id}   not null,
	release  bigint not null,
	body     {json} not null,
	primary key (site, unit, contact, n)
){clustered};
create index flow_step_batch on flow_step (site, batch);

-- How many contacts entered a component on a day, which begins with the unit's midnight.
create table flow_count (
	site     bigint not null,
	unit     {id}   not null,
	workflow {id}   not null,
	node     text   not null,
	day      bigint not null,
	entered  bigint not null,
	primary key (site, unit, workflow, node)
){replaced};

alter table contact add column category {id};
