import { TextInput } from '@mantine/core';
import { IconStarFilled } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { components } from '../api/schema';
import { DataTable, type Column } from '../kit/DataTable';
import { matches, useList } from '../kit/list';
import { EmptyList, ListBar, ListStates } from '../kit/ListBar';
import { dateTime, tag, useTexts } from '../kit/texts';
import { useNames, useQueueChoices } from './choices';
import { call, workingIn } from './rest';

type Schemas = components['schemas'];
type Rating = Schemas['Rating'];
type Group = Schemas['RatingGroup'];
type Results = Schemas['Satisfaction'];

const day = (text: string) => new Date(`${text}T00:00`).getTime();
const scores = [5, 4, 3, 2, 1] as const;

/** How customers found their chats. */
export function Satisfaction() {
  const t = useTexts();
  const nameOf = useNames();
  const queues = useQueueChoices();
  const [find, look] = useState('');
  const [queue, setQueue] = useState('');
  const [score, setScore] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [sums, sum] = useState<Results>();
  const list = useList<Rating>(['satisfaction', workingIn(), queue, from, to], async (after) => {
    const results = await call<Results>('GET', '/satisfaction', {
      query: { queue: queue || undefined, from: from ? day(from) : undefined, to: to ? day(to) + 86_400_000 : undefined, after: after || undefined, limit: 200 },
    });
    if (!after) sum(results);
    return results.items;
  });
  const rows = (list.rows ?? []).filter((r) => matches(find, r.comment, r.name, r.queue && nameOf(r.queue)) && (!score || String(r.score) === score));
  const columns = useMemo<Column<Rating>[]>(
    () => [
      { id: 'at', title: t('manager.answered_at'), width: '160px', by: (r) => r.at, show: (r) => <time>{dateTime(r.at)}</time> },
      { id: 'score', title: t('manager.score'), width: '120px', by: (r) => r.score, show: (r) => <Stars score={r.score} /> },
      { id: 'comment', title: t('manager.comment'), width: '44%', by: (r) => r.comment ?? '', show: (r) => <span title={r.comment}>{r.comment}</span> },
      { id: 'queue', title: t('manager.queue'), width: '16%', by: (r) => (r.queue ? nameOf(r.queue) : ''), show: (r) => (r.queue ? nameOf(r.queue) : '') },
      { id: 'agent', title: t('app.role_agent'), width: '16%', by: (r) => r.name ?? '', show: (r) => r.name },
    ],
    [t, nameOf],
  );
  return (
    <section className="subject" aria-label={t('manager.subject_satisfaction')}>
      <header className="subject-head">
        <h2>{t('manager.subject_satisfaction')}</h2>
      </header>
      <ListBar
        first find={find} onFind={look} count={list.rows && rows.length}
        filters={[
          { id: 'queue', label: t('manager.queue'), value: queue, set: setQueue, choices: queues },
          { id: 'score', label: t('manager.score'), value: score, set: setScore, choices: scores.map((n) => ({ value: String(n), label: t('manager.stars', { count: n }) })) },
        ]}
      />
      <div className="dates">
        <TextInput size="xs" type="date" label={t('manager.from_day')} value={from} max={to || undefined} onChange={(e) => setFrom(e.currentTarget.value)} />
        <TextInput size="xs" type="date" label={t('manager.to_day')} value={to} min={from || undefined} onChange={(e) => setTo(e.currentTarget.value)} />
      </div>
      {sums && sums.count > 0 && <Sums results={sums} />}
      <ListStates list={list}>
        {() => (
          <DataTable
            label={t('manager.subject_satisfaction')} rows={rows} columns={columns} id={(r) => r.contact} sortedBy={{ column: 'at', down: true }} end={list.more}
            tone={(r) => (r.score <= 2 ? 'bad' : undefined)}
            empty={<EmptyList filtered={find !== '' || score !== '' || queue !== '' || from !== '' || to !== ''} title={t('manager.empty_satisfaction')}>{t('manager.empty_satisfaction_more')}</EmptyList>}
          />
        )}
      </ListStates>
    </section>
  );
}

function Stars({ score }: { score: number }) {
  const t = useTexts();
  return (
    <span className="stars" role="img" aria-label={t('manager.stars', { count: score })}>
      {Array.from({ length: score }, (_, n) => (
        <IconStarFilled key={n} size={13} aria-hidden="true" />
      ))}
    </span>
  );
}

/** The mean, and how many gave which score. */
function Sums({ results }: { results: Results }) {
  const t = useTexts();
  const most = Math.max(1, ...results.by_score);
  return (
    <div className="sums">
      <div className="sum">
        <strong className="figures">{new Intl.NumberFormat(tag(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(results.mean)}</strong>
        <span>{t('manager.mean_of', { count: results.count })}</span>
      </div>
      <ul className="bars">
        {scores.map((n) => (
          <li key={n}>
            <Stars score={n} />
            <meter min={0} max={most} value={results.by_score[n - 1] ?? 0} aria-label={t('manager.stars', { count: n })} />
            <span className="figures">{results.by_score[n - 1] ?? 0}</span>
          </li>
        ))}
      </ul>
      <Groups title={t('manager.queues')} groups={results.queues} />
      <Groups title={t('app.role_agent')} groups={results.agents} />
    </div>
  );
}

/** The best and the rest: who is at the top of the list does best. */
function Groups({ title, groups }: { title: string; groups: readonly Group[] }) {
  const t = useTexts();
  const nameOf = useNames();
  const number = new Intl.NumberFormat(tag(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  if (groups.length === 0) return null;
  return (
    <section className="groups">
      <h3>{title}</h3>
      <ul>
        {[...groups].sort((a, b) => b.mean - a.mean).map((g) => (
          <li key={g.queue ?? g.agent ?? ''}>
            <span>{g.name || nameOf(g.queue ?? g.agent ?? '') || t('manager.nothing')}</span>
            <span className="figures">{number.format(g.mean)}</span>
            <span className="figures hint">{g.count}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
