import { Modal } from '@mantine/core';
import { keyTable, type KeyName } from './keys';
import { useTexts } from './texts';
import './KeyHelp.css';

/** Lists the keys that work everywhere. */
export function KeyHelp({ close }: { close: () => void }) {
  const t = useTexts();
  const names = Object.keys(keyTable) as KeyName[];
  return (
    <Modal opened onClose={close} title={t('app.keys')} closeButtonProps={{ 'aria-label': t('app.close') }} size="sm">
      <dl className="keys">
        <div>
          <dt>
            <kbd>Enter</kbd>
          </dt>
          <dd>{t('app.key_enter')}</dd>
        </div>
        {names.map((name) => (
          <div key={name}>
            <dt>
              <kbd>{keyTable[name].shown}</kbd>
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
    </Modal>
  );
}
