import { TextInput } from '@mantine/core';
import { lazy, Suspense, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { Loading } from '../kit/states';
import { useTexts } from '../kit/texts';
import { escaped } from './body';
import type { EditorHandle } from './Editor';
import './ResponseMail.css';

const Editor = lazy(() => import('./Editor'));
const ignore = () => undefined;

/** What a response says in the mails of one language. */
export interface Said {
  subject?: string;
  html?: string;
}

export interface ResponseMailHandle {
  /** Puts a place where one wrote last. */
  place: (name: string) => void;
}

interface Props {
  said: Said;
  /** The text for chats, which one may begin with. */
  text: string;
  put: (said: Said) => void;
  wrong?: (field: 'subject' | 'html') => string | undefined;
  /** One writes here now. */
  focus?: () => void;
  ref?: Ref<ResponseMailHandle>;
}

/** The subject and the text with looks that a standard response has in mails. Draw it anew for another language. */
export function ResponseMail({ said, text, put, wrong, focus, ref }: Props) {
  const t = useTexts();
  const [start, setStart] = useState({ html: said.html ?? '', times: 0 });
  const [into, setInto] = useState<'subject' | 'html'>('html');
  const editor = useRef<EditorHandle>(null);
  const subject = useRef<HTMLInputElement>(null);
  // What the editor tells may come before the subject is drawn anew.
  const latest = useRef(said);
  function change(to: Said): void {
    latest.current = { ...latest.current, ...to };
    put(latest.current);
  }
  useImperativeHandle(ref, () => ({
    place: (name) => {
      if (into === 'html') return editor.current?.put(`{${name}}`);
      const value = latest.current.subject ?? '';
      const at = subject.current?.selectionStart ?? value.length;
      change({ subject: `${value.slice(0, at)}{${name}}${value.slice(subject.current?.selectionEnd ?? at)}` });
      subject.current?.focus();
    },
  }));
  return (
    <div className="response-mail" onFocus={focus}>
      <TextInput
        ref={subject} label={t('mail.subject')} value={said.subject ?? ''} error={wrong?.('subject')} maxLength={300} spellCheck autoComplete="off" onFocus={() => setInto('subject')}
        onChange={(e) => change({ subject: e.currentTarget.value })}
      />
      <div onFocus={() => setInto('html')}>
        <div className="response-mail-label">
          <span aria-hidden="true">{t('mail.response_rich')}</span>
          {!said.html && text.trim() !== '' && (
            <button
              type="button" className="link"
              onClick={() => {
                const html = text.trim().split(/\n{2,}/).map((part) => `<p>${escaped(part).replaceAll('\n', '<br>')}</p>`).join('');
                setStart((now) => ({ html, times: now.times + 1 }));
                change({ html });
              }}
            >
              {t('mail.response_begin')}
            </button>
          )}
        </div>
        <div className="response-mail-box">
          <Suspense fallback={<Loading />}>
            <Editor
              key={start.times} ref={editor} start={start.html} focus={start.times > 0 && 'end'} label={t('mail.response_rich')} lang={undefined} onMove={ignore} onKey={() => false}
              onChange={(html) => change({ html: /^(<p><\/p>)*$/.test(html) ? '' : html })}
            />
          </Suspense>
        </div>
        {wrong?.('html') && <p className="response-mail-wrong">{wrong('html')}</p>}
      </div>
    </div>
  );
}

/** The mails of all languages with those of one; what says nothing is left out. */
export function withMail(mails: Record<string, Said> | undefined, language: string, said: Said): Record<string, Said> {
  const { [language]: _, ...others } = mails ?? {};
  const { subject, html } = said;
  return subject || html ? { ...others, [language]: { ...(subject && { subject }), ...(html && { html }) } } : others;
}
