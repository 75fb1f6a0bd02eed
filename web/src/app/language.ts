import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { call } from '../api/client';
import type { Me } from '../api/types';
import { choose, speak, takePicked, type Language } from '../kit/texts';
import { meQuery } from './session';

const keptKey = (me: Me) => `portico.language.${me.user.id}`;

/**
 * A person chooses the language of the screens. It is kept with the person's account;
 * while it cannot be, in this browser.
 */
export function useChooseLanguage(): (me: Me, language: Language) => void {
  const cache = useQueryClient();
  return useCallback((me, language) => {
    void choose(language);
    takePicked();
    localStorage.setItem(keptKey(me), language);
    void call('/api/v1/session/language', { method: 'PUT', body: { language } }).then(
      () => {
        localStorage.removeItem(keptKey(me));
        cache.setQueryData(meQuery.queryKey, (old) => (old ? { ...old, language } : old));
      },
      () => undefined, // this browser has it, and the next choice tries again
    );
  }, [cache]);
}

/** Speaks the language of whoever is signed in; one that was chosen at the sign-in becomes it. */
export function useOwnLanguage(me: Me | null | undefined): void {
  const chooseLanguage = useChooseLanguage();
  const id = me?.user.id;
  const language = me?.language;
  useEffect(() => {
    if (!me) return;
    const now = takePicked();
    if (now) chooseLanguage(me, now);
    else void speak(localStorage.getItem(keptKey(me)) ?? me.language);
    // The rest of me does not matter here.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, language, chooseLanguage]);
}
