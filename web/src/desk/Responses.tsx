import { IconUser } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTexts } from '../kit/texts';
import type { Choice } from './responses';
import './Responses.css';

interface Props {
  found: readonly Choice[];
  at: number;
  choose: (choice: Choice) => void;
  point: (at: number) => void;
  manage: () => void;
  /** Responses there are at all: without any, the list says how to make one. */
  any: boolean;
}

export const responsesId = 'responses';
export const responseId = (choice: Choice) => `response-${choice.id}`;

/** The standard responses that were found, above the text that asks for them. The text keeps the focus. */
export function Responses({ found, at, choose, point, manage, any }: Props) {
  const t = useTexts();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const shown = found[at];
  return (
    <div className="responses">
      {found.length > 0 ? (
        <div className="responses-list" id={responsesId} role="listbox" aria-label={t('desk.responses')} ref={list}>
          {found.map((choice, i) => (
            <div
              key={choice.id} id={responseId(choice)} role="option" aria-selected={i === at} className="response" tabIndex={-1}
              // The text must keep the focus, so a press takes it from nobody.
              onMouseDown={(e) => e.preventDefault()} onMouseMove={() => i !== at && point(i)} onClick={() => choose(choice)}
            >
              <span className="response-short">{choice.shortcut && `/${choice.shortcut}`}</span>
              <span className="response-name">
                {choice.name}
                {choice.personal && <IconUser size={13} aria-label={t('desk.response_mine')} />}
              </span>
              <span className="response-category">{choice.category}</span>
              <span className="response-text">
                {choice.subject && <strong>{choice.subject}</strong>} {choice.text}
              </span>
            </div>
          ))}
        </div>
      ) : (
        <p className="responses-none">{any ? t('desk.responses_not_found') : t('desk.responses_none')}</p>
      )}
      <div className="responses-foot">
        {shown && <span>{t('desk.responses_hint')}</span>}
        <button type="button" className="link" onMouseDown={(e) => e.preventDefault()} onClick={manage}>
          {t('desk.responses_manage')}
        </button>
      </div>
      <p className="unseen" role="status">
        {t('desk.responses_count', { count: found.length })}
      </p>
    </div>
  );
}
