import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Contact } from '../api/types';
import { Dialog } from '../kit/Dialog';
import { newId } from '../kit/id';
import { useTexts } from '../kit/texts';
import { serverNow } from '../live/clock';
import { send } from './sending';

/** The address as a browser understands it; undefined for what is no page of the web. */
export function pageAddress(typed: string): string | undefined {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return undefined;
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  try {
    const url = new URL(whole);
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname.includes('.') ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Sends a page: the customer is asked to open it. */
export function PageDialog({ contact, close }: { contact: Contact; close: () => void }) {
  const t = useTexts();
  const [typed, type] = useState('');
  const [tried, setTried] = useState(false);
  const address = pageAddress(typed);

  function go(): void {
    setTried(true);
    if (!address) return;
    send({ clientId: newId(), contact: contact.id, kind: 'page', text: address, at: serverNow() });
    close();
  }

  return (
    <Dialog title={t('desk.page')} size={460} close={close}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <TextInput
          data-autofocus label={t('desk.page_address')} description={t('desk.page_hint')} placeholder="https://" value={typed} inputMode="url"
          spellCheck={false} maxLength={2000} error={tried && !address ? t('desk.page_wrong') : undefined} onChange={(e) => type(e.currentTarget.value)}
        />
        <div className="dialog-do">
          <Button variant="default" size="sm" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button size="sm" type="submit">
            {t('desk.page_send')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
