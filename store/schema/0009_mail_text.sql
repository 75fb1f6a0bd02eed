-- The words of mails, for the search: seq is the message's. A row comes with its mail, in one commit; its words are
-- null until they were read, so that no mail is forgotten, whenever a process ends.
create table mail_text (
	{numbered}
	site    bigint not null,
	unit    {id}   not null,
	contact {id}   not null,
	seq     bigint not null,
	words   text,
	unique (site, unit, contact, seq)
);
create index mail_text_unread on mail_text (site, unit, contact, seq) where words is null;
{word_index};
insert into mail_text (site, unit, contact, seq) select site, unit, contact, seq from mail;
