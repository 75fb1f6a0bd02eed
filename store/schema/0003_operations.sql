-- What the routing and the machines have to say to people. Its id is that of the outbox's entry that it was made of.
create table alert (
	site    bigint not null,
	unit    {id}   not null,
	id      {id}   not null,
	kind    text   not null check (length(kind) between 1 and 32),
	at      bigint not null,
	body    {json},
	done_at bigint not null, -- 0: it is open
	done_by {id},
	primary key (site, unit, id)
){clustered};
create index alert_open on alert (site, unit, id) where done_at = 0;
create index alert_at on alert (site, at);

create table customer (
	site       bigint   not null,
	unit       {id}     not null,
	id         {id}     not null,
	name       text     not null check (length(name) between 1 and 200),
	fold       {folded} not null, -- the name as it is ordered
	words      text     not null, -- by which it is found, and its addresses as they are compared, each behind a space
	version    bigint   not null,
	changed_at bigint   not null,
	changed_by {id},
	body       {json}   not null,
	primary key (site, unit, id)
){clustered};
create index customer_name on customer (site, unit, fold, id);

-- An address is one customer's alone.
create table customer_address (
	site     bigint   not null,
	unit     {id}     not null,
	kind     text     not null check (length(kind) between 1 and 32),
	fold     {folded} not null, -- the address as it is compared
	customer {id}     not null,
	primary key (site, unit, kind, fold)
){clustered};

-- The words by which customers are found, folded.
create table customer_word (
	site     bigint   not null,
	unit     {id}     not null,
	word     {folded} not null,
	customer {id}     not null,
	primary key (site, unit, word, customer)
){clustered};

-- Whose contact it is, where that is known; at is the contact's arrival.
create table contact_customer (
	site     bigint not null,
	unit     {id}   not null,
	contact  {id}   not null,
	customer {id}   not null,
	at       bigint not null,
	primary key (site, unit, contact)
){clustered};
create index contact_customer_history on contact_customer (site, unit, customer, at, contact);

-- What agents did on the last day on which they did something; day is its beginning in the unit's time zone.
create table agent_day (
	site      bigint not null,
	unit      {id}   not null,
	agent     {id}   not null,
	day       bigint not null,
	handled   bigint not null,
	handle_ms bigint not null,
	worked_ms bigint not null,
	primary key (site, unit, agent)
){replaced};
