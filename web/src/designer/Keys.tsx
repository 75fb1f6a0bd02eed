import { Dialog } from '../kit/Dialog';
import { Kbd } from '../kit/Kbd';
import '../kit/KeyHelp.css';
import { useTexts } from '../kit/texts';

/** The keys of the canvas, by what they do. */
export const canvasKeys = [
  { id: 'walk', keys: ['Tab', '→', '←'] }, { id: 'near', keys: ['↑', '↓'] }, { id: 'edit', keys: ['Enter'] }, { id: 'insert', keys: ['Insert', 'I'] }, { id: 'connect', keys: ['C'] },
  { id: 'remove', keys: ['Delete'] }, { id: 'move', keys: ['Ctrl →', 'Ctrl ↓'] }, { id: 'choose', keys: ['Space'] }, { id: 'all', keys: ['Ctrl A'] }, { id: 'copy', keys: ['Ctrl C', 'Ctrl X', 'Ctrl V'] },
  { id: 'duplicate', keys: ['Ctrl D'] }, { id: 'undo', keys: ['Ctrl Z', 'Ctrl Shift Z'] }, { id: 'arrange', keys: ['L'] }, { id: 'fit', keys: ['F', '+', '-'] }, { id: 'start', keys: ['Home'] },
  { id: 'back', keys: ['Esc'] }, { id: 'test', keys: ['T'] }, { id: 'save', keys: ['Ctrl S'] }, { id: 'help', keys: ['?'] },
] as const;

export function DesignerKeys({ close }: { close: () => void }) {
  const t = useTexts();
  return (
    <Dialog title={t('designer.keys')} size={520} close={close}>
      <dl className="keys">
        {canvasKeys.map(({ id, keys }) => (
          <div key={id}>
            <dt>
              {keys.map((k) => (
                <Kbd key={k} keys={k} />
              ))}
            </dt>
            <dd>{t(`designer.key_${id}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
