import { IconStarFilled } from '@tabler/icons-react';
import { TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { DataTable, type Column } from '../kit/DataTable';
import { matches, useList } from '../kit/list';
import { EmptyList, ListBar, ListStates } from '../kit/ListBar';
import { dateTime, tag, useTexts } from '../kit/texts';
import { useNames, useQueueChoices } from './choices';
import { call, workingIn } from './rest';

interface Answer {
  contact: string;
  at: number;
  score: number;
  comment?: string;
  queue?: string;
  agent?: string;
}

interface Results {
  count: number;
  mean: number;
  by_score: number[];
  items: Answer[] | null;
  next?: string;
}

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
  const list = useList<Answer>(['satisfaction', workingIn(), queue, from, to], async (after) => {
    const results = await call<Results>('GET', '/satisfaction', {
      query: { queue: queue || undefined, from: from ? day(from) : undefined, to: to ? day(to) + 86_400_000 : undefined, after: after || undefined, limit: 200 },
    });
    if (!after) sum(results);
    return { items: results.items, next: results.next ?? '' };
  });
  const rows = (list.rows ?? []).filter((r) => matches(find, r.comment, r.agent, r.queue && nameOf(r.queue)) && (!score || String(r.score) === score));
  const columns = useMemo<Column<Answer>[]>(
    () => [
      { id: 'at', title: t('manager.answered_at'), width: '160px', by: (r) => r.at, show: (r) => <time>{dateTime(r.at)}</time> },
      { id: 'score', title: t('manager.score'), width: '120px', by: (r) => r.score, show: (r) => <Stars score={r.score} /> },
      { id: 'comment', title: t('manager.comment'), width: '44%', by: (r) => r.comment ?? '', show: (r) => <span title={r.comment}>{r.comment}</span> },
      { id: 'queue', title: t('manager.queue'), width: '16%', by: (r) => (r.queue ? nameOf(r.queue) : ''), show: (r) => (r.queue ? nameOf(r.queue) : '') },
      { id: 'agent', title: t('app.role_agent'), width: '16%', by: (r) => r.agent ?? '', show: (r) => (r.agent ? nameOf(r.agent) : '') },
    ],
    [t, nameOf],
  );
  return (
    <section className="subject" aria-label={t('manager.subject_satisfaction')}>
      <header className="subject-head">
        <h2>{t('manager.subject_satisfaction')}</h2>
      </header>
      <ListBar
        find={find} onFind={look} count={list.rows && rows.length}
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
            label={t('manager.subject_satisfaction')} rows={rows} columns={columns} id={(r) => r.contact} sortedBy={{ column: 'at', down: true }} end={list.more} minWidth={700}
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
    </div>
  );
}
