import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FirstStarted } from '../api/types';
import { setupQuery } from '../app/session';
import { useTexts, type Key } from '../kit/texts';
import { Front } from './Front';

/** Shows what the first start made, passwords this once, and what to do next. */
export function FirstStartDone({ made, sample }: { made: FirstStarted; sample: boolean }) {
  const t = useTexts();
  const cache = useQueryClient();
  const [copied, setCopied] = useState(false);
  const secret = made.users.filter((user) => user.password);
  const agent = made.users.find((user) => user.roles?.includes('agent'));
  const first = sample && agent ? agent.name : 'pa';

  function signIn(name: string): void {
    history.replaceState(null, '', `/?name=${encodeURIComponent(name)}`);
    void cache.invalidateQueries({ queryKey: setupQuery.queryKey });
  }

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(secret.map((user) => `${user.name}\t${user.password}`).join('\n'));
    setCopied(true);
  }

  return (
    <Front title={t('setup.done')} subtitle={sample ? t('setup.done_sample') : t('setup.done_empty')} wide>
      <div className="front-form">
        <section aria-labelledby="made">
          <h2 id="made">{t('setup.made')}</h2>
          <table className="made">
            <thead>
              <tr>
                <th scope="col">{t('setup.user')}</th>
                <th scope="col">{t('setup.role')}</th>
                <th scope="col">{t('setup.password')}</th>
              </tr>
            </thead>
            <tbody>
              {made.users.map((user) => (
                <tr key={user.id}>
                  <td>
                    <strong>{user.name}</strong> <small>{user.unit}</small>
                  </td>
                  <td>{(user.roles ?? []).map((role) => t(`app.role_${role}` as Key)).join(', ')}</td>
                  <td>{user.password ? <code>{user.password}</code> : t('setup.your_password')}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {secret.length > 0 && (
            <p>
              {t('setup.once')}{' '}
              {window.isSecureContext && (
                <button type="button" className="link" onClick={() => void copy()}>
                  {copied ? t('setup.copied') : t('setup.copy')}
                </button>
              )}
            </p>
          )}
        </section>
        <section aria-labelledby="next">
          <h2 id="next">{t('setup.next')}</h2>
          {sample ? (
            <ol className="next">
              <li>
                <span>{t('setup.next_agent', { name: first })}</span>
              </li>
              <li>
                <span>
                  {t('setup.next_demo')}{' '}
                  <a href="/web/demo" target="_blank" rel="noreferrer">
                    {t('setup.next_demo_link')}
                  </a>
                </span>
              </li>
              <li>
                <span>{t('setup.next_supervisor')}</span>
              </li>
            </ol>
          ) : (
            <ol className="next">
              <li>
                <span>{t('setup.next_configure')}</span>
              </li>
              <li>
                <span>{t('setup.next_people')}</span>
              </li>
            </ol>
          )}
        </section>
        <Button size="md" onClick={() => signIn(first)} autoFocus>
          {t('setup.sign_in_as', { name: first })}
        </Button>
      </div>
    </Front>
  );
}
