import { ActionIcon, Button, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerSkipBack, IconPlayerSkipForward, IconPlayerTrackNext, IconPlayerTrackPrev } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { asFault } from '../api/client';
import { Notice } from '../kit/Notice';
import { Refusal } from '../kit/states';
import { clockTime, languageName, useTexts, type Key } from '../kit/texts';
import { useChatLanguageNames, useNames, useQueueChoices } from '../manager/choices';
import { testRun, type Answer, type TestContact, type TestResult, type TestStep } from './api';
import { blankMail, MailForm, mailOf, type Mail } from './TestMail';
import { KeyField, Rows } from './forms/parts';
import { exitsOf, inOrder, nodeOf, type Graph, type Node, type SettingsOf } from './graph';
import { exitName, exitOfName, kindName, nodeName, problemText } from './labels';
import type { Way } from './way';

/** What the form of a test run holds; it outlives the panel. */
export interface TestForm {
  contact: Omit<TestContact, 'data' | 'email'>;
  mail: Mail;
  data: { key: string; value: string }[];
  at: string;
  answers: Record<string, Answer>;
  really: boolean;
}

export const blankTest: TestForm = {
  contact: { medium: 'webchat', queue: '', source: '', destination: '', language: '', name: '', caption: '', priority: 50 }, mail: blankMail, data: [], at: '', answers: {}, really: false,
};

const media = ['webchat', 'email', 'voice', 'callback', 'task'] as const;
/** What waits for somebody or something outside, so that a test must know the answer. */
const asked = new Set(['collect', 'offer_callback', 'web_request', 'function', 'lookup']);
/** How long a step is shown while the way is played. */
const stepTime = 900;

interface Props {
  graph: Graph;
  form: TestForm;
  setForm: (form: TestForm) => void;
  result: TestResult | undefined;
  setResult: (result: TestResult | undefined) => void;
  at: number;
  setAt: (at: number) => void;
  way: Way | undefined;
  go: (id: string) => void;
}

/** Sends a made-up contact through the draft, and shows its way step by step. */
export function TestPanel(props: Props) {
  const t = useTexts();
  const { graph, form, result, setResult, setAt } = props;
  const run = useMutation({
    mutationFn: () => {
      const { queue, ...contact } = form.contact;
      const data = Object.fromEntries(form.data.filter((d) => d.key).map((d) => [d.key, d.value]));
      return testRun({
        graph, contact: { ...contact, ...(queue && { queue }), data, ...(contact.medium === 'email' && { email: mailOf(form.mail, contact) }) }, ...(form.at && { at: new Date(form.at).getTime() }), answers: form.answers, calls: form.really ? 'really' : 'pretend',
      });
    },
    onSuccess: (found) => {
      setResult(found);
      // Whoever wants no motion sees the whole way at once.
      setAt(matchMedia('(prefers-reduced-motion: reduce)').matches ? Math.max(0, found.steps.length - 1) : 0);
    },
  });
  return (
    <div className="panel-scroll">
      <header className="panel-head">
        <h2>{t('designer.test_run')}</h2>
        {result && result.steps.length > 0 && (
          <Button variant="default" onClick={() => setResult(undefined)}>
            {t('designer.test_again')}
          </Button>
        )}
      </header>
      {result && result.steps.length > 0 ? (
        <Steps {...props} result={result} />
      ) : (
        <>
          <Refusal fault={run.error && asFault(run.error)} />
          {result && result.problems.length > 0 && (
            <Notice tone="bad">
              {t('designer.test_problems')}
              <ul className="plain-list">
                {result.problems.map((p, i) => (
                  <li key={i}>{problemText(t, p, graph)}</li>
                ))}
              </ul>
            </Notice>
          )}
          <ContactForm {...props} busy={run.isPending} submit={() => run.mutate()} />
        </>
      )}
    </div>
  );
}

function ContactForm({ graph, form, setForm, busy, submit }: Props & { busy: boolean; submit: () => void }) {
  const t = useTexts();
  const queues = useQueueChoices();
  const languages = useChatLanguageNames();
  const { contact } = form;
  const set = (part: Partial<TestForm['contact']>) => setForm({ ...form, contact: { ...contact, ...part } });
  const nodes = inOrder(graph).filter((n) => asked.has(n.kind));
  return (
    <form
      className="form-column"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="hint">{t('designer.test_more')}</p>
      <div className="halves">
        <Select size="xs" label={t('designer.field_media')} value={contact.medium} data={media.map((value) => ({ value, label: t(`designer.medium_${value}`) }))} onChange={(medium) => set({ medium: medium ?? 'webchat' })} data-autofocus />
        <Select
          size="xs" label={t('designer.field_queue')} value={contact.queue || '-'} searchable={queues.length > 7} data={[{ value: '-', label: t('designer.first_queue') }, ...queues]}
          onChange={(queue) => set({ queue: queue === '-' ? '' : (queue ?? '') })}
        />
        <Select
          size="xs" label={t('designer.field_language')} value={contact.language || '-'} data={[{ value: '-', label: t('designer.usual_language') }, ...languages.map((l) => ({ value: l, label: languageName(l) }))]}
          onChange={(language) => set({ language: language === '-' ? '' : (language ?? '') })}
        />
        <NumberInput size="xs" label={t('designer.field_priority')} value={contact.priority} min={1} max={100} clampBehavior="strict" allowDecimal={false} onChange={(n) => set({ priority: Number(n) || 50 })} />
        <TextInput size="xs" label={t('designer.customer_name')} value={contact.name} maxLength={200} autoComplete="off" onChange={(e) => set({ name: e.currentTarget.value })} />
        <TextInput size="xs" label={t('designer.field_at')} description={t('designer.at_more')} type="datetime-local" value={form.at} onChange={(e) => setForm({ ...form, at: e.currentTarget.value })} />
        <TextInput size="xs" label={t('designer.one_source')} value={contact.source} maxLength={320} autoComplete="off" onChange={(e) => set({ source: e.currentTarget.value })} />
        <TextInput size="xs" label={t('designer.one_destination')} value={contact.destination} maxLength={320} autoComplete="off" onChange={(e) => set({ destination: e.currentTarget.value })} />
      </div>
      {contact.medium === 'email' && <MailForm mail={form.mail} set={(mail) => setForm({ ...form, mail })} />}
      <Textarea size="xs" label={t('designer.caption')} value={contact.caption} autosize minRows={1} maxRows={5} maxLength={8000} onChange={(e) => set({ caption: e.currentTarget.value })} />
      <Rows label={t('designer.field_data')} rows={form.data} add={() => ({ key: '', value: '' })} addLabel={t('designer.add_data')} nameOf={(d) => d.key} set={(data) => setForm({ ...form, data })}>
        {(d, put, i) => (
          <div className="halves">
            <KeyField label={t('designer.field_key')} name={`test.${i}.key`} value={d.key} error={undefined} set={(key) => put({ key })} />
            <TextInput size="xs" label={t('designer.field_value')} value={d.value} maxLength={1000} autoComplete="off" onChange={(e) => put({ value: e.currentTarget.value })} />
          </div>
        )}
      </Rows>
      {nodes.length > 0 && (
        <section className="answers" aria-label={t('designer.answers')}>
          <h3>{t('designer.answers')}</h3>
          <p className="hint">{t('designer.answers_more')}</p>
          {nodes.map((node) => (
            <AnswerOf key={node.id} node={node} answer={form.answers[node.id]} set={(answer) => setForm({ ...form, answers: withAnswer(form.answers, node.id, answer) })} />
          ))}
          {nodes.some((n) => n.kind !== 'collect' && n.kind !== 'offer_callback') && (
            <Switch size="xs" label={t('designer.really')} description={t('designer.really_more')} checked={form.really} onChange={(e) => setForm({ ...form, really: e.currentTarget.checked })} />
          )}
        </section>
      )}
      <div className="panel-do">
        <Button type="submit" size="sm" loading={busy} leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}>
          {t('designer.run')}
        </Button>
      </div>
    </form>
  );
}

function withAnswer(answers: Record<string, Answer>, id: string, answer: Answer | undefined): Record<string, Answer> {
  const { [id]: _, ...others } = answers;
  return answer ? { ...others, [id]: answer } : others;
}

/** The keys that an answer of a component fills. */
function keysOf(node: Node): string[] {
  if (node.kind === 'collect') return ((node.settings as SettingsOf['collect']).fields ?? []).map((f) => f.key).filter(Boolean);
  if (node.kind === 'function') return Object.keys((node.settings as SettingsOf['function']).outputs ?? {});
  if (node.kind === 'lookup') return ((node.settings as SettingsOf['lookup']).outputs ?? []).map((o) => o.key).filter(Boolean);
  if (node.kind === 'web_request') return ((node.settings as SettingsOf['web_request']).outputs ?? []).map((o) => o.key).filter(Boolean);
  return [];
}

/** What a component is answered: its exit, and what comes with it. */
function AnswerOf({ node, answer, set }: { node: Node; answer: Answer | undefined; set: (answer: Answer | undefined) => void }) {
  const t = useTexts();
  const exits = exitsOf(node);
  const first = exits[0]!;
  const good = !answer || answer.exit === first.id;
  return (
    <fieldset className="answer">
      <legend>{nodeName(t, node)}</legend>
      <Select
        size="xs" label={t('designer.answer_of', { name: kindName(t, node.kind) })} value={answer?.exit ?? first.id} data={exits.map((e) => ({ value: e.id, label: exitName(t, e) }))}
        onChange={(exit) => set({ exit: exit ?? first.id, data: answer?.data ?? {} })}
      />
      {good && (
        <div className="halves">
          {keysOf(node).map((key) => (
            <TextInput
              key={key} size="xs" label={key} value={answer?.data[key] ?? ''} maxLength={1000} autoComplete="off" onChange={(e) => set({ exit: first.id, data: { ...answer?.data, [key]: e.currentTarget.value } })}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}

/** The way, step by step: played, or walked with the buttons and the arrow keys. */
function Steps({ graph, result, at, setAt, way, go }: Props & { result: TestResult }) {
  const t = useTexts();
  const { steps } = result;
  const last = steps.length - 1;
  const [playing, play] = useState(() => at < last && !matchMedia('(prefers-reduced-motion: reduce)').matches);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => {
      setAt(Math.min(last, at + 1));
      if (at + 1 >= last) play(false);
    }, stepTime);
    return () => clearTimeout(timer);
  }, [playing, at, last, setAt]);
  useEffect(() => {
    document.getElementById(`test-step-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const walk = (to: number) => {
    play(false);
    setAt(Math.max(0, Math.min(last, to)));
  };
  const buttons = [
    { name: t('designer.step_first'), Icon: IconPlayerSkipBack, run: () => walk(0), off: at === 0 }, { name: t('designer.step_back'), Icon: IconPlayerTrackPrev, run: () => walk(at - 1), off: at === 0 },
    {
      name: t(playing ? 'designer.step_pause' : 'designer.step_play'), Icon: playing ? IconPlayerPause : IconPlayerPlay, off: false,
      run: () => {
        if (!playing && at === last) setAt(0);
        play(!playing);
      },
    },
    { name: t('designer.step_next'), Icon: IconPlayerTrackNext, run: () => walk(at + 1), off: at === last }, { name: t('designer.step_last'), Icon: IconPlayerSkipForward, run: () => walk(last), off: at === last },
  ];
  return (
    <>
      <div className="player" role="toolbar" aria-label={t('designer.test_run')}>
        {buttons.map(({ name, Icon, run, off }) => (
          <ActionIcon key={name} variant="default" size={30} aria-label={name} title={name} disabled={off} onClick={run}>
            <Icon size={16} aria-hidden="true" />
          </ActionIcon>
        ))}
        <span className="figures" role="status">
          {t('designer.step_of', { n: at + 1, count: steps.length })}
        </span>
      </div>
      <ol
        className="test-steps" aria-label={t('designer.steps')}
        onKeyDown={(event) => {
          const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
          if (to === undefined) return;
          event.preventDefault();
          walk(to);
          document.querySelector<HTMLElement>(`#test-step-${Math.max(0, Math.min(last, to))} button`)?.focus();
        }}
      >
        {steps.map((step, i) => (
          <StepRow key={i} graph={graph} step={step} i={i} at={at} choose={() => walk(i)} go={go} />
        ))}
      </ol>
      {at === last && <End result={result} />}
      {way && way.known.size > 0 && (
        <section className="known">
          <h3>{t('designer.known_here')}</h3>
          <dl className="facts">
            {[...way.known].map(([key, value]) => (
              <div key={key} className="facts-pair">
                <dt>{setName(t, key)}</dt>
                <dd>{value || t('manager.nothing')}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}

/** What a step set, by its name: a key of the data stands for itself. */
function setName(t: ReturnType<typeof useTexts>, key: string): string {
  return key.startsWith('data.') ? key.slice(5) : t(`designer.field_${key}` as Key);
}

function StepRow({ graph, step, i, at, choose, go }: { graph: Graph; step: TestStep; i: number; at: number; choose: () => void; go: (id: string) => void }) {
  const t = useTexts();
  const node = nodeOf(graph, step.node);
  return (
    <li id={`test-step-${i}`} data-past={i <= at} data-now={i === at}>
      <button
        type="button" className="test-step" aria-current={i === at ? 'step' : undefined}
        onClick={() => {
          choose();
          go(step.node);
        }}
      >
        <span className="figures test-number">{i + 1}</span>
        <strong>{node ? nodeName(t, node) : step.name || step.node}</strong>
        {step.exit && <span className="test-exit">{t('designer.by_exit', { exit: exitOfName(t, graph, step.node, step.exit) })}</span>}
        <time>{clockTime(step.at)}</time>
      </button>
      {i <= at && (step.say?.length > 0 || step.ask?.length > 0 || Object.keys(step.set ?? {}).length > 0 || step.note) && (
        <div className="test-more">
          {step.say?.map((text, n) => (
            <p key={n} className="said-bubble">
              <span className="unseen">{t('designer.said')}</span> {text}
            </p>
          ))}
          {step.ask?.map((f) => (
            <p key={f.key} className="said-bubble said-ask">
              <span className="unseen">{t('designer.asked')}</span> {f.label || f.key}
              {f.choices?.length > 0 && <small> {f.choices.join(' / ')}</small>}
            </p>
          ))}
          {Object.entries(step.set ?? {}).map(([key, value]) => (
            <p key={key} className="test-set">
              <code>{setName(t, key)}</code> = {value || t('manager.nothing')}
            </p>
          ))}
          {step.note && <p className="hint">{step.note}</p>}
        </div>
      )}
    </li>
  );
}

/** What became of the contact. */
function End({ result }: { result: TestResult }) {
  const t = useTexts();
  const nameOf = useNames();
  const { end } = result;
  const where = end.queue_name || end.agent_name || '';
  return (
    <Notice tone={end.how === 'stopped' ? 'bad' : 'good'}>
      <strong>{t(`designer.end_${end.how}`, { where })}</strong>
      <div>
        {t('designer.end_more', { priority: end.priority, language: end.language || '–' })}
        {end.skills?.length > 0 && ` · ${end.skills.map((s) => `${nameOf(s.skill)} ≥ ${s.level}`).join(', ')}`}
      </div>
      {end.note && <div>{end.note}</div>}
    </Notice>
  );
}
