import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { answer, api } from '../api/client';
import type { components } from '../api/schema';
import { textOr, useTexts } from '../kit/texts';
import { useTable } from './live';
import { notify } from './notify';

/** Something that the system cannot mend by itself. */
export type Alert = components['schemas']['Alert'];

/** The open alerts, newest first; undefined: not known, or nobody's business. */
export function useAlerts(): Alert[] | undefined {
  const { table } = useTable<Alert>('alerts');
  return table && [...table.rows.values()].sort((a, b) => b.at - a.at);
}

/** What an alert says: the catalogue's sentence, else the server's with its places filled. */
export function alertText(alert: Alert): string {
  const { measure } = alert.values ?? {};
  const values = measure ? { ...alert.values, measure: textOr(`supervisor.figure_${measure}`, measure) } : alert.values;
  const own = alert.text.replace(/\{(\w+)\}/g, (place, name: string) => alert.values?.[name] ?? place);
  return textOr(`app.alarm_${alert.kind}`, own, values);
}

/** Says that an alert is dealt with. */
export function useAlertDone() {
  return useMutation({ mutationFn: (id: string) => answer(api.PUT('/api/v1/alerts/{id}', { params: { path: { id } }, body: { done: true } })) });
}

/** Rings for alerts that come while one works; those of before are in the list. */
export function useAlertNews(alerts: Alert[] | undefined): void {
  const t = useTexts();
  const known = useRef<Set<string>>(undefined);
  useEffect(() => {
    if (!alerts) return;
    const before = known.current;
    known.current = new Set(alerts.map((a) => a.id));
    const fresh = before && alerts.find((a) => !before.has(a.id) && a.severity !== 'info');
    if (fresh) notify({ id: `alert ${fresh.id}`, title: t('app.alert'), body: alertText(fresh), sound: 'alert' });
  }, [alerts, t]);
}
