import { Button } from '@mantine/core';
import { IconDatabaseOff, IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTexts } from '../kit/texts';
import { useLive, useStoreAway } from './live';

/** A loss that is over at once is not worth a word. */
const patience = 800;

/** What everybody should know of the connection and the store; nothing when all is well. Contacts are kept for so many seconds. */
export function Banners({ kept }: { kept: number }) {
  const t = useTexts();
  const { status, feed } = useLive();
  const away = useStoreAway();
  const lost = status === 'lost';
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!lost) return;
    const timer = setTimeout(() => setLate(true), patience);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [lost]);
  return (
    <div role="status">
      {late && (
        <div className="banner">
          <IconPlugConnectedX size={18} aria-hidden="true" />
          <span>{t('app.connection_lost', { seconds: kept })}</span>
          <Button size="compact-xs" variant="default" onClick={() => feed.now()}>
            {t('app.try_now')}
          </Button>
        </div>
      )}
      {!late && away && (
        <div className="banner">
          <IconDatabaseOff size={18} aria-hidden="true" />
          <span>{t('app.store_away')}</span>
        </div>
      )}
    </div>
  );
}
