import { ActionIcon, Button, Popover } from '@mantine/core';
import { IconAlertTriangle, IconBell, IconBellRinging, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { asFault } from '../api/client';
import { Empty, Refusal } from '../kit/states';
import { dateTime, useTexts } from '../kit/texts';
import './AlertBell.css';
import { alertText, useAlertDone, useAlertNews, useAlerts, type Alert } from './alerts';

/** The open alerts: how many, and behind the bell which. */
export function AlertBell() {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const alerts = useAlerts();
  useAlertNews(alerts);
  const done = useAlertDone();
  if (!alerts) return null;
  const count = alerts.length;
  const name = count > 0 ? t('app.alerts_count', { count }) : t('app.alerts');
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={380} trapFocus returnFocus shadow="md" withinPortal={false}>
      <Popover.Target>
        <ActionIcon
          variant="subtle" color="gray" className="bell" size={32} aria-label={name} title={name} data-worst={worst(alerts)} onClick={() => setOpen(!open)}
        >
          {count > 0 ? <IconBellRinging size={19} aria-hidden="true" /> : <IconBell size={19} aria-hidden="true" />}
          {count > 0 && <span className="bell-count figures">{count > 99 ? '99+' : count}</span>}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('app.alerts')} className="alerts">
        <h2>{t('app.alerts')}</h2>
        <Refusal fault={done.error && asFault(done.error)} />
        {count === 0 && <Empty title={t('app.alerts_none')}>{t('app.alerts_none_more')}</Empty>}
        <ul>
          {alerts.map((alert) => (
            <li key={alert.id} data-severity={alert.severity}>
              {alert.severity === 'info' ? <IconInfoCircle size={17} aria-hidden="true" /> : <IconAlertTriangle size={17} aria-hidden="true" />}
              <div>
                <p>{alertText(alert)}</p>
                <small>
                  {t(`app.severity_${alert.severity}`)} · <time>{dateTime(alert.at)}</time>
                </small>
              </div>
              <Button variant="default" size="compact-xs" loading={done.isPending && done.variables === alert.id} onClick={() => done.mutate(alert.id)}>
                {t('app.alert_done')}
              </Button>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function worst(alerts: Alert[]): Alert['severity'] | undefined {
  return (['error', 'warning', 'info'] as const).find((severity) => alerts.some((a) => a.severity === severity));
}
