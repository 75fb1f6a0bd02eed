-- The words in braces differ between the engines; see sqlite.go and postgres.go.

create table core (
	site      bigint primary key,
	epoch     bigint not null,
	batch     bigint not null,
	site_name text   not null,
	schema    bigint not null,
	saved_at  bigint not null
);

create table contact (
	site        bigint not null,
	unit        {id}   not null,
	id          {id}   not null,
	medium      text   not null check (length(medium) between 1 and 32),
	at          bigint not null,
	client_id   text   not null check (length(client_id) between 1 and 64),
	source      text   not null check (length(source) <= 320),
	destination text   not null check (length(destination) <= 320),
	language    text   not null check (length(language) <= 64),
	name        text   not null check (length(name) <= 1000),
	caption     text   not null check (length(caption) <= 8000),
	thread      {id},
	details     {json},
	primary key (site, unit, id)
){clustered};
-- Unit last: PostgreSQL without statistics would take (site, unit, …) for any contact of the unit.
create unique index contact_client on contact (site, client_id, unit);

-- No index on what changes: a row here is replaced at each transition.
create table open_contact (
	site     bigint not null,
	unit     {id}   not null,
	id       {id}   not null,
	state    {json} not null,
	workflow {json},
	primary key (site, unit, id)
){replaced};

create table history (
	site     bigint not null,
	unit     {id}   not null,
	id       {id}   not null,
	ended_at bigint not null,
	state    {json} not null,
	primary key (site, unit, id)
){clustered};
create index history_ended on history (site, unit, ended_at, id);

create table agent_state (
	site  bigint not null,
	unit  {id}   not null,
	agent {id}   not null,
	state {json} not null,
	primary key (site, unit, agent)
){replaced};

create table fact (
	site    bigint   not null,
	month   bigint   not null, -- yyyymm, UTC
	batch   bigint   not null,
	n       bigint   not null,
	unit    {id},
	kind    smallint not null,
	why     smallint not null,
	domain  smallint not null,
	step    smallint not null,
	at      bigint   not null,
	contact {id},
	agent   {id},
	queue   {id},
	reason  {id},
	number  bigint   not null,
	took_ms bigint   not null,
	primary key (site, month, batch, n)
){by_month};
create index fact_contact on fact (site, contact) where contact is not null;

create table message (
	site      bigint   not null,
	unit      {id}     not null,
	contact   {id}     not null,
	seq       bigint   not null check (seq > 0),
	client_id text     not null check (length(client_id) between 1 and 64),
	at        bigint   not null,
	author    smallint not null,
	by_agent  {id},
	kind      text     not null check (length(kind) between 1 and 32),
	text      text     not null,
	primary key (site, unit, contact, seq)
){clustered};
create unique index message_client on message (site, unit, contact, client_id);

create table outbox (
	site bigint not null,
	id   {id}   not null,
	unit {id},
	kind text   not null,
	at   bigint not null,
	body {json},
	primary key (site, id)
){clustered};

create table interval_count (
	site             bigint not null,
	unit             {id}   not null,
	queue            {id}   not null,
	start            bigint not null,
	offered          bigint not null,
	answered         bigint not null,
	answered_in_time bigint not null,
	abandoned        bigint not null,
	not_answered     bigint not null,
	wait_ms          bigint not null,
	handle_ms        bigint not null,
	primary key (site, unit, queue, start)
){clustered};
create index interval_start on interval_count (site, start, queue);

-- How far a reader of the batches has come: 'interval', 'word'.
create table progress (
	site  bigint not null,
	name  text   not null,
	batch bigint not null,
	primary key (site, name)
){clustered};

create table draft (
	site    bigint not null,
	unit    {id}   not null,
	contact {id}   not null,
	agent   {id}   not null,
	at      bigint not null,
	text    text   not null,
	primary key (site, unit, contact, agent)
){clustered};

create table read_mark (
	site    bigint   not null,
	unit    {id}     not null,
	contact {id}     not null,
	reader  smallint not null,
	seq     bigint   not null,
	primary key (site, unit, contact, reader)
){clustered};

create table object (
	site       bigint  not null,
	unit       {id}    not null,
	kind       text    not null check (length(kind) between 1 and 32),
	id         {id}    not null,
	name       text    not null check (length(name) between 1 and 200),
	fold       {folded} not null, -- the name as it is compared
	version    bigint  not null,
	changed_at bigint  not null,
	changed_by {id},
	deleted    boolean not null,
	body       {json}  not null,
	primary key (site, unit, kind, id)
){clustered};
create unique index object_name on object (site, unit, kind, fold) where not deleted;

-- Every version, the present one too, so that any name of the past is found here.
create table object_version (
	site       bigint  not null,
	unit       {id}    not null,
	kind       text    not null,
	id         {id}    not null,
	version    bigint  not null,
	name       text    not null,
	changed_at bigint  not null,
	changed_by {id},
	deleted    boolean not null,
	body       {json}  not null,
	primary key (site, unit, kind, id, version)
){clustered};

create table audit (
	site         bigint not null,
	unit         {id}   not null,
	id           {id}   not null,
	at           bigint not null,
	by_user      {id},
	by_name      text   not null,
	from_address text   not null,
	action       text   not null,
	object       {id},
	before       {json},
	after        {json},
	primary key (site, unit, id)
){clustered};

create table credential (
	site      bigint not null,
	unit      {id}   not null,
	user_id   {id}   not null,
	hash      text   not null,
	failures  bigint not null,
	locked_to bigint not null,
	at        bigint not null,
	primary key (site, unit, user_id)
){clustered};

create table session (
	site    bigint not null,
	key     {blob} not null,
	unit    {id}   not null,
	user_id {id}   not null,
	created bigint not null,
	seen    bigint not null,
	expires bigint not null,
	address text   not null,
	agent   text   not null,
	primary key (site, key)
){clustered};
create index session_person on session (site, unit, user_id);
create index session_expires on session (site, expires);

create table token (
	site    bigint  not null,
	unit    {id}    not null,
	id      {id}    not null,
	key     {blob}  not null,
	name    text    not null,
	role    text    not null,
	by_user {id},
	created bigint  not null,
	expires bigint  not null,
	revoked boolean not null,
	primary key (site, unit, id)
){clustered};
create unique index token_key on token (site, key);

-- The words by which a unit's contacts are found, folded; filled behind the commits.
create table word (
	site    bigint not null,
	unit    {id}   not null,
	word    {folded} not null,
	contact {id}   not null,
	primary key (site, unit, word, contact)
){clustered};
