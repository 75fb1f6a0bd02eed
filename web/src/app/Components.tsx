import { Button, NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import { Fault } from '../api/client';
import { Avatar, PresenceDot } from '../kit/Avatar';
import { ChangedBy } from '../kit/ChangedBy';
import { Confirm } from '../kit/Confirm';
import { useCommands } from '../kit/commands';
import { CsvDialog, type CsvResult } from '../kit/CsvDialog';
import { DataTable, type Column } from '../kit/DataTable';
import { Emoji } from '../kit/Emoji';
import { atLeast, between, every, mail, required, upTo, useForm } from '../kit/form';
import { Kbd } from '../kit/Kbd';
import { useLeaveGuard } from '../kit/leave';
import { matches } from '../kit/list';
import { BulkBar, chosenColumns, ColumnMenu, EmptyList, ListBar } from '../kit/ListBar';
import '../kit/managerTexts';
import { Notice } from '../kit/Notice';
import { Progress } from '../kit/Progress';
import { SidePanel } from '../kit/SidePanel';
import { Empty, Failed, Loading, Refusal } from '../kit/states';
import { Tabs } from '../kit/Tabs';
import { useTexts, type Say } from '../kit/texts';
import { Elapsed, Remaining, Ring } from '../kit/time';
import { UseList } from '../kit/Uses';
import { serverNow } from '../live/clock';
import './Components.css';
import { askToNotify, mayAsk, notify, type Sound } from './notify';

/** All components of the kit in all their states, for whoever builds a screen or looks after one. */
export default function ComponentsPage() {
  const t = useTexts();
  return (
    <div className="components">
      <h1>{t('app.components')}</h1>
      <p>{t('app.components_more')}</p>
      <Tables />
      <Part name="states">
        <div className="sample-row">
          <Box><Loading /></Box>
          <Box><Empty title={t('kit.nothing_found')} /></Box>
          <Box><EmptyList filtered title="" /></Box>
          <Box><Failed fault={new Fault('unreachable', '', 0)} again={() => undefined} /></Box>
        </div>
        <Refusal fault={new Fault('changed', '', 409)} close={() => undefined} />
      </Part>
      <Part name="Notice">
        <Notice>{t('kit.csv_ready')}</Notice>
        <Notice tone="good" close={() => undefined}>{t('kit.csv_done')}</Notice>
        <Notice tone="warn" action={<Button variant="default">{t('app.try_now')}</Button>}>{t('app.fault.store_away')}</Notice>
        <Notice tone="bad">{t('kit.csv_refused')}</Notice>
      </Part>
      <Forms />
      <Dialogs />
      <Panels />
      <People />
      <Time />
      <News />
      <Colours />
    </div>
  );
}

function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section className="components-part" aria-label={name}>
      <h2>
        <code>{name}</code>
      </h2>
      {children}
    </section>
  );
}

function Box({ children }: { children: ReactNode }) {
  return <div className="sample-box">{children}</div>;
}

interface Person {
  id: string;
  name: string;
  number: number;
  tone: 'good' | 'warn' | 'bad' | undefined;
}

const firstNames = ['Ada', 'Ben', 'Chloé', 'Dário', 'Ève', 'Frank', 'Inês', 'João', 'Jürgen', 'Lúcia'];
const lastNames = ['Brandt', 'Costa', 'Dubois', 'Évora', 'Groß', 'Lovelace', 'Moreau', 'Öztürk', 'Silva'];
const many = 10_000;

function people(): Person[] {
  return Array.from({ length: many }, (_, i) => ({
    id: String(i),
    name: `${firstNames[i % 10]} ${lastNames[Math.floor(i / 10) % 9]} ${i + 1}`,
    number: (i * 7919) % 1000,
    tone: ([undefined, 'good', 'warn', 'bad', undefined] as const)[i % 5],
  }));
}

function columnsOf(t: Say): Column<Person>[] {
  return [
    { id: 'name', title: t('manager.name'), width: '50%', by: (p) => p.name, show: (p) => <strong>{p.name}</strong> },
    { id: 'number', title: t('supervisor.waiting'), width: '25%', right: true, by: (p) => p.number, show: (p) => p.number },
    { id: 'state', title: t('supervisor.state'), width: '25%', show: (p) => p.tone && <span className={`tag tag-${p.tone}`}>{t(`app.tone_${p.tone}`)}</span> },
    { id: 'id', title: t('kit.csv_line'), width: '15%', right: true, by: (p) => Number(p.id), show: (p) => p.id, spare: true },
  ];
}

function Tables() {
  const t = useTexts();
  const all = useMemo(() => people(), []);
  const columns = useMemo(() => columnsOf(t), [t]);
  const [find, setFind] = useState('');
  const [tone, setTone] = useState('');
  const [chosen, choose] = useState<string[]>();
  const [checked, check] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<string>();
  const rows = useMemo(() => all.filter((p) => matches(find, p.name) && (!tone || p.tone === tone)), [all, find, tone]);
  return (
    <Part name="DataTable · ListBar · BulkBar · ColumnMenu">
      <div className="sample-table">
        <ListBar
          find={find} onFind={setFind} count={rows.length} all={all.length}
          filters={[{ id: 'tone', label: t('supervisor.state'), value: tone, set: setTone, choices: (['good', 'warn', 'bad'] as const).map((value) => ({ value, label: t(`app.tone_${value}`) })) }]}
        >
          <ColumnMenu columns={columns} chosen={chosen} set={choose} />
          <Button>{t('manager.new')}</Button>
        </ListBar>
        <BulkBar checked={checked} clear={() => check(new Set())}>
          <Button variant="default">{t('kit.remove')}</Button>
        </BulkBar>
        <DataTable
          label={t('manager.users')} rows={rows} columns={chosenColumns(columns, chosen)} id={(p) => p.id} name={(p) => p.name} tone={(p) => p.tone}
          sortedBy={{ column: 'name', down: false }} checked={checked} onChecked={check} selected={open} open={(p) => setOpen(p.id)}
          empty={<EmptyList filtered title="" />}
        />
      </div>
    </Part>
  );
}

interface Sample {
  name: string;
  mail: string;
  password: string;
  text: string;
  priority: number;
  language: string;
  disabled: boolean;
}

const blank: Sample = { name: 'Ada Lovelace', mail: 'ada@', password: '', text: '', priority: 50, language: '', disabled: false };

function Forms() {
  const t = useTexts();
  const form = useForm<Sample>(blank, {
    name: every(required, upTo(30)), mail, password: atLeast(8), priority: between(1, 100), language: required,
  });
  useLeaveGuard(form.changed);
  return (
    <Part name="useForm · useLeaveGuard">
      <form
        className="sample-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (form.check()) form.begin(form.body);
        }}
      >
        <TextInput label={t('manager.name')} {...form.text('name')} />
        <TextInput label={t('manager.mail')} {...form.text('mail')} />
        <PasswordInput
          label={t('manager.password')} {...form.text('password')} autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('setup.show_password') }}
        />
        <NumberInput label={t('app.contact_priority')} {...form.number('priority')} />
        <Select label={t('app.language')} data={['English', 'Deutsch', 'Français', 'Português']} {...form.choice('language')} />
        <Textarea label={t('manager.description')} {...form.text('text')} />
        <Switch label={t('manager.disabled')} {...form.toggle('disabled')} />
        <div className="sample-row">
          <Button type="submit" size="sm">{t('kit.save')}</Button>
          <Button size="sm" variant="default" disabled={!form.changed} onClick={() => form.begin(blank)}>
            {t('app.cancel')}
          </Button>
        </div>
      </form>
      <ChangedBy at={serverNow()} by="pa" versions={() => undefined} />
    </Part>
  );
}

/** What a server would say of a file. */
async function madeUp(_: File, dryRun: boolean): Promise<CsvResult> {
  const rows = firstNames.map((name, i) => ({ line: i + 2, name, action: (['create', 'change', 'same'] as const)[i % 3]! }));
  return { applied: !dryRun, created: 4, changed: 3, same: 3, refused: 0, rows };
}

function Dialogs() {
  const t = useTexts();
  const [shown, show] = useState<'csv' | 'confirm' | 'typed'>();
  const close = () => show(undefined);
  useCommands([{ id: 'components.confirm', title: t('kit.remove'), run: () => show('confirm') }]);
  return (
    <Part name="Dialog · Confirm · CsvDialog · useCommands">
      <div className="sample-row">
        <Button variant="default" onClick={() => show('confirm')}>{t('kit.remove')}</Button>
        <Button variant="default" onClick={() => show('typed')}>{t('kit.remove')}</Button>
        <Button variant="default" onClick={() => show('csv')}>{t('kit.csv_import')}</Button>
        <Kbd keys="Ctrl K" />
        <Kbd keys="Ctrl Enter" />
      </div>
      {shown === 'confirm' && (
        <Confirm title={t('kit.remove')} yes={t('kit.remove')} danger run={close} close={close}>
          <UseList uses={[{ kind: 'queue', id: '1', name: 'Sales' }, { kind: 'team', id: '2', name: 'Lisboa' }]} />
        </Confirm>
      )}
      {shown === 'typed' && <Confirm title={t('kit.remove')} yes={t('kit.remove')} danger name="Sales" fault={new Fault('in_use', '', 409)} run={close} close={close} />}
      {shown === 'csv' && <CsvDialog title={t('kit.csv_import')} path="users" send={madeUp} done={() => undefined} close={close} />}
    </Part>
  );
}

function Panels() {
  const t = useTexts();
  const [tab, setTab] = useState<'users' | 'queues' | 'skills'>('users');
  const [open, setOpen] = useState(true);
  return (
    <Part name="Tabs · SidePanel · Uses">
      <Tabs
        label={t('manager.subjects')} value={tab} set={setTab}
        tabs={[{ id: 'users', title: t('manager.users'), count: 12 }, { id: 'queues', title: t('manager.queues') }, { id: 'skills', title: t('manager.skills'), wrong: t('kit.required') }]}
      >
        <p>{t(`manager.${tab}`)}</p>
      </Tabs>
      <div className="sample-panel">
        {open ? (
          <SidePanel
            title={blank.name} name="components" below={<span className="tag tag-good">{t('kit.presence_available')}</span>} close={() => setOpen(false)}
            foot={<Button>{t('kit.save')}</Button>}
          >
            <UseList uses={[]} />
          </SidePanel>
        ) : (
          <Button variant="default" onClick={() => setOpen(true)}>{blank.name}</Button>
        )}
      </div>
    </Part>
  );
}

function People() {
  const t = useTexts();
  const [picked, pick] = useState('');
  return (
    <Part name="Avatar · PresenceDot · Emoji">
      <div className="sample-row">
        {(['available', 'busy', 'unavailable', 'off'] as const).map((presence, i) => (
          <span key={presence} className="sample-row">
            <Avatar name={`${firstNames[i]} ${lastNames[i]}`} presence={presence} />
            <PresenceDot presence={presence} /> {t(`kit.presence_${presence}`)}
          </span>
        ))}
        <Emoji pick={(emoji) => pick((before) => before + emoji)} />
        <span role="status">{picked}</span>
      </div>
    </Part>
  );
}

function Time() {
  const t = useTexts();
  const [start] = useState(serverNow);
  return (
    <Part name="Elapsed · Remaining · Ring · Progress">
      <div className="sample-row">
        <Elapsed since={start} />
        <Remaining until={start + 60_000} />
        <Ring from={start} until={start + 60_000} />
        <div className="sample-progress">
          <Progress label={t('app.loading')} value={40} />
          <Progress label={t('app.loading')} />
        </div>
      </div>
    </Part>
  );
}

function News() {
  const t = useTexts();
  const [asks, setAsks] = useState(mayAsk);
  function tell(sound: Sound): void {
    const end = notify({ id: sound, title: t('desk.offer_webchat'), body: 'Ada Lovelace', sound, flash: true });
    setTimeout(end, 5000);
  }
  return (
    <Part name="notify">
      <div className="sample-row">
        {(['offer', 'message', 'alert'] as const).map((sound) => (
          <Button key={sound} variant="default" onClick={() => tell(sound)}>
            {t(`app.sound_${sound}`)}
          </Button>
        ))}
        {asks && <Button variant="default" onClick={() => void askToNotify().then(() => setAsks(mayAsk()))}>{t('desk.notifications')}</Button>}
      </div>
    </Part>
  );
}

const colours = ['accent', 'good', 'warn', 'bad'] as const;

function Colours() {
  const t = useTexts();
  return (
    <Part name="tokens.css">
      <div className="sample-row">
        <span className="tag">{t('app.tone_plain')}</span>
        {colours.map((colour) => (
          <span key={colour} className="sample-colour" data-colour={colour}>
            {t(`app.tone_${colour}`)}
          </span>
        ))}
      </div>
    </Part>
  );
}
