import { Dialog } from './Dialog';
import { Kbd } from './Kbd';
import { keyTable, type KeyName } from './keys';
import { useTexts } from './texts';
import './KeyHelp.css';

/** Lists the keys that work everywhere. */
export function KeyHelp({ close }: { close: () => void }) {
  const t = useTexts();
  const names = Object.keys(keyTable) as KeyName[];
  return (
    <Dialog title={t('app.keys')} size={440} close={close}>
      <dl className="keys">
        <div>
          <dt>
            <Kbd keys="Enter" />
          </dt>
          <dd>{t('app.key_enter')}</dd>
        </div>
        {names.map((name) => (
          <div key={name}>
            <dt>
              <Kbd keys={keyTable[name].shown} />
            </dt>
            <dd>{t(`app.key_${name}`)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>1</kbd>–<kbd>9</kbd>
          </dt>
          <dd>{t('app.key_digits')}</dd>
        </div>
      </dl>
    </Dialog>
  );
}
