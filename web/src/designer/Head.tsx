import { ActionIcon, Button, Menu, SegmentedControl } from '@mantine/core';
import {
  IconArrowBackUp, IconArrowForwardUp, IconArrowLeft, IconDots, IconDownload, IconHelp, IconHistory, IconPlayerPlay, IconRocket, IconTrash, IconUpload, IconWand, type Icon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Kbd } from '../kit/Kbd';
import { useTexts } from '../kit/texts';
import type { Thing, WorkflowBody } from '../manager/kinds';
import { link } from '../manager/rest';

export type Side = 'edit' | 'test' | 'releases';
export type Look = 'canvas' | 'list';

interface Props {
  thing: Thing<WorkflowBody>;
  name: string;
  changed: boolean;
  /** The draft runs otherwise than the release. */
  ahead: boolean;
  saving: boolean;
  mayUndo: boolean;
  mayRedo: boolean;
  readOnly: boolean;
  /** One may change it; otherwise one may only look. */
  may: boolean;
  look: Look;
  side: Side;
  said: string;
  setLook: (look: Look) => void;
  setSide: (side: Side) => void;
  run: (what: 'undo' | 'redo' | 'arrange' | 'keys' | 'save' | 'release' | 'import' | 'remove') => void;
}

/** The head of the designer: which workflow, how it stands, and what one may do. */
export function Head(props: Props) {
  const t = useTexts();
  const { thing, name, changed, ahead, saving, readOnly, may, look, side, said, setLook, setSide, run } = props;
  const { released } = thing.body;
  const tool = (label: string, Sign: Icon, what: Parameters<Props['run']>[0], off: boolean, keys: string) => (
    <ActionIcon variant="subtle" color="gray" size={30} aria-label={label} title={`${label} (${keys})`} disabled={off} onClick={() => run(what)}>
      <Sign size={18} stroke={1.75} aria-hidden="true" />
    </ActionIcon>
  );
  return (
    <header className="studio-head">
      <Link to="/manager/workflows" className="back" aria-label={t('designer.workflows')} title={t('designer.workflows')}>
        <IconArrowLeft size={18} aria-hidden="true" />
      </Link>
      <h2 title={name}>{name || t('designer.unnamed')}</h2>
      <div className="studio-state">
        <span className={thing.body.enabled ? 'tag tag-good' : 'tag'}>{t(thing.body.enabled ? 'designer.is_enabled' : 'designer.is_off')}</span>
        <span className="tag">{released ? t('designer.release_n', { n: released.number }) : t('designer.never_released')}</span>
        {ahead && released && <span className="tag tag-warn">{t('designer.draft_ahead')}</span>}
      </div>
      <div className="studio-tools" role="toolbar" aria-label={t('designer.tools')}>
        {tool(t('designer.undo'), IconArrowBackUp, 'undo', !props.mayUndo || readOnly, 'Ctrl Z')}
        {tool(t('designer.redo'), IconArrowForwardUp, 'redo', !props.mayRedo || readOnly, 'Ctrl Shift Z')}
        {tool(t('designer.arrange'), IconWand, 'arrange', readOnly, 'L')}
        <SegmentedControl
          size="xs" aria-label={t('designer.look')} value={look} data={[{ value: 'canvas', label: t('designer.look_canvas') }, { value: 'list', label: t('designer.look_list') }]}
          onChange={(value) => setLook(value as Look)}
        />
        {tool(t('designer.keys'), IconHelp, 'keys', false, '?')}
      </div>
      <span className="studio-said" role="status">
        {!may ? t('manager.only_look') : changed ? t('manager.unsaved') : said}
      </span>
      <div className="studio-do">
        {may && (
          <Button variant={side === 'test' ? 'light' : 'default'} aria-pressed={side === 'test'} leftSection={<IconPlayerPlay size={15} aria-hidden="true" />} onClick={() => setSide(side === 'test' ? 'edit' : 'test')}>
            {t('designer.test_run')}
          </Button>
        )}
        <Button
          variant={side === 'releases' ? 'light' : 'default'} aria-pressed={side === 'releases'} leftSection={<IconHistory size={15} aria-hidden="true" />} onClick={() => setSide(side === 'releases' ? 'edit' : 'releases')}
        >
          {t('designer.releases')}
        </Button>
        {may && (
          <>
            <Button variant="default" loading={saving} disabled={!changed} onClick={() => run('save')} rightSection={<Kbd keys="Ctrl S" />}>
              {t('manager.save')}
            </Button>
            <Button leftSection={<IconRocket size={15} aria-hidden="true" />} disabled={!ahead} onClick={() => run('release')}>
              {t('designer.release')}
            </Button>
          </>
        )}
        <Menu position="bottom-end" width={250}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size={30} aria-label={t('designer.more')}>
              <IconDots size={18} aria-hidden="true" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component="a" href={link(`/workflows/${thing.id}/export`)} download leftSection={<IconDownload size={15} aria-hidden="true" />}>
              {t('designer.export')}
            </Menu.Item>
            {may && (
              <>
                <Menu.Item leftSection={<IconUpload size={15} aria-hidden="true" />} onClick={() => run('import')}>
                  {t('designer.import')}
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item color="red.9" leftSection={<IconTrash size={15} aria-hidden="true" />} onClick={() => run('remove')}>
                  {t('kit.remove')}
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
    </header>
  );
}
